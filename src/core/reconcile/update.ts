import type { JobSink } from '../job-sink.js';
import type { Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import type { JudgeContext } from './context.js';
import { OPEN_STATES } from './diff.js';
import { isDisplayId, isRawId, judgeDuplicate } from './duplicates.js';
import { judge } from './judge.js';
import { findLostJobs } from './lost-jobs.js';
import type { Plan } from './plan.js';
import { checkedRecord, readWholeList } from './read-sink.js';
import type { SourceReader } from './read-source.js';
import type { Verdict } from './verdict.js';

export interface Reconciliation {
  readonly source: SourceReader;
  readonly sink: JobSink;
  readonly sinkName: string;
  readonly context: JudgeContext;
  readonly plan: Plan;
  readonly signal: AbortSignal;
  /** Reconcile these accounts only; empty: all. */
  readonly onlyAccounts: ReadonlySet<string>;
}

/** Ids asked of the source at once: bounds memory, not requests, which are the source's affair. */
const BATCH = 5_000;
/** Later than any start that a portal could hold: lists are asked for with an explicit window from 0 (money 11). */
export const FAR_FUTURE_SECONDS = 366 * 86_400;

/** Compares every record that the sink still has open with what Slurm says of its job (money 11). Creates nothing, but raw records of zeroed duplicates. */
export async function reconcileUpdate(run: Reconciliation): Promise<void> {
  const window = { from: 0, to: run.context.now + FAR_FUTURE_SECONDS };
  const list = (): AsyncIterable<readonly SinkRecord[]> => run.sink.openRecords({ statuses: OPEN_STATES, window, signal: run.signal });
  const open = [...(await readWholeList(run.sinkName, list, run.signal)).values()];
  const wanted = open.filter((record) => run.onlyAccounts.size === 0 || run.onlyAccounts.has(record.account));
  for (let at = 0; at < wanted.length; at += BATCH) await reconcileBatch(wanted.slice(at, at + BATCH), run);
  await run.plan.flush();
}

async function reconcileBatch(records: readonly SinkRecord[], run: Reconciliation): Promise<void> {
  const { plan } = run;
  const rows = await run.source.rowsById(records.map((record) => record.jobId).filter((id) => isRawId(id) || isDisplayId(id)));
  const context = { ...run.context, lostJobs: await findLostJobs(records, rows, run) };
  const duplicates: SinkRecord[] = [];
  for (const record of records) {
    plan.addRecord(record);
    if (isDisplayId(record.jobId)) duplicates.push(record);
    else plan.add(judge(rows.get(record.jobId) ?? [], record, context), true);
  }
  await reconcileDuplicates(duplicates, rows, new Map(records.map((record) => [record.jobId, record])), run);
}

/**
 * Decides about records under display ids, whose raw ids the source has just told, and with --zero-duplicates about the raw records that take
 * their place (money 6).
 * @returns the raw ids that stand in the sink under a display id, at more than 0.00
 */
export async function reconcileDuplicates(
  duplicates: readonly SinkRecord[],
  rowsByDisplayId: ReadonlyMap<string, readonly Row[]>,
  known: ReadonlyMap<string, SinkRecord>,
  run: Reconciliation,
  onVerdict: (jobId: string, record: SinkRecord | null, verdict: Verdict) => void = () => undefined,
): Promise<ReadonlySet<string>> {
  const claimed = new Set<string>();
  const rawIdsOf = (record: SinkRecord): string[] => [...new Set((rowsByDisplayId.get(record.jobId) ?? []).map((row) => row.jobId))];
  const rows = await run.source.rowsById([...new Set(duplicates.flatMap(rawIdsOf))]);
  for (const duplicate of duplicates) {
    const verdict = judgeDuplicate(
      duplicate,
      rawIdsOf(duplicate).flatMap((id) => rows.get(id) ?? []),
      run.context,
    );
    run.plan.add(verdict, true);
    onVerdict(duplicate.jobId, duplicate, verdict);
    if (verdict.rawId !== null) claimed.add(verdict.rawId);
    if (verdict.change === null || verdict.rawId === null || known.has(verdict.rawId) || run.sink.record === undefined) continue;
    const raw = await run.sink.record(verdict.rawId, { signal: run.signal });
    if (raw !== null) {
      checkedRecord(run.sinkName, raw);
      continue;
    }
    const creation = judge(rows.get(verdict.rawId) ?? [], null, run.context);
    run.plan.add(creation, false);
    onVerdict(verdict.rawId, null, creation);
  }
  return claimed;
}
