import { aliasIds, type Row } from '../../../builtin-sdk.js';

/** Raw ids, array tasks and components: nothing else may reach slurmrestd 22.05, which exits on it (contract slurm.md 1.2). */
const ID = /^([1-9]\d{0,9})(?:([_+])\d{1,9})?$/;

/** The id as Slurm may be asked for it; null for what can be no job. A component is asked for by its leader. */
export function askableId(id: string): string | null {
  const [, jobId, mark] = ID.exec(id) ?? [];
  if (jobId === undefined || Number(jobId) >= 4_294_967_294) return null;
  return mark === '+' ? jobId : id;
}

/** Slurm also shows other tasks of an array and other components. */
export function isAskedFor(row: Row, ids: ReadonlySet<string>): boolean {
  return ids.has(row.jobId) || aliasIds(row).some((alias) => ids.has(alias));
}

/** What makes a row unique (contract slurm.md 2.4). */
export function rowKey(row: Row): string {
  return `${row.cluster ?? ''} ${row.jobId} ${row.submittedAt}`;
}

export function chunksOf<T>(values: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < values.length; at += size) chunks.push(values.slice(at, at + size));
  return chunks;
}
