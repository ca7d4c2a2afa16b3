import type { RecordTotals } from '../job-sink.js';
import type { Instant } from '../job.js';
import { parseAmount, type Cents } from '../service-units.js';
import { contains, type Window } from '../window.js';
import { hoursAgree, type Contribution, type Expected } from './expected.js';

/** What the sink has in a window. */
export interface Theirs {
  readonly count: number;
  readonly amount: Cents;
  readonly cpuHours: number;
}

/** What it should have. */
export interface Ours {
  readonly count: number;
  readonly low: Cents;
  readonly high: Cents;
  readonly cpuHours: number;
}

/** The same count, an amount between the sums of the lowest and the highest, CPU hours within a millionth (money 25). */
export function sumsAgree(theirs: Theirs, ours: Ours): boolean {
  if (theirs.count !== ours.count) return false;
  return theirs.amount >= ours.low && theirs.amount <= ours.high && hoursAgree(theirs.cpuHours, ours.cpuHours);
}

export function minus(whole: Theirs, part: Theirs): Theirs {
  return { count: whole.count - part.count, amount: whole.amount - part.amount, cpuHours: whole.cpuHours - part.cpuHours };
}

export function theirsOf({ count, amount, cpuHours }: RecordTotals): Theirs {
  return { count, amount: parseAmount(amount), cpuHours };
}

/** The sum of those that start in a window. */
export function sumWithin(contributions: readonly Contribution[], window: Window): Theirs {
  const within = contributions.filter(({ startedAt }) => contains(window, startedAt));
  return {
    count: within.length,
    amount: within.reduce((sum, { amount }) => sum + amount, 0n),
    cpuHours: within.reduce((sum, { cpuHours }) => sum + cpuHours, 0),
  };
}

/** What should be there, to be summed over many windows. */
export class ExpectedSums {
  readonly #starts: readonly Instant[];
  /** Sums of all before. */
  readonly #low: Cents[] = [0n];
  readonly #high: Cents[] = [0n];
  readonly #hours: number[] = [0];

  constructor(expected: readonly Expected[]) {
    const ordered = [...expected].sort((a, b) => a.startedAt - b.startedAt);
    this.#starts = ordered.map(({ startedAt }) => startedAt);
    ordered.forEach(({ low, high, cpuHours }, index) => {
      this.#low.push((this.#low[index] ?? 0n) + low);
      this.#high.push((this.#high[index] ?? 0n) + high);
      this.#hours.push((this.#hours[index] ?? 0) + cpuHours);
    });
  }

  within({ from, to }: Window): Ours {
    const [first, end] = [this.#firstFrom(from), this.#firstFrom(to)];
    return {
      count: end - first,
      low: (this.#low[end] ?? 0n) - (this.#low[first] ?? 0n),
      high: (this.#high[end] ?? 0n) - (this.#high[first] ?? 0n),
      cpuHours: (this.#hours[end] ?? 0) - (this.#hours[first] ?? 0),
    };
  }

  /** Where to halve a window of two seconds or more: at the middle job, or else in the middle. */
  middle({ from, to }: Window): Instant {
    const start = this.#starts[Math.floor((this.#firstFrom(from) + this.#firstFrom(to)) / 2)];
    return start !== undefined && start > from && start < to ? start : Math.floor((from + to) / 2);
  }

  /** Index of the first that starts at an instant or later. */
  #firstFrom(instant: Instant): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? Infinity) < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
