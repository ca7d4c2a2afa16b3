import { aliasIds, type Row } from '../job.js';
import type { JobSink } from '../job-sink.js';
import { checkedRecord } from '../reconcile/read-sink.js';
import type { SinkRecord } from '../record.js';

/** What the sink holds of a job. */
export interface FoundRecords {
  readonly record: SinkRecord | null;
  /** Of the same job under its other ids: a display id, or the raw one (money 6). */
  readonly others: readonly SinkRecord[];
  /** Only lists were asked, which hide records. */
  readonly cannotLookUp: boolean;
  readonly notes: readonly string[];
}

export interface FindRecordsOptions {
  readonly name: string;
  readonly instance: JobSink;
  readonly signal: AbortSignal;
}

/** Asks the sink for an id, and for the other ids of its rows. */
export async function findRecords(
  jobId: string,
  rows: readonly Row[],
  { name, instance, signal }: FindRecordsOptions,
): Promise<FoundRecords> {
  const lookUp = instance.record?.bind(instance);
  if (lookUp === undefined) {
    const record = await findInLists(jobId, rows, { name, instance, signal });
    const note = `Sink ${name} cannot look up an id: only the records of the job’s account were searched.`;
    return { record, others: [], cannotLookUp: true, notes: [note] };
  }
  const checked = async (id: string): Promise<SinkRecord | null> => {
    const found = await lookUp(id, { signal });
    return found === null ? null : checkedRecord(name, found);
  };
  const ids = new Set(rows.flatMap((row) => [row.jobId, ...aliasIds(row)]));
  ids.delete(jobId);
  const others = await Promise.all([...ids].map(checked));
  return { record: await checked(jobId), others: others.filter((record) => record !== null), cannotLookUp: false, notes: [] };
}

async function findInLists(
  jobId: string,
  rows: readonly Row[],
  { name, instance, signal }: FindRecordsOptions,
): Promise<SinkRecord | null> {
  const starts = rows.flatMap(({ startedAt, endedAt }) => [startedAt ?? [], endedAt ?? []].flat());
  if (instance.recordsOfAccount === undefined || starts.length === 0) return null;
  const window = { from: Math.min(...starts), to: Math.max(...starts) + 1 };
  for (const account of new Set(rows.map((row) => row.account))) {
    for await (const batch of instance.recordsOfAccount(account, { window, signal })) {
      const found = batch.find((record) => record.jobId === jobId);
      if (found !== undefined) return checkedRecord(name, found);
    }
  }
  return null;
}
