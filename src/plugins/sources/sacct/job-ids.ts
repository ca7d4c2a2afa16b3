import { aliasIds, type Row } from '../../../builtin-sdk.js';

/** Job ids have 32 bits, and the two largest numbers mean "none". A multiple of 2^32 would bring every job there is [22.05.8]. */
const LARGEST_ID = 4_294_967_293;

/** Whether Slurm could have given a job this id: raw, `A_T` of an array task, or `H+N` of a heterogeneous component. */
export function canBeJobId(id: string): boolean {
  const [, job, part = '0'] = /^([1-9]\d{0,9})(?:[_+](0|[1-9]\d{0,9}))?$/.exec(id) ?? [];
  return job !== undefined && Number(job) <= LARGEST_ID && Number(part) <= LARGEST_ID;
}

/** Whether one of these ids names the row. sacct answers an array's or a heterogeneous job's id with all its parts. */
export function isAskedFor(row: Row, ids: ReadonlySet<string>): boolean {
  return ids.has(row.jobId) || aliasIds(row).some((id) => ids.has(id));
}

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
