import type { JobSink, RecordTotals, SinkAccount } from '../job-sink.js';
import type { Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { contains, type Window } from '../window.js';
import type { AccountData } from './compare-account.js';
import { ExpectedSums, minus, sumWithin, theirsOf, type Theirs } from './digest-sums.js';
import { contributionOf, expectedOf, isSameExpected, type Contribution, type Expected } from './expected.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { createLookUp } from './look-up.js';
import { readWholeList } from './read-sink.js';
import { ReadingRecorder } from './reading-recorder.js';
import type { KnownReading } from './reading.js';
import { hasRecentlyEnded } from './recently-ended.js';
import { unequalWindows } from './unequal-windows.js';

/** What the digest of an account is made from. */
export interface DigestInput {
  readonly account: SinkAccount;
  readonly window: Window;
  readonly known: KnownReading;
  /** The sink's totals of the window. */
  readonly totals: RecordTotals;
  /** The account's open records. */
  readonly open: readonly SinkRecord[];
  /** The account's rows from the window's start to now. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
}

/**
 * Compares an account's records with its jobs by count and sums, and gives what is left to be compared one by one: open records, jobs that ended
 * moments ago or began before the window, what was left different and has changed since, and the records of windows whose sums differ (money 25).
 */
export async function digestAccount(input: DigestInput, run: FullReconciliation): Promise<AccountData> {
  const { window, known, rows } = input;
  const account = input.account.name;
  const context = { ...run.context, period: window };
  const expected = new Map<string, Expected>();
  for (const [jobId, found] of rows) {
    const own = expectedOf(found, context);
    if (own !== null) expected.set(jobId, own);
  }
  const open = new Map(input.open.map((record) => [record.jobId, record]));
  const doubtful = known.exceptions.filter(({ jobId, ours }) => reviews(run) || !isSameExpected(ours, expected.get(jobId) ?? null));
  const settling = [...rows].filter(([, found]) => hasRecentlyEnded(found, context)).map(([jobId]) => jobId);
  const different = new Set(known.exceptions.map(({ jobId }) => jobId));
  // Jobs that ended in the window and began before it, where no sum shows their records.
  const early = [...expected].filter(([jobId, own]) => own.startedAt < window.from && !different.has(jobId)).map(([jobId]) => jobId);
  const singly = [...doubtful.map(({ jobId }) => jobId), ...early];
  const alone = new Set([...singly, ...settling].filter((jobId) => !open.has(jobId)));
  const single = (await createLookUp(run)([...alone])).filter((record) => record.account === account);

  const passedOver = known.exceptions.filter(({ jobId }) => !open.has(jobId) && !alone.has(jobId));
  const apart = new Set([...open.keys(), ...alone, ...passedOver.map(({ jobId }) => jobId)]);
  const takenOff = [...[...open.values(), ...single].map(contributionOf), ...passedOver.map(({ theirs }) => theirs)].filter(
    (each) => each !== null,
  );
  const exact = (jobId: string, own: Expected): Expected => (known.exact.has(jobId) ? { ...own, low: own.high } : own);
  const sums = new ExpectedSums([...expected].filter(([jobId]) => !apart.has(jobId)).map(([jobId, own]) => exact(jobId, own)));
  const ask = async (part: Window): Promise<Theirs> => theirsWithin(await totalsOf(run.sink, account, part, run.signal), takenOff, part);
  const unequal = await unequalWindows(window, theirsWithin(input.totals, takenOff, window), sums, ask);

  const records = new Map<string, SinkRecord>();
  for (const part of unequal) for (const [jobId, record] of await listOf(account, part, run)) records.set(jobId, record);
  for (const record of [...open.values(), ...single]) records.set(record.jobId, record);
  run.onDigest({ account, readAt: known.readAt, summed: Math.max(0, input.totals.count - records.size), passedOver: passedOver.length });

  const starting = [...expected].filter(([, own]) => unequal.some((part) => contains(part, own.startedAt))).map(([jobId]) => jobId);
  const recorder = new ReadingRecorder(account, window, unequal, (jobId) => expected.get(jobId) ?? null);
  const wanted = new Set([...starting, ...singly]);
  return { account, window, records, rows, wanted, recorder };
}

/** The sink's totals of an account. */
export async function totalsOf(sink: JobSink, account: string, window: Window, signal: AbortSignal): Promise<RecordTotals> {
  if (sink.totals === undefined) throw new Error('A digest was begun with a sink that tells no totals.');
  return sink.totals(account, { window, signal });
}

function theirsWithin(totals: RecordTotals, takenOff: readonly Contribution[], window: Window): Theirs {
  return minus(theirsOf(totals), sumWithin(takenOff, window));
}

/** The records of an account that start in a window. */
export function listOf(account: string, window: Window, { sink, sinkName, signal }: FullReconciliation): Promise<Map<string, SinkRecord>> {
  const read = sink.recordsOfAccount?.bind(sink);
  if (read === undefined) return Promise.resolve(new Map<string, SinkRecord>());
  return readWholeList(sinkName, () => read(account, { window, signal }), signal);
}

/** Whether what was left different may be written this time. */
function reviews({ context: { flags } }: FullReconciliation): boolean {
  return flags.overwriteAdjusted || flags.trustSource || flags.zeroDuplicates;
}
