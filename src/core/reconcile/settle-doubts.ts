import type { Change } from '../change.js';
import { aliasIds, type Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import type { Comparison } from './compare-account.js';
import { isDisplayId, isRawId } from './duplicates.js';
import type { FullReconciliation } from './full-reconciliation.js';
import { judge } from './judge.js';
import { lookUp } from './look-up.js';
import { readAhead } from './read-ahead.js';
import { checkedRecord } from './read-sink.js';
import { reconcileDuplicates } from './update.js';
import { NOTHING, type Verdict } from './verdict.js';

/** Records of these many accounts are looked up while one is settled, which waits for its usage. */
const ACCOUNTS_AHEAD = 2;

/** Comparisons, and what both sides are saying of the ids they left unsure. */
export interface Doubts {
  /** Each with the records that the sink did not list. */
  readonly lookedUp: AsyncIterable<readonly [Comparison, readonly SinkRecord[]]>;
  readonly rows: Promise<ReadonlyMap<string, readonly Row[]>>;
}

/** Asks by id for what one list did not bring or what seemed to differ (money 5): the source, and the sink, account after account. A failure is thrown where its answer is awaited. */
export function askByIds(comparisons: readonly Comparison[], run: FullReconciliation): Doubts {
  const asked = comparisons.flatMap(({ unsure, duplicates }) => [...unsure, ...duplicates.map((record) => record.jobId)]);
  const rows = run.source.rowsById(asked.filter((id) => isRawId(id) || isDisplayId(id)));
  // Should the work stop before its turn, an answer that fails then has nobody to tell.
  rows.catch(() => undefined);
  const missing = ({ unsure, listed }: Comparison): string[] => unsure.filter((id) => !listed.has(id));
  const lookedUp = readAhead(
    comparisons,
    () => ACCOUNTS_AHEAD,
    (comparison) => lookUp(missing(comparison), run),
  );
  return { lookedUp, rows };
}

/** Decides, and hands on one account after the other (money 5). */
export async function settleDoubts(doubts: Doubts, run: FullReconciliation): Promise<void> {
  const rows = await doubts.rows;
  for await (const [comparison, found] of doubts.lookedUp) {
    run.signal.throwIfAborted();
    for (const { verdict, compared } of comparison.verdicts) run.plan.add(verdict, compared);
    await settleAccount(comparison, found, rows, { ...run, context: comparison.context });
    await run.plan.flush();
    if (comparison.recorder !== null) run.readings?.add(comparison.account, comparison.recorder.finish(run.context.now));
  }
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
