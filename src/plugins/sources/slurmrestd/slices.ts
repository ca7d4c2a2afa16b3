import type { Instant } from '../../../builtin-sdk.js';

/** Slurm refuses `uts` with a smaller number (contract slurm.md 2.6). */
const FIRST_UTS = 1_000_000;
/** Before it nobody has accounting data worth slicing: one slice. */
const FIRST_SLICED = Date.UTC(2010, 0) / 1000;

/** A slice may grow at most this much at once: how many jobs come next is not known. */
const MOST_GROWTH = 8;
/** Part of the limit that an answer should have: the next slice may hold more jobs than the last. */
const AIM = 1 / 8;

/** A period to ask for; without an end: everything since, and what is open. */
export interface Slice {
  readonly from: Instant;
  readonly to: Instant | null;
}

/** The next slice of a window that is read up to `from`. The last one has no end, and starts at `now` where the window ends before that. */
export function nextSlice({ from, seconds, to, now }: { from: Instant; seconds: number; to: Instant; now: Instant }): Slice {
  const askedFrom = Math.max(from, FIRST_UTS);
  const lasting = askedFrom < FIRST_SLICED ? FIRST_SLICED - askedFrom : seconds;
  if (from < to && askedFrom + lasting >= now) return { from: askedFrom, to: null };
  if (from >= to) return { from: Math.max(now, FIRST_UTS), to: null };
  return { from: askedFrom, to: Math.min(to, askedFrom + lasting) };
}

/** How long the slice after one whose answer had so many bytes may be. */
export function nextSeconds(seconds: number, bytes: number, maxReplyBytes: number): number {
  const growth = (maxReplyBytes * AIM) / Math.max(1, bytes);
  return Math.max(1, Math.floor(seconds * Math.min(MOST_GROWTH, Math.max(0.25, growth))));
}
