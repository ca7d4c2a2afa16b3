import type { Change } from '../change.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import type { Window } from '../window.js';
import { OPEN_STATES } from './diff.js';
import { contributionOf, isAsExpected, type Contribution, type Expected } from './expected.js';
import type { Exception, FreshReading } from './reading.js';

const OPEN: ReadonlySet<string> = new Set(OPEN_STATES);

/** Whether the sink lists it among the open ones, which digests take off. */
export function isListedOpen({ state }: SinkRecord): boolean {
  return state !== null && OPEN.has(state);
}

/** Gathers what an account's records add and should add while they are compared; what is to be changed counts as changed. */
export class ReadingRecorder {
  readonly #touched = new Set<string>();
  readonly #exceptions = new Map<string, Exception>();
  readonly #exactTies = new Set<string>();
  readonly #written = new Set<string>();
  /** Of ids that are still to be settled. */
  readonly #doubted = new Map<string, Expected | null>();
  #expected: ((jobId: string) => Expected | null) | null;

  /** @param read the windows whose records are listed */
  constructor(
    private readonly account: string,
    private readonly window: Window,
    private readonly read: readonly Window[],
    expected: (jobId: string) => Expected | null,
  ) {
    this.#expected = expected;
  }

  /** A record that stays as it is. */
  keep(record: SinkRecord): void {
    this.#note(record.jobId, record, this.#expected?.(record.jobId) ?? null);
  }

  /** An id that will be settled later. */
  doubt(jobId: string): void {
    this.#doubted.set(jobId, this.#expected?.(jobId) ?? null);
  }

  /** Ends the comparing of lists, and lets go of them. */
  release(): void {
    this.#expected = null;
  }

  /** A doubted id: its record as it is, or none, and what is to become of it. */
  settle(jobId: string, record: SinkRecord | null, change: Change | null): void {
    const expected = this.#doubted.get(jobId) ?? null;
    this.#note(jobId, change?.after ?? record, expected);
    if (change !== null && expected !== null && expected.low < expected.high && parseAmount(change.after.amount) === expected.high)
      this.#written.add(jobId);
  }

  finish(now: Instant): FreshReading {
    return {
      window: this.window,
      read: this.read,
      touched: this.#touched,
      exceptions: [...this.#exceptions.values()],
      exactTies: this.#exactTies,
      written: this.#written,
      now,
    };
  }

  #note(jobId: string, record: SinkRecord | null, ours: Expected | null): void {
    this.#touched.add(jobId);
    const own = record?.account === this.account ? record : null;
    // As long as it is open it is taken off by itself.
    if (own !== null && isListedOpen(own)) return;
    const theirs = own === null ? null : contributionOf(own);
    if (theirs !== null && ours !== null && ours.low < ours.high && theirs.amount === ours.high) this.#exactTies.add(jobId);
    if (isDifferent(theirs, ours)) this.#exceptions.set(jobId, { jobId, theirs, ours });
  }
}

function isDifferent(theirs: Contribution | null, ours: Expected | null): boolean {
  if (theirs === null || ours === null) return theirs !== null || ours !== null;
  return !isAsExpected(theirs, ours);
}
