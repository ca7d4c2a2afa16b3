import type { Instant } from '../job.js';

/** A row's times where some fall in the hour that the autumn change of clocks repeats: the instants each may mean; none for a time Slurm does not know. */
export interface PossibleTimes {
  readonly submit: readonly Instant[];
  readonly eligible: readonly Instant[];
  readonly start: readonly Instant[];
  readonly end: readonly Instant[];
  /** Elapsed and suspended seconds of the row, null where it does not tell. */
  readonly ranSeconds: number | null;
  /** Slurm keeps the first start in the later rows of a resized job: their submit time may follow it. */
  readonly submitReadsAfterStart: boolean;
}

export interface SettledTimes {
  readonly submittedAt: Instant;
  readonly eligibleAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
}

/**
 * The one reading in which the job ran for the seconds that Slurm counted, and was submitted, started and ended in this order;
 * null when several readings or none would do.
 */
export function settleAutumnHour(times: PossibleTimes): SettledTimes | null {
  const readings = readingsOf(times).filter((reading) => fits(reading, times));
  const [first] = readings;
  if (first === undefined || readings.length > 1) return null;
  const eligible = settleEligible(times, first.submit);
  return eligible === undefined ? null : { submittedAt: first.submit, eligibleAt: eligible, startedAt: first.start, endedAt: first.end };
}

interface Reading {
  readonly submit: Instant;
  readonly start: Instant | null;
  readonly end: Instant | null;
}

function readingsOf(times: PossibleTimes): Reading[] {
  const starts = times.start.length === 0 ? [null] : times.start;
  const ends = times.end.length === 0 ? [null] : times.end;
  return times.submit.flatMap((submit) => starts.flatMap((start) => ends.map((end) => ({ submit, start, end }))));
}

function fits({ submit, start, end }: Reading, { ranSeconds, submitReadsAfterStart }: PossibleTimes): boolean {
  if (start !== null && end !== null && (end < start || (ranSeconds !== null && end - start !== ranSeconds))) return false;
  if (end !== null && end < submit) return false;
  return start === null || submit <= start || submitReadsAfterStart;
}

/** Slurm does not let a job be eligible before its submission; a time that reads like the submit time is the submit time. Undefined: not settled. */
function settleEligible({ eligible, submit }: PossibleTimes, submittedAt: Instant): Instant | null | undefined {
  if (eligible.length < 2) return eligible[0] ?? null;
  if (eligible.join() === submit.join()) return submittedAt;
  const later = eligible.filter((instant) => instant >= submittedAt);
  return later.length === 1 ? later[0] : undefined;
}
