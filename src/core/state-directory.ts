import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BrcSyncError } from './errors.js';

/** The files that one run leaves: `plan.ndjson`, `journal.ndjson` (where something was sent), `run.log`, `summary.json`. */
export interface RunDirectory {
  readonly runId: string;
  readonly path: string;
  /** In which all runs lie. */
  readonly stateDirectory: string;
  readonly plan: string;
  readonly journal: string;
  readonly log: string;
  readonly summary: string;
}

/** --state-dir, `$BRC_SYNC_STATE_DIR`, `$XDG_STATE_HOME/brc-sync`, `~/.local/state/brc-sync`. */
export function findStateDirectory(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const fromEnv = (name: string): string | null => (env[name] === undefined || env[name] === '' ? null : env[name]);
  if (flag !== undefined) return resolve(flag);
  const own = fromEnv('BRC_SYNC_STATE_DIR');
  if (own !== null) return resolve(own);
  return join(fromEnv('XDG_STATE_HOME') ?? join(homedir(), '.local', 'state'), 'brc-sync');
}

/**
 * Makes the directory of a new run, readable by its owner only. Run ids sort by time.
 * @throws BrcSyncError `OUTPUT_FAILED`
 */
export function createRunDirectory(stateDirectory: string, now: Date): RunDirectory {
  const runId = `${now.toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
  const path = join(stateDirectory, 'runs', runId);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new BrcSyncError('OUTPUT_FAILED', {
      message: `The state directory ${stateDirectory} cannot be written: ${(cause as Error).message}.`,
      remedy: 'Name another one with --state-dir or BRC_SYNC_STATE_DIR, or let this user write it.',
      context: { path: stateDirectory },
      cause,
    });
  }
  const file = (name: string): string => join(path, name);
  return {
    runId,
    path,
    stateDirectory,
    plan: file('plan.ndjson'),
    journal: file('journal.ndjson'),
    log: file('run.log'),
    summary: file('summary.json'),
  };
}
