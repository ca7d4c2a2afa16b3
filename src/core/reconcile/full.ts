import { BrcSyncError } from '../errors.js';
import { begun } from '../begun.js';
import { groupBy } from '../group-by.js';
import type { Row } from '../job.js';
import type { RecordTotals, SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import { contains, type Window } from '../window.js';
import type { AccountRows } from './account-rows.js';
import { compareAccount, type AccountData } from './compare-account.js';
import { OPEN_STATES } from './diff.js';
import { digestAccount, listOf, totalsOf } from './digest-account.js';
import { expectedOf, type Expected } from './expected.js';
import { makeFinding } from './facts.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { IdSet } from './id-set.js';
import { createLookUp } from './look-up.js';
import { readAhead } from './read-ahead.js';
import { readWholeList } from './read-sink.js';
import { ReadingRecorder } from './reading-recorder.js';
import type { KnownReading } from './reading.js';
import { askSink, askSource, settleDoubts, type Doubtful } from './settle-doubts.js';
import { reportUnknownAccounts, unknownAccounts } from './unknown-accounts.js';
import { FAR_FUTURE_SECONDS } from './update.js';

/** Lists of records are read while one is compared, so that the sink always has something to do; few where they are long, which bounds memory. */
const LISTS_AHEAD = 4;
const RECORDS_AHEAD = 4_000;

/** Accounts are settled together until they ask for so many ids, or are so many: each question by id costs Slurm a process. */
const IDS_TOGETHER = 1_000;
const ACCOUNTS_TOGETHER = 64;

/** What the sink says of an account at first: its list of records, or its totals. */
type FirstWord =
  | { readonly by: 'records'; readonly records: Map<string, SinkRecord> | null }
  | { readonly by: 'digest'; readonly known: KnownReading; readonly totals: RecordTotals };

/**
 * Compares every ended job of every account with its record, and every record that starts in the account's window with its job; with
 * --compare digest one by one only where counts and sums differ.
 */
export async function reconcileFull(run: FullReconciliation): Promise<void> {
  const unknown = await unknownAccounts(run);
  const windows = new Map(run.accounts.map((account) => [account.name, rowWindowOf(account, run)]));
  for (const name of unknown) windows.set(name, run.unknownWindow);
  const rows = run.source.rowsOfAccounts(windows);
  try {
    await reconcileAccounts(rows, run);
    await reportUnknownAccounts(unknown, rows, run);
  } finally {
    await rows.close();
  }
}

async function reconcileAccounts(accountRows: AccountRows, run: FullReconciliation): Promise<void> {
  const decided = new IdSet();
  const open = run.compare === 'digest' ? await openByAccount(run) : new Map<string, SinkRecord[]>();
  const lookUp = createLookUp(run);
  let waiting: Doubtful[] = [];
  let settling = Promise.resolve();
  let ids = 0;
  for await (const [account, first] of readAhead(run.accounts, readAheadAfter, (each) => firstWordOf(each, run))) {
    run.signal.throwIfAborted();
    const rows = await accountRows.rowsOf(account.name);
    const data = await dataOf(account, first, rows, open.get(account.name) ?? [], run);
    if (data === null) continue;
    const comparison = await compareAccount(data, decided, run);
    waiting.push(askSink(comparison, lookUp));
    ids += comparison.unsure.length;
    if (ids < IDS_TOGETHER && waiting.length < ACCOUNTS_TOGETHER) continue;
    // While the source answers for these and they are settled, the next are compared; no more than that, which bounds memory.
    const doubts = askSource(waiting, run);
    await settling;
    settling = begun(settleDoubts(doubts, run));
    waiting = [];
    ids = 0;
  }
  const last = askSource(waiting, run);
  await settling;
  await settleDoubts(last, run);
}

async function firstWordOf(account: SinkAccount, run: FullReconciliation): Promise<FirstWord> {
  run.signal.throwIfAborted();
  const window = windowOf(account, run);
  const known = run.compare === 'digest' ? (run.readings?.get(account.name) ?? null) : null;
  if (known !== null && known.from <= window.from) {
    return { by: 'digest', known, totals: await totalsOf(run.sink, account.name, window, run.signal) };
  }
  return { by: 'records', records: await steady(account, run, () => listOf(account.name, window, run)) };
}

/** Null for an account that is left out. */
async function dataOf(
  account: SinkAccount,
  first: FirstWord,
  rows: ReadonlyMap<string, readonly Row[]>,
  open: readonly SinkRecord[],
  run: FullReconciliation,
): Promise<AccountData | null> {
  const window = windowOf(account, run);
  if (first.by === 'digest') {
    const { known, totals } = first;
    const own = open.filter(({ startedAt }) => startedAt !== null && contains(window, startedAt));
    return steady(account, run, () => digestAccount({ account, window, known, totals, open: own, rows }, run));
  }
  if (first.records === null) return null;
  if (run.compare === 'digest') run.onDigest({ account: account.name, readAt: null, summed: 0, passedOver: 0 });
  const context = { ...run.context, period: window };
  const expected = (jobId: string): Expected | null => expectedOf(rows.get(jobId) ?? [], context);
  const recorder = run.readings === null ? null : new ReadingRecorder(account.name, window, [window], expected);
  return { account: account.name, window, records: first.records, rows, recorder };
}

function readAheadAfter(last: FirstWord | undefined): number {
  const size = last?.by === 'digest' ? 0 : (last?.records?.size ?? RECORDS_AHEAD);
  return Math.min(LISTS_AHEAD, Math.floor(RECORDS_AHEAD / Math.max(1, size)));
}

function windowOf(account: SinkAccount, run: FullReconciliation): Window {
  return { from: run.startOf(account), to: run.context.period.to };
}

/** Sums are of jobs that start in the window, whenever they end (money 25). */
function rowWindowOf(account: SinkAccount, run: FullReconciliation): Window {
  const { from, to } = windowOf(account, run);
  return { from, to: run.compare === 'digest' ? Math.max(to, run.context.now) : to };
}

async function openByAccount(run: FullReconciliation): Promise<Map<string, SinkRecord[]>> {
  const { sink, sinkName, signal, context } = run;
  const window = { from: 0, to: context.now + FAR_FUTURE_SECONDS };
  const open = await readWholeList(sinkName, () => sink.openRecords({ statuses: OPEN_STATES, window, signal }), signal);
  return groupBy([...open.values()], (record) => record.account);
}

/** Null where a list of the account would not hold still (money 18). */
async function steady<T>(account: SinkAccount, run: FullReconciliation, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'UNSTABLE_LIST') throw error;
    const message = `${error.message} The account is left out.`;
    run.plan.addFinding(makeFinding('unstable-list', { jobId: null, account: account.name, message }));
    run.onUnstable(account.name);
    return null;
  }
}
