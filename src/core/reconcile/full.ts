import { BrcSyncError } from '../errors.js';
import type { SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import type { Window } from '../window.js';
import type { AccountRows } from './account-rows.js';
import { compareAccount, type AccountData, type Comparison } from './compare-account.js';
import { makeFinding } from './facts.js';
import { IdSet } from './id-set.js';
import { readAhead } from './read-ahead.js';
import { readWholeList } from './read-sink.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { settleDoubts } from './settle-doubts.js';
import { reportUnknownAccounts, unknownAccounts } from './unknown-accounts.js';

/** Accounts read while one is compared: bounds memory, and keeps a second request of the sink busy. */
const ACCOUNTS_AHEAD = 1;

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
  let ids = 0;
  for await (const [, data] of readAhead(run.accounts, ACCOUNTS_AHEAD, (each) => readAccount(each, rows, run))) {
    run.signal.throwIfAborted();
    if (data === null) continue;
    const comparison = await compareAccount(data, decided, run);
    waiting.push(comparison);
    ids += comparison.unsure.length;
    if (ids < IDS_TOGETHER && waiting.length < ACCOUNTS_TOGETHER) continue;
    await settleDoubts(waiting, run);
    waiting = [];
    ids = 0;
  }
  await settleDoubts(waiting, run);
}

/** Null where the list of records would not hold still. */
async function readAccount(account: SinkAccount, accountRows: AccountRows, run: FullReconciliation): Promise<AccountData | null> {
  run.signal.throwIfAborted();
  const window = windowOf(account, run);
  const [records, rows] = await Promise.all([recordsOf(account.name, window, run), accountRows.rowsOf(account.name)]);
  return records === null ? null : { account: account.name, window, records, rows };
}

function windowOf(account: SinkAccount, run: FullReconciliation): Window {
  return { from: run.startOf(account), to: run.context.period.to };
}

async function recordsOf(account: string, window: Window, run: FullReconciliation): Promise<Map<string, SinkRecord> | null> {
  const read = run.sink.recordsOfAccount?.bind(run.sink);
  if (read === undefined) return new Map();
  try {
    return await readWholeList(run.sinkName, () => read(account, { window, signal: run.signal }), run.signal);
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'UNSTABLE_LIST') throw error;
    run.plan.addFinding(makeFinding('unstable-list', { jobId: null, account, message: `${error.message} The account is left out.` }));
    run.onUnstable(account);
    return null;
  }
}
