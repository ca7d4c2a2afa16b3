import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The files of a script that runs of an instance replace, by their names in the folder where it ran. */
export interface ScriptFiles {
  readonly tokenFile: string;
  readonly log: string;
  /** Of --debug; default: `log`. */
  readonly debugLog?: string;
}

/** The scripts that each command with an instance replaces, the first found counting. */
export interface Replaces {
  readonly update?: readonly ScriptFiles[];
  readonly full?: readonly ScriptFiles[];
}

/** A script whose token file is in use. Absolute paths. */
export interface ReplacedScript {
  readonly tokenFile: string;
  readonly log: string;
  readonly debugLog: string;
}

export interface ScriptQuestion {
  /** Null, or one that replaces none: any of them. */
  readonly command: 'update' | 'full' | null;
  /** What --token-file names; null: not given. */
  readonly tokenFile: string | null;
  readonly workingDirectory: string;
}

const name = { type: 'string', pattern: '^[^/]+$' } as const;
const scripts = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['tokenFile', 'log'],
    properties: {
      tokenFile: { ...name, examples: ['update_jobs_coldfront.conf'] },
      log: { ...name, examples: ['update_jobs_coldfront.log'] },
      debugLog: { ...name, examples: ['update_jobs_coldfront_debug.log'] },
    },
  },
} as const;

/** JSON Schema of `replaces` in plugins.json. */
export const REPLACES_SCHEMA = {
  description: 'Of a sink: the scripts that its runs take the place of, by command; token files in the working directory are then found.',
  type: 'object',
  additionalProperties: false,
  properties: { update: scripts, full: scripts },
} as const;

/** The script whose token file lies in the working directory, or is named by --token-file; null: none. */
export function findReplacedScript(replaces: Replaces | null, question: ScriptQuestion): ReplacedScript | null {
  const { command, tokenFile, workingDirectory } = question;
  // A command that no script of the instance did is refused for what it lacks, not for want of a token.
  const candidates = (command === null ? undefined : replaces?.[command]) ?? [...(replaces?.update ?? []), ...(replaces?.full ?? [])];
  const given = tokenFile === null ? null : resolve(workingDirectory, tokenFile);
  const found = candidates.find((script) =>
    given === null ? existsSync(join(workingDirectory, script.tokenFile)) : script.tokenFile === basename(given),
  );
  if (found === undefined) return null;
  const folder = given === null ? workingDirectory : dirname(given);
  return {
    tokenFile: join(folder, found.tokenFile),
    log: join(folder, found.log),
    debugLog: join(folder, found.debugLog ?? found.log),
  };
}
