import type { JobSink } from '../../src/core/job-sink.js';
import { BrcSyncError } from '../../src/core/errors.js';
import { DEFAULT_GUARD } from '../../src/core/guard-limits.js';
import type { GuardLimits } from '../../src/core/guard-limits.js';
import type { Row } from '../../src/core/job.js';
import type { FaultKind } from '../portal/faults.js';
import { chance } from '../portal/random.js';
import { startPortal } from '../portal/start-portal.js';
import type { RunningPortal } from '../portal/start-portal.js';
import { pricesOf } from '../support/context.js';
import { memorySource } from '../support/memory-plugins.js';
import type { RunSummary } from '../../src/core/report.js';
import { runCore } from '../support/run-core.js';
import { faultsOfRecords, faultsOfUsage, leftOpen } from './books.js';
import { fatesOf } from './due-record.js';
import type { Fate } from './due-record.js';
import { CHEAPER, DEARER, ENDED_LATER, MORE_CPUS, ZEROED, spoil } from './mischief.js';
import { AFTERWARDS, PRICES, randomSite } from './random-site.js';
import { siteSeed } from './site-seed.js';
import { tell } from './tell.js';

/** How one seeded story went. */
export interface FaultStory {
  readonly seed: number;
  readonly faults: readonly FaultKind[];
  /** Runs that ended with 0 although the portal misbehaved, and runs that did not. */
  readonly finished: number;
  readonly stopped: number;
  /** Sentences; none when everything held. */
  readonly problems: readonly string[];
}

export type CreateSink = (portal: RunningPortal) => JobSink;

/**
 * One site, one portal that the plugins left in disorder, and runs of `update` and `full` while requests meet faults. Whatever happens, usage
 * stays the sum of the records; a run that ends with 0 has put everything right; any other says why; and when the portal behaves again, one
 * more run of each finishes.
 */
export async function faultStory(seed: number, createSink: CreateSink): Promise<FaultStory> {
  // One account, as often as not: its list then has several pages.
  const size = { jobs: 40 + Math.floor(chance(`${seed} size`) * 220), accounts: chance(`${seed} accounts`) < 0.5 ? 1 : 3 };
  const rows = randomSite(seed, size);
  const portal = await startPortal({ seed: siteSeed(rows), now: AFTERWARDS * 1000 });
  try {
    return await tellStory(seed, rows, portal, () => createSink(portal));
  } finally {
    await portal.close();
  }
}

async function tellStory(seed: number, rows: readonly Row[], portal: RunningPortal, newSink: () => JobSink): Promise<FaultStory> {
  const fates = fatesOf(rows, PRICES);
  const zeroed = disorder(seed, rows, fates, portal);
  const problems = faultsOfUsage(portal.state).map((fault) => `before: ${fault}`);
  const judge = (when: string, done: 'update' | 'full' | null): void => {
    const records = done === 'full' ? faultsOfRecords(portal.state, fates, zeroed) : done === 'update' ? leftOpen(portal.state, fates) : [];
    const faults = [...faultsOfUsage(portal.state), ...records];
    problems.push(...faults.map((fault) => `${when}: ${fault}`));
  };
  let finished = 0;
  let stopped = 0;

  const rate = 0.05 + 0.45 * chance(`${seed} rate`);
  portal.setFaults({ seed, rate, stubborn: 0.1 });
  for (const command of ['update', 'full', 'update', 'full'] as const) {
    const ended = await run(command, rows, newSink());
    if (ended.exitCode === 0) finished += 1;
    else stopped += 1;
    if (ended.exitCode !== 0 && ended.said === '') problems.push(`${command} ended with ${ended.exitCode} and said nothing`);
    judge(`${command} under faults, exit ${ended.exitCode} ${ended.said}`, ended.exitCode === 0 ? command : null);
  }

  portal.setFaults(null);
  for (const command of ['update', 'full'] as const) {
    const ended = await run(command, rows, newSink());
    if (ended.exitCode !== 0) problems.push(`${command} without faults ended with ${ended.exitCode}: ${ended.said}`);
  }
  judge('afterwards', 'full');
  const again = await run('full', rows, newSink());
  if (again.changes !== 0) problems.push(`afterwards full still plans ${again.changes} changes`);
  for (const id of zeroed)
    if (portal.state.job(id)?.amount !== '0.00') problems.push(`job ${id} was set to 0.00 by hand and is not any more`);
  const faults = portal.requests.flatMap(({ fault }) => fault ?? []);
  return { seed, faults, finished, stopped, problems };
}

const SPOILT = [DEARER, CHEAPER, ENDED_LATER, MORE_CPUS];

/** Loses a fifth of what the plugins send, spoils a tenth of the records, and zeroes one by hand, whose id is returned. */
function disorder(seed: number, rows: readonly Row[], fates: ReadonlyMap<string, Fate>, { state }: RunningPortal): string[] {
  tell(state, rows, { prices: PRICES }, ({ plugin, row, at }) => chance(`${seed} loses ${plugin} ${row.jobId} ${at}`) < 0.2);
  let zeroed: string | null = null;
  for (const [jobId, fate] of fates) {
    const record = state.job(jobId);
    // A cent from 0.00 is no error to spoil it with, and what is open has no dates to charge by.
    if (fate.kind !== 'due' || fate.record.cents < 10n || record?.jobstatus !== 'COMPLETING') continue;
    if (zeroed === null) spoil(state, (zeroed = jobId), ZEROED);
    else if (chance(`${seed} spoils ${jobId}`) < 0.1)
      spoil(state, jobId, SPOILT[Math.floor(chance(`${seed} how ${jobId}`) * SPOILT.length)]!);
  }
  return zeroed === null ? [] : [zeroed];
}

interface EndedRun {
  readonly exitCode: number;
  /** What a person would read about what is left. */
  readonly said: string;
  readonly changes: number;
}

/** These sites are in more disorder than the guard lets pass. */
export const UNGUARDED = Object.fromEntries(Object.keys(DEFAULT_GUARD).map((limit) => [limit, null])) as unknown as GuardLimits;

async function run(command: 'update' | 'full', rows: readonly Row[], sink: JobSink): Promise<EndedRun> {
  const prices = pricesOf(Object.fromEntries(Object.entries(PRICES).map(([name, price]) => [name, Number(price)])));
  try {
    const options = { source: memorySource(rows), sink, prices, now: AFTERWARDS, request: { command }, site: { guard: UNGUARDED } };
    const { summary, exitCode, changes } = await runCore(options);
    return { exitCode, said: whatIsLeft(summary), changes: changes.length };
  } catch (error) {
    if (!(error instanceof BrcSyncError)) throw error;
    return { exitCode: error.exitCode, said: `${error.code}: ${error.message} ${error.remedy}`, changes: -1 };
  } finally {
    await sink.close?.();
  }
}

/** What the summary says of what could not be done; nothing when all was. */
function whatIsLeft({ applied, guard, unstableAccounts, skipped }: RunSummary): string {
  const left = applied?.problems.map(({ outcome, count, first }) => `${count} ${outcome}: ${first[0]?.message}`) ?? [];
  const stopped = applied?.stopped == null ? [] : [`${applied.left} left: ${applied.stopped.message} ${applied.stopped.remedy}`];
  const breaches = guard.breaches.map(({ message }) => message);
  const unread = [...unstableAccounts.map((account) => `unstable: ${account}`), ...skipped.first.map(({ message }) => message)];
  return [...left, ...stopped, ...breaches, ...unread].join('; ');
}
