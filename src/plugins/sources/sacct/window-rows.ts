import { contains, type Instant, type ReadOptions, type Row, type Window } from '../../../builtin-sdk.js';
import type { AccountNames } from './sacct-arguments.js';

/** How rows of one kind are read. */
export interface WindowReader {
  readonly slices: readonly Window[];
  ended(accounts: AccountNames, slice: Window, options: ReadOptions): AsyncIterable<readonly Row[]>;
  running(accounts: AccountNames, options: ReadOptions): AsyncIterable<readonly Row[]>;
  byId(ids: readonly string[], options: ReadOptions): AsyncIterable<readonly Row[]>;
}

/** States that end a row and not yet the job: a later row may continue it (money 1). */
const INTERRUPTED: ReadonlySet<string> = new Set(['REQUEUED', 'RESIZING', 'PREEMPTED', 'NODE_FAIL']);

/**
 * Rows of these accounts that ended in the window or still run. Running ones are read first, so that a job which ends meanwhile is not missed by
 * both questions, and handed over last, unless they have ended. A requeued job that waits for its next run shows in no question about time: what
 * was interrupted and not continued is asked for by id.
 */
export async function* windowRows(
  reader: WindowReader,
  { accounts, ...options }: ReadOptions & { readonly accounts: AccountNames },
): AsyncGenerator<readonly Row[], void, undefined> {
  const asked = accounts === null ? null : new Set(accounts);
  const isWanted = (row: Row): boolean => asked === null || asked.has(row.account);
  const open = new Map<string, Row>();
  const interrupted = new Map<string, Instant>();

  for await (const rows of reader.running(accounts, options)) {
    for (const row of rows) if (row.endedAt === null && isWanted(row)) open.set(keyOf(row), row);
  }
  for (const slice of reader.slices) {
    for await (const rows of reader.ended(accounts, slice, options)) {
      const found = rows.filter((row) => row.endedAt !== null && contains(slice, row.endedAt) && isWanted(row));
      for (const row of found) {
        if (open.size > 0) open.delete(keyOf(row));
        if (INTERRUPTED.has(row.state)) interrupted.set(row.jobId, row.submittedAt);
        else if ((interrupted.get(row.jobId) ?? Infinity) < row.submittedAt) interrupted.delete(row.jobId);
      }
      if (found.length > 0) yield found;
    }
  }
  for (const row of open.values()) interrupted.delete(row.jobId);
  for await (const rows of reader.byId([...interrupted.keys()], options)) {
    for (const row of rows) if (row.endedAt === null && isWanted(row)) open.set(keyOf(row), row);
  }
  if (open.size > 0) yield [...open.values()];
}

function keyOf(row: Row): string {
  return `${row.cluster ?? ''} ${row.jobId} ${row.submittedAt}`;
}
