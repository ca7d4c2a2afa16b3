import { BrcSyncError } from '../errors.js';
import type { SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import type { Window } from '../window.js';
import type { AccountRows } from './account-rows.js';
import { compareAccount, type Comparison } from './compare-account.js';
import { makeFinding } from './facts.js';
import { IdSet } from './id-set.js';
import { readAhead } from './read-ahead.js';
import { readWholeList } from './read-sink.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { askSource, settleDoubts, type Doubts } from './settle-doubts.js';
import { reportUnknownAccounts, unknownAccounts } from './unknown-accounts.js';

/** Lists of records are read while one is compared, so that the sink always has something to do; few where they are long, which bounds memory. */
const LISTS_AHEAD = 4;
const RECORDS_AHEAD = 4_000;

/** Accounts are settled together until they ask for so many ids, or are so many: each question by id costs Slurm a process. */
const IDS_TOGETHER = 1_000;
const ACCOUNTS_TOGETHER = 64;

/** Compares every ended job of every account with its record, and every record that starts in the account's window with its job. */
export async function reconcileFull(run: FullReconciliation): Promise<void> {
  const unknown = await unknownAccounts(run);
  const windows = new Map(run.accounts.map((account) => [account.name, windowOf(account, run)]));
  for (const name of unknown) windows.set(name, run.unknownWindow);
  const rows = run.source.rowsOfAccounts(windows);
  try {
    await reconcileAccounts(rows, run);
    await reportUnknownAccounts(unknown, rows, run);
  } finally {
    await rows.close();
  }
}

async function reconcileAccounts(rows: AccountRows, run: FullReconciliation): Promise<void> {
  const decided = new IdSet();
  let waiting: Comparison[] = [];
  let asked: Doubts | null = null;
  let ids = 0;
  for await (const [account, records] of readAhead(run.accounts, listsAhead, (each) => recordsOf(each, run))) {
    run.signal.throwIfAborted();
    const found = await rows.rowsOf(account.name);
    if (records === null) continue;
    const comparison = await compareAccount({ account: account.name, window: windowOf(account, run), records, rows: found }, decided, run);
    waiting.push(comparison);
    ids += comparison.unsure.length;
    if (ids < IDS_TOGETHER && waiting.length < ACCOUNTS_TOGETHER) continue;
    // While the source answers for these, the ones before are settled and the next compared.
    const next = askSource(waiting, run);
    if (asked !== null) await settleDoubts(asked, run);
    asked = next;
    waiting = [];
    ids = 0;
  }
  const last = askSource(waiting, run);
  if (asked !== null) await settleDoubts(asked, run);
  await settleDoubts(last, run);
}

function listsAhead(last: ReadonlyMap<string, SinkRecord> | null | undefined): number {
  return Math.min(LISTS_AHEAD, Math.floor(RECORDS_AHEAD / Math.max(1, last?.size ?? RECORDS_AHEAD)));
}

function windowOf(account: SinkAccount, run: FullReconciliation): Window {
  return { from: run.startOf(account), to: run.context.period.to };
}

/** Null where the list of records would not hold still. */
async function recordsOf(account: SinkAccount, run: FullReconciliation): Promise<Map<string, SinkRecord> | null> {
  run.signal.throwIfAborted();
  const read = run.sink.recordsOfAccount?.bind(run.sink);
  if (read === undefined) return new Map();
  const window = windowOf(account, run);
  try {
    return await readWholeList(run.sinkName, () => read(account.name, { window, signal: run.signal }), run.signal);
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'UNSTABLE_LIST') throw error;
    const message = `${error.message} The account is left out.`;
    run.plan.addFinding(makeFinding('unstable-list', { jobId: null, account: account.name, message }));
    run.onUnstable(account.name);
    return null;
  }
}
