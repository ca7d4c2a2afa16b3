import type { Instant, Window } from '../../../builtin-sdk.js';

const DAY = 86_400;

/** sacct refuses `uts` with a smaller number (contract slurm.md 2.6). */
const FIRST_UTS = 1_000_000;

/** Before it nobody has accounting data worth slicing: one slice. */
const FIRST_SLICED = Date.UTC(2010, 0) / 1000;

/**
 * Cuts a window into the periods that one sacct is asked for: calendar months (UTC), or that many days. What lies before 2010 or after the
 * month of `now` is one slice, since windows may be open at either end. Half-open like the window; none for an empty one.
 */
export function timeSlices(window: Window, options: { readonly now: Instant; readonly sliceDays?: number | undefined }): Window[] {
  const { now, sliceDays } = options;
  const last = Math.max(FIRST_SLICED, now);
  const slices: Window[] = [];
  let from = Math.max(window.from, FIRST_UTS);
  while (from < window.to) {
    const to = Math.min(window.to, nextCut(from, last, sliceDays));
    slices.push({ from, to });
    from = to;
  }
  return slices;
}

function nextCut(from: Instant, last: Instant, sliceDays: number | undefined): Instant {
  if (from < FIRST_SLICED) return FIRST_SLICED;
  if (from > last) return Infinity;
  return sliceDays === undefined ? nextMonth(from) : from + sliceDays * DAY;
}

function nextMonth(instant: Instant): Instant {
  const date = new Date(instant * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000;
}
