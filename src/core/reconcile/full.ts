import type { SinkAccount } from '../job-sink.js';
import { aliasIds, type Instant, type Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { BrcSyncError } from '../errors.js';
import { parseAmount } from '../service-units.js';
import type { Window } from '../window.js';
import type { AccountRows } from './account-rows.js';
import { isDisplayId, isRawId } from './duplicates.js';
import { makeFinding } from './facts.js';
import { judge } from './judge.js';
import { findLostJobs } from './lost-jobs.js';
import { checkedRecord, readWholeList } from './read-sink.js';
import { readAhead } from './read-ahead.js';
import { reportUnknownAccounts, unknownAccounts, type WithUnknownAccounts } from './unknown-accounts.js';
import { reconcileDuplicates } from './update.js';
import { isQuiet, NOTHING, type Verdict } from './verdict.js';

/** Lookups of single records in flight. */
const LOOKUPS = 4;

export interface FullReconciliation extends WithUnknownAccounts {
  /** First instant for an account: its allocation's start or the allocation year's first day, narrowed by --start. */
  readonly startOf: (account: SinkAccount) => Instant;
  /** Told of an account whose list would not hold still (money 18). */
  readonly onUnstable: (account: string) => void;
  /** Told of a job that has no record and gets none, because the sink cannot look up an id (money 5). */
  readonly onNotCreated: (jobId: string) => void;
}

/** One account as both sides tell it; null records: the list would not hold still. */
interface AccountData {
  readonly window: Window;
  readonly records: Map<string, SinkRecord> | null;
  readonly rows: ReadonlyMap<string, readonly Row[]>;
}

/** Accounts read while one is compared: bounds memory, and keeps a second request of the sink busy. */
const ACCOUNTS_AHEAD = 1;

/** Compares every ended job of every account with its record, and every record that starts in the account's window with its job. */
export async function reconcileFull(run: FullReconciliation): Promise<void> {
  const decided = new Set<string>();
  const unknown = await unknownAccounts(run);
  const windows = new Map(run.accounts.map((account) => [account.name, windowOf(account, run)]));
  for (const name of unknown) windows.set(name, run.unknownWindow);
  const rows = run.source.rowsOfAccounts(windows);
  try {
    for await (const [account, data] of readAhead(run.accounts, ACCOUNTS_AHEAD, (each) => readAccount(each, rows, run))) {
      run.signal.throwIfAborted();
      if (data.records !== null) await reconcileAccount(account.name, { ...data, records: data.records }, decided, run);
      await run.plan.flush();
    }
    await reportUnknownAccounts(unknown, rows, run);
  } finally {
    await rows.close();
  }
}

async function readAccount(account: SinkAccount, accountRows: AccountRows, run: FullReconciliation): Promise<AccountData> {
  run.signal.throwIfAborted();
  const window = windowOf(account, run);
  const [records, rows] = await Promise.all([recordsOf(account.name, window, run), accountRows.rowsOf(account.name)]);
  return { window, records, rows };
}

function windowOf(account: SinkAccount, run: FullReconciliation): Window {
  return { from: run.startOf(account), to: run.context.period.to };
}

async function reconcileAccount(
  account: string,
  { window, records, rows }: AccountData & { readonly records: Map<string, SinkRecord> },
  decided: Set<string>,
  run: FullReconciliation,
): Promise<void> {
  const context = { ...run.context, period: window, lostJobs: await findLostJobs(records.values(), rows, run) };
  const unsure: string[] = [];
  const duplicates: SinkRecord[] = [];
  for (const record of records.values()) {
    run.plan.addRecord(record);
    if (decided.has(record.jobId)) continue;
    if (isDisplayId(record.jobId)) {
      if (parseAmount(record.amount) > 0n) duplicates.push(record);
      continue;
    }
    const found = rows.get(record.jobId);
    const verdict = found === undefined ? null : judge(found, record, context);
    if (verdict !== null && isQuiet(verdict)) run.plan.add(verdict, true);
    else unsure.push(record.jobId);
  }
  for (const [jobId, found] of rows) {
    if (records.has(jobId) || decided.has(jobId)) continue;
    if (found.every((row) => row.endedAt === null)) run.plan.add(judge(found, null, context), false);
    else unsure.push(jobId);
  }
  await makeSure(account, unsure, records, duplicates, decided, { ...run, context });
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

/** Asks both sides by id for what one list did not bring or what seemed to differ, and decides (money 5). */
async function makeSure(
  account: string,
  unsure: readonly string[],
  listed: ReadonlyMap<string, SinkRecord>,
  duplicates: readonly SinkRecord[],
  decided: Set<string>,
  run: FullReconciliation,
): Promise<void> {
  const asked = [...unsure, ...duplicates.map((record) => record.jobId)];
  const rows = await run.source.rowsById(asked.filter((id) => isRawId(id) || isDisplayId(id)));
  const known = new Map(listed);
  await lookUp(
    account,
    unsure.filter((id) => !listed.has(id)),
    known,
    run,
  );
  const claimed = await reconcileDuplicates(duplicates, rows, known, run);

  for (const jobId of unsure) {
    decided.add(jobId);
    const found = rows.get(jobId) ?? [];
    const record = known.get(jobId) ?? null;
    const verdict = judge(found, record, run.context);
    run.plan.add(verdict.change?.kind === 'create' ? await permitCreation(verdict, found, claimed, run) : verdict, record !== null);
  }
}

/** Reads single records that no list has shown: lists hide those outside their window or without a start (money 5). */
async function lookUp(account: string, ids: readonly string[], known: Map<string, SinkRecord>, run: FullReconciliation): Promise<void> {
  const record = run.sink.record?.bind(run.sink);
  if (record === undefined) return;
  const queue = ids.values();
  const worker = async (): Promise<void> => {
    for (const id of queue) {
      run.signal.throwIfAborted();
      const found = await record(id, { signal: run.signal });
      if (found === null) continue;
      known.set(id, checkedRecord(run.sinkName, found));
      if (found.account === account || !isListable(found, run)) run.plan.addRecord(found);
    }
  };
  await Promise.all(Array.from({ length: LOOKUPS }, worker));
}

/** Whether another account's own list shows a record, so that it is counted there. */
function isListable(record: SinkRecord, run: FullReconciliation): boolean {
  const owner = run.accounts.find((account) => account.name === record.account);
  if (owner === undefined || record.startedAt === null) return false;
  return record.startedAt >= run.startOf(owner) && record.startedAt < run.context.period.to;
}

/** A record is created only where the sink was asked for the id, and where the job does not stand there under a display id (money 5, 6). */
async function permitCreation(
  verdict: Verdict,
  rows: readonly Row[],
  claimed: ReadonlySet<string>,
  run: FullReconciliation,
): Promise<Verdict> {
  const record = run.sink.record?.bind(run.sink);
  const jobId = verdict.change?.jobId ?? '';
  if (record === undefined) {
    run.onNotCreated(jobId);
    return NOTHING;
  }
  if (claimed.has(jobId)) return NOTHING;
  for (const alias of new Set(rows.flatMap(aliasIds))) {
    const duplicate = await record(alias, { signal: run.signal });
    if (duplicate === null || parseAmount(duplicate.amount) === 0n) continue;
    run.plan.addRecord(checkedRecord(run.sinkName, duplicate));
    const decided = await reconcileDuplicates([duplicate], new Map([[alias, rows]]), new Map(), run);
    if (decided.has(jobId)) return NOTHING;
  }
  return verdict;
}
