import { SACCT_FIELDS, type Instant, type Window } from '../../../builtin-sdk.js';
import type { SacctConfig } from './config.js';

/** No field can hold it by accident, and no shell behind a wrapper reads more into it. */
export const DELIMITER = '@@';

/** States of ended rows: with these, sacct selects by end, whatever the eligible time says (contract slurm.md 2.1, 2.3). */
const ENDED_STATES = 'BF,CA,CD,DL,F,NF,OOM,PR,TO,RQ,RS,RV';
const RUNNING_STATES = 'R,S';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Whose rows; null for everybody's. */
export type AccountNames = readonly string[] | null;

/** Rows that ended in the window. sacct takes both bounds as inclusive; where they are equal it adds a second. */
export function endedArguments(config: SacctConfig, accounts: AccountNames, window: Window): string[] {
  return [...common(config), ...ofAccounts(accounts), '-s', ENDED_STATES, ...between(window.from, lastOf(window))];
}

/** Rows that run, and some that ended meanwhile. An hour more, for a cluster whose clock is ahead of ours. */
export function runningArguments(config: SacctConfig, accounts: AccountNames, now: Instant): string[] {
  return [...common(config), ...ofAccounts(accounts), '-s', RUNNING_STATES, ...between(now, now + HOUR)];
}

/** Rows of these jobs of whatever time: sacct would leave out what was submitted after its own present. */
export function idArguments(config: SacctConfig, ids: readonly string[], now: Instant): string[] {
  return [...common(config), '-j', ids.join(','), '-E', `uts${now + DAY}`];
}

function common({ clusters, extraArguments }: SacctConfig): string[] {
  const where = clusters !== undefined ? ['-M', clusters.join(',')] : extraArguments.includes('--federation') ? [] : ['--local'];
  const format = ['-P', '--noconvert', `--delimiter=${DELIMITER}`, `--format=${SACCT_FIELDS.join(',')}`];
  return ['-a', '-X', '-D', ...where, ...extraArguments, ...format];
}

/** Without a space after the comma: sacct would drop the rest. */
function ofAccounts(accounts: AccountNames): string[] {
  return accounts === null ? [] : ['-A', accounts.join(',')];
}

function between(from: Instant, to: Instant): string[] {
  return ['-S', `uts${from}`, '-E', `uts${to}`];
}

/** An open end is one that 32 bits can hold. */
function lastOf(window: Window): Instant {
  return Math.min(window.to - 1, 4_294_967_295);
}
