import { begun } from '../begun.js';
import type { Change } from '../change.js';
import { aliasIds, type Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import type { Comparison } from './compare-account.js';
import { isDisplayId, isRawId } from './duplicates.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { judge } from './judge.js';
import type { LookUp } from './look-up.js';
import { checkedRecord } from './read-sink.js';
import { reconcileDuplicates } from './update.js';
import { NOTHING, type Verdict } from './verdict.js';

/** Usage of these many accounts is read while the next is settled. */
const FLUSHES_AT_ONCE = 2;

/** A comparison, and what the sink is saying of the ids in doubt that it did not list. */
export interface Doubtful {
  readonly comparison: Comparison;
  readonly found: Promise<readonly SinkRecord[]>;
}

/** Some of them, and what the source is saying of all their ids in doubt. */
export interface Doubts {
  readonly accounts: readonly Doubtful[];
  readonly rows: Promise<ReadonlyMap<string, readonly Row[]>>;
}

/** Asks the sink by id for what its list did not bring (money 5). A failure is thrown where the answer is awaited. */
export function askSink(comparison: Comparison, lookUp: LookUp): Doubtful {
  const { unsure, listed } = comparison;
  return { comparison, found: begun(lookUp(unsure.filter((id) => !listed.has(id)))) };
}

/** Asks the source by id for what its list did not bring, or what seemed to differ (money 5). A failure is thrown where the answer is awaited. */
export function askSource(accounts: readonly Doubtful[], run: FullReconciliation): Doubts {
  const asked = accounts.flatMap(({ comparison: { unsure, duplicates } }) => [...unsure, ...duplicates.map((record) => record.jobId)]);
  return { accounts, rows: begun(run.source.rowsById(asked.filter((id) => isRawId(id) || isDisplayId(id)))) };
}

/** Decides, and hands on one account after the other (money 5). */
export async function settleDoubts(doubts: Doubts, run: FullReconciliation): Promise<void> {
  const rows = await doubts.rows;
  const flushes: Promise<void>[] = [];
  for (const { comparison, found } of doubts.accounts) {
    run.signal.throwIfAborted();
    for (const { verdict, compared } of comparison.verdicts) run.plan.add(verdict, compared);
    await settleAccount(comparison, await found, rows, { ...run, context: comparison.context });
    flushes.push(begun(run.plan.flush()));
    if (flushes.length > FLUSHES_AT_ONCE) await flushes.shift();
    if (comparison.recorder !== null) run.readings?.add(comparison.account, comparison.recorder.finish(run.context.now));
  }
  await Promise.all(flushes);
}

async function settleAccount(
  comparison: Comparison,
  found: readonly SinkRecord[],
  rows: ReadonlyMap<string, readonly Row[]>,
  run: FullReconciliation,
): Promise<void> {
  const { account, unsure, duplicates, listed, recorder } = comparison;
  const known = new Map(listed);
  for (const record of found) {
    known.set(record.jobId, record);
    if (record.account === account || !isListable(record, run)) run.plan.addRecord(record);
  }
  const besides = new Map<string, Change | null>();
  const claimed = await reconcileDuplicates(duplicates, rows, known, run, (jobId, record, { change }) => {
    if (record === null) besides.set(jobId, change);
    else recorder?.settle(jobId, record, change);
  });

  for (const jobId of unsure) {
    const own = rows.get(jobId) ?? [];
    const record = known.get(jobId) ?? null;
    const verdict = judge(own, record, run.context);
    const permitted = verdict.change?.kind === 'create' ? await permitCreation(verdict, own, claimed, run) : verdict;
    run.plan.add(permitted, record !== null);
    recorder?.settle(jobId, record, permitted.change ?? besides.get(jobId) ?? null);
  }
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
