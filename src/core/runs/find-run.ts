import { BrcSyncError } from '../errors.js';
import { listRunIds } from './run-entry.js';

/**
 * The id of the run that a person means: its id, enough of its beginning or end, or `last`.
 * @throws BrcSyncError `RUN_NOT_FOUND`
 */
export function findRun(stateDirectory: string, name: string): string {
  const ids = listRunIds(stateDirectory);
  const matching = name === 'last' ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(name) || id.endsWith(`-${name}`));
  const [runId] = matching;
  if (runId !== undefined && matching.length === 1) return runId;
  throw new BrcSyncError('RUN_NOT_FOUND', {
    message:
      runId === undefined
        ? `There is no run ${name} in ${stateDirectory}.`
        : `${matching.length} runs are meant by ${name}: ${matching.slice(0, 5).join(', ')}${matching.length > 5 ? ', …' : ''}.`,
    remedy: '`brc-sync runs list` shows the runs; --state-dir names another state directory.',
    context: { path: stateDirectory },
  });
}
