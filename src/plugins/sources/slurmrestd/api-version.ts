import { BrcSyncError } from '../../../builtin-sdk.js';

/** v0.0.36 and v0.0.37 write the eligible time where the start belongs (contract slurm.md 1.5). */
const FIRST_KNOWN = 38;
const LAST_KNOWN = 46;

const PATH = /^\/slurmdb\/v0\.0\.(\d+)\/jobs\/?$/;

/** The versions whose jobs a slurmrestd serves, by the paths of its own description, oldest first. */
export function servedVersions(openApi: unknown): readonly number[] {
  const paths = typeof openApi === 'object' && openApi !== null && 'paths' in openApi ? openApi.paths : null;
  const names = typeof paths === 'object' && paths !== null ? Object.keys(paths) : [];
  const numbers = names.map((name) => PATH.exec(name)?.[1]).filter((number) => number !== undefined);
  return [...new Set(numbers.map(Number))].sort((a, b) => a - b);
}

/** @throws BrcSyncError CONFIG_INVALID for a version that jobs cannot be billed by. */
export function pinnedVersion(version: string): number {
  const number = Number(version.slice('v0.0.'.length));
  if (number < FIRST_KNOWN) throw unbillable(`The instance asks for ${version}, which`);
  return number;
}

/** The newest version that both sides know. */
export function newestKnown(served: readonly number[]): number {
  const known = served.filter((number) => number >= FIRST_KNOWN && number <= LAST_KNOWN).at(-1);
  if (known !== undefined) return known;
  const list = served.map((number) => `v0.0.${number}`).join(', ');
  if (served.length > 0 && served.every((number) => number < FIRST_KNOWN)) throw unbillable(`slurmrestd serves ${list} only, which`);
  throw new BrcSyncError('SOURCE_UNREACHABLE', {
    message: `slurmrestd serves no version of slurmdb that brc-sync knows (v0.0.${FIRST_KNOWN} to v0.0.${LAST_KNOWN}): ${list || 'none at all'}.`,
    remedy: 'Start slurmrestd with its slurmdbd plugin (option -s), or set "version" of the instance to the one to try.',
  });
}

function unbillable(subject: string): BrcSyncError {
  return new BrcSyncError('CONFIG_INVALID', {
    message: `${subject} gives the eligible time as the start of a job: jobs would be charged for waiting.`,
    remedy: 'Let slurmrestd load openapi/dbv0.0.38 or newer (option -s; Slurm 22.05 has it), or use the source sacct.',
  });
}
