import { aliasIds, type Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import type { Comparison } from './compare-account.js';
import { isDisplayId, isRawId } from './duplicates.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { judge } from './judge.js';
import { checkedRecord } from './read-sink.js';
import { reconcileDuplicates } from './update.js';
import { NOTHING, type Verdict } from './verdict.js';

/** Lookups of single records that wait for an answer: what a sink has in flight of them is its own affair, as for changes. */
const LOOKUPS = 16;

/** Comparisons, and what the source is saying of the ids they left unsure. */
export interface Doubts {
  readonly comparisons: readonly Comparison[];
  readonly rows: Promise<ReadonlyMap<string, readonly Row[]>>;
}

/** Asks the source by id for what one list did not bring or what seemed to differ (money 5). A failure is thrown where the answer is awaited. */
export function askSource(comparisons: readonly Comparison[], run: FullReconciliation): Doubts {
  const asked = comparisons.flatMap(({ unsure, duplicates }) => [...unsure, ...duplicates.map((record) => record.jobId)]);
  const rows = run.source.rowsById(asked.filter((id) => isRawId(id) || isDisplayId(id)));
  // Should the work stop before its turn, an answer that fails then has nobody to tell.
  rows.catch(() => undefined);
  return { comparisons, rows };
}

/** Asks the sink by id, too, decides, and hands on one account after the other (money 5). */
export async function settleDoubts(doubts: Doubts, run: FullReconciliation): Promise<void> {
  const rows = await doubts.rows;
  for (const comparison of doubts.comparisons) {
    run.signal.throwIfAborted();
    for (const { verdict, compared } of comparison.verdicts) run.plan.add(verdict, compared);
    await settleAccount(comparison, rows, { ...run, context: comparison.context });
    await run.plan.flush();
  }
}

async function settleAccount(comparison: Comparison, rows: ReadonlyMap<string, readonly Row[]>, run: FullReconciliation): Promise<void> {
  const { account, unsure, duplicates, listed } = comparison;
  const known = new Map(listed);
  await lookUp(
    account,
    unsure.filter((id) => !listed.has(id)),
    known,
    run,
  );
  const claimed = await reconcileDuplicates(duplicates, rows, known, run);

  for (const jobId of unsure) {
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
