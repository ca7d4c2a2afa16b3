import type { Instant } from '../job.js';
import { contains, type Window } from '../window.js';
import type { Contribution, Expected } from './expected.js';

/** A record that a reading left different from what its job would add, whatever the finding; `ours` is what Slurm said then (money 25). */
export interface Exception {
  readonly jobId: string;
  /** Null: it is not among the account's records. */
  readonly theirs: Contribution | null;
  /** Null: no record was to be expected. */
  readonly ours: Expected | null;
}

/** What is known of an account since all its records were read. */
export interface KnownReading {
  /** The records read were those that start from here on. */
  readonly from: Instant;
  readonly readAt: Instant;
  readonly exceptions: readonly Exception[];
  /** Jobs on a tie of rule 9 whose record this tool wrote, and so knows to the cent. */
  readonly exact: ReadonlySet<string>;
}

/** What was read of an account in one run. */
export interface FreshReading {
  /** The account's whole window. */
  readonly window: Window;
  /** The parts of it whose records were listed. */
  readonly read: readonly Window[];
  /** Ids that were looked at, wherever they start. */
  readonly touched: ReadonlySet<string>;
  readonly exceptions: readonly Exception[];
  /** Ties seen at the exact cent, and those of them that this run writes. */
  readonly exactTies: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
  readonly now: Instant;
}

/** What is known after a run: what it looked at, and what was known of the rest. Null while not everything has been read once. */
export function mergeReading(known: KnownReading | null, fresh: FreshReading): KnownReading | null {
  const { window, read, touched, now } = fresh;
  const isWhole = read.some((part) => part.from <= window.from && part.to >= window.to);
  if (known === null && !isWhole) return null;
  const isRead = (at: { readonly startedAt: Instant } | null): boolean => at !== null && read.some((part) => contains(part, at.startedAt));
  const kept = (known?.exceptions ?? []).filter(({ jobId, theirs, ours }) => !touched.has(jobId) && !isRead(theirs) && !isRead(ours));
  const stillExact = [...(known?.exact ?? [])].filter((jobId) => fresh.exactTies.has(jobId) || !(isWhole || touched.has(jobId)));
  const covers = isWhole && (known === null || window.from <= known.from);
  return {
    from: Math.min(known?.from ?? window.from, window.from),
    readAt: covers ? Math.min(now, window.to) : (known?.readAt ?? now),
    exceptions: [...kept, ...fresh.exceptions],
    exact: new Set([...stillExact, ...fresh.written]),
  };
}
