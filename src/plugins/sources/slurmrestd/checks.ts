import { BrcSyncError, formatInstant, type CheckResult, type Clock, type ErrorCode, type ReadOptions } from '../../../builtin-sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { ReplyTooLarge } from './failures.js';
import type { JobQuestions } from './job-questions.js';
import { describeSight, remedyFor, seesEverybody, type Permission } from './permission.js';
import { sinceQuestions } from './questions.js';
import type { RestClient } from './rest-client.js';
import type { Session } from './session.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Clocks that differ by less harm nobody: jobs settle for minutes before they are compared. */
const TOLERATED_SECONDS = 5;

export interface CheckOptions {
  readonly config: SlurmrestdConfig;
  readonly client: RestClient;
  readonly permission: Permission;
  readonly clock: Clock;
  readonly open: () => Promise<JobQuestions>;
  readonly signal: AbortSignal;
}

/** What an administrator wants to know before trusting this source. */
export async function checkSlurmrestd({ config, client, permission, clock, open, signal }: CheckOptions): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  try {
    const questions = await open();
    results.push(...sessionResults(config, questions.session));
    const user = await client.user(signal);
    const sight = await permission.sight(questions, signal);
    results.push(
      seesEverybody(sight)
        ? good('permission', describeSight(sight, user))
        : bad('permission', describeSight(sight, user), remedyFor(user), 'UNAUTHORISED'),
    );
    results.push(tokenResult(config, await client.tokenExpiry(signal), clock.now(), user));
    results.push(...(await jobResults({ config, questions, clock, signal })));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrcSyncError)) throw error;
    results.push(bad(results.length === 0 ? 'slurmrestd' : 'jobs', error.message, error.remedy, error.code));
  }
  return results;
}

function sessionResults(config: SlurmrestdConfig, { version, served, release, clusters }: Session): CheckResult[] {
  const known = clusters.join(', ') || 'none';
  const choice = served === null ? 'as configured' : `of ${served.map((number) => `v0.0.${number}`).join(', ')}`;
  return [
    good('slurmrestd', `answers${release === null ? '' : `, Slurm ${release}`}; speaks ${version} (${choice})`),
    good('clusters', config.clusters === undefined ? known : `${config.clusters.join(', ')} (of: ${known})`),
  ];
}

function tokenResult({ token }: SlurmrestdConfig, expiry: number | null, now: number, user: string): CheckResult {
  if ('command' in token) return good('token', 'is accepted; its command is run again when it expires');
  if (expiry === null) return good('token', 'is accepted, and does not say when it expires');
  const message = `is accepted, and expires ${formatInstant(expiry)}`;
  if (expiry - now > DAY) return good('token', message);
  const remedy = `Write a new one into its file (scontrol token username=${user} lifespan=SECONDS), or let "token" be a "command" that prints one.`;
  return { ...bad('token', message, remedy), warning: true };
}

interface JobCheck {
  readonly config: SlurmrestdConfig;
  readonly questions: JobQuestions;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function jobResults(check: JobCheck): Promise<CheckResult[]> {
  const { config, questions, clock, signal } = check;
  const now = clock.now();
  const options: ReadOptions = { signal, onSkip: () => undefined };
  const asked = sinceQuestions(questions.session.dialect, { accounts: null, clusters: config.clusters ?? [] }, now - HOUR, now);
  try {
    const { rows } = await questions.ask(asked, options);
    const newest = rows.reduce((latest, row) => Math.max(latest, row.submittedAt, row.startedAt ?? 0), 0);
    return [clockResult(newest - now), good('jobs', `${rows.length} ended in the last hour or are open`)];
  } catch (error) {
    if (error instanceof ReplyTooLarge) return [good('jobs', 'more in the last hour than fit one answer')];
    throw error;
  }
}

/** slurmrestd 22.05 sends no Date. Jobs from our future tell that our clock is behind Slurm's; that it is ahead, no job can tell. An end proves nothing: Slurm stores planned ones, too. */
function clockResult(ahead: number): CheckResult {
  if (ahead <= TOLERATED_SECONDS) return good('clock', 'no job is from the future');
  const message = `Slurm's clock is at least ${ahead} s ahead of this machine's`;
  return { ...bad('clock', message, 'Synchronise the clocks (NTP).'), warning: true };
}

function good(name: string, message: string): CheckResult {
  return { name, ok: true, message, remedy: null };
}

function bad(name: string, message: string, remedy: string, code: ErrorCode = 'CONFIG_INVALID'): CheckResult {
  return { name, ok: false, message, remedy, code };
}
