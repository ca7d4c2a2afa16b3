import { BrcSyncError, type CheckResult, type Clock, type ReadOptions } from '../../../sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { ReplyTooLarge } from './failures.js';
import type { JobQuestions } from './job-questions.js';
import { sinceQuestions } from './questions.js';
import type { RestClient } from './rest-client.js';
import type { Session } from './session.js';

const HOUR = 3600;
/** Clocks that differ by less harm nobody: jobs settle for minutes before they are compared. */
const TOLERATED_SECONDS = 5;

export interface CheckOptions {
  readonly config: SlurmrestdConfig;
  readonly client: RestClient;
  readonly clock: Clock;
  readonly open: () => Promise<JobQuestions>;
  readonly signal: AbortSignal;
}

/** What an administrator wants to know before trusting this source. */
export async function checkSlurmrestd({ config, client, clock, open, signal }: CheckOptions): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  try {
    const questions = await open();
    results.push(...sessionResults(config, questions.session));
    const user = await client.user(signal);
    const isOperator = await readIsOperator(client, questions.session, user, signal);
    results.push(...(await jobResults({ config, questions, clock, user, isOperator, signal })));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrcSyncError)) throw error;
    results.push(bad(results.length === 0 ? 'slurmrestd' : 'jobs', error.message, error.remedy));
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

/** Null where Slurm does not tell. */
async function readIsOperator(client: RestClient, session: Session, user: string, signal: AbortSignal): Promise<boolean | null> {
  if (user === 'root') return true;
  try {
    const { content } = await client.get({ path: `slurmdb/${session.version}/user/${encodeURIComponent(user)}`, signal });
    // A text up to v0.0.39, then a list.
    const level = JSON.stringify(
      (content['users'] as readonly { administrator_level?: unknown }[] | undefined)?.[0]?.administrator_level ?? '',
    );
    return /Operator|Administrator/i.test(level);
  } catch (error) {
    if (error instanceof BrcSyncError && error.code === 'SOURCE_UNREACHABLE') return null;
    throw error;
  }
}

interface JobCheck {
  readonly config: SlurmrestdConfig;
  readonly questions: JobQuestions;
  readonly clock: Clock;
  readonly user: string;
  readonly isOperator: boolean | null;
  readonly signal: AbortSignal;
}

async function jobResults(check: JobCheck): Promise<CheckResult[]> {
  const { config, questions, clock, user, isOperator, signal } = check;
  const now = clock.now();
  const options: ReadOptions = { signal, onSkip: () => undefined };
  const asked = sinceQuestions(questions.session.dialect, { accounts: null, clusters: config.clusters ?? [] }, now - HOUR, now);
  try {
    const { rows } = await questions.ask(asked, options);
    const seesOthers = rows.some((row) => row.user !== null && row.user !== user);
    const newest = rows.reduce((latest, row) => Math.max(latest, row.submittedAt, row.startedAt ?? 0), 0);
    return [
      permission(user, isOperator === true || seesOthers),
      clockResult(newest - now),
      good('jobs', `${rows.length} ended in the last hour or are open`),
    ];
  } catch (error) {
    if (error instanceof ReplyTooLarge)
      return [permission(user, isOperator === true), good('jobs', 'more in the last hour than fit one answer')];
    throw error;
  }
}

function permission(user: string, seesOthers: boolean): CheckResult {
  if (seesOthers) return good('permission', `${user} sees other people's jobs`);
  return bad(
    'permission',
    `${user} is no Operator, and no job of anybody else was to be seen in the last hour: PrivateData=jobs of slurmdbd would hide them without a word`,
    `Give the user of the token the right to see all: sacctmgr modify user ${user} set adminlevel=operator.`,
  );
}

/** slurmrestd 22.05 sends no Date. Jobs from our future tell that our clock is behind Slurm's; that it is ahead, no job can tell. An end proves nothing: Slurm stores planned ones, too. */
function clockResult(ahead: number): CheckResult {
  if (ahead <= TOLERATED_SECONDS) return good('clock', 'no job is from the future');
  return bad('clock', `Slurm's clock is at least ${ahead} s ahead of this machine's`, 'Synchronise the clocks (NTP).');
}

function good(name: string, message: string): CheckResult {
  return { name, ok: true, message, remedy: null };
}

function bad(name: string, message: string, remedy: string): CheckResult {
  return { name, ok: false, message, remedy };
}
