import { formatInstant, parseInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { LastWritten } from '../reconcile/context.js';
import type { AllocationLine, MemoryFact, RefusedLine, RunLine, UnknownLine, WrittenLine } from './memory-lines.js';

/** Jobs remembered: the newest, so that memory is bounded. A site writes some 100,000 records a year. */
const JOBS_KEPT = 300_000;

interface Written extends LastWritten {
  /** False: something was sent, and nobody knows whether it arrived. */
  readonly isKnown: boolean;
}

interface Refused {
  readonly account: string;
  readonly cause: string;
  readonly change: string;
  readonly at: Instant;
}

/** What is known of a sink. A fact never takes the place of one that is newer. */
export class MemoryFacts {
  readonly #written = new Map<string, Written>();
  readonly #refused = new Map<string, Refused>();
  readonly #allocations = new Map<string, AllocationLine>();
  readonly #journals = new Map<string, number>();
  #newestRun: RunLine | null = null;
  #newestWhole: RunLine | null = null;
  readonly #jobsKept: number;

  constructor(jobsKept = JOBS_KEPT) {
    this.#jobsKept = jobsKept;
  }

  get size(): number {
    return this.#written.size + this.#refused.size + this.#allocations.size + this.#journals.size;
  }

  take(fact: MemoryFact): void {
    switch (fact.type) {
      case 'written':
      case 'unknown':
        this.#takeWritten(fact);
        return;
      case 'refused':
        this.#takeRefused(fact);
        return;
      case 'allocation':
        this.#takeAllocation(fact);
        return;
      case 'journal':
        this.#journals.set(fact.runId, fact.bytes);
        return;
      case 'run':
        if (fact.runId >= (this.#newestRun?.runId ?? '')) this.#newestRun = fact;
        if (fact.whole && fact.runId >= (this.#newestWhole?.runId ?? '')) this.#newestWhole = fact;
        return;
    }
  }

  lastWritten(jobId: string): LastWritten | null {
    const written = this.#written.get(jobId);
    return written?.isKnown === true ? written : null;
  }

  isRefused(jobId: string, cause: string, change: string): boolean {
    const refused = this.#refused.get(jobId);
    return refused !== undefined && refused.cause === cause && refused.change === change;
  }

  allocation(account: string): AllocationLine | null {
    return this.#allocations.get(account) ?? null;
  }

  /** Bytes of this run's journal that have been taken in; null: none. */
  journalBytes(runId: string): number | null {
    return this.#journals.get(runId) ?? null;
  }

  get newestRun(): RunLine | null {
    return this.#newestRun;
  }

  get newestWhole(): RunLine | null {
    return this.#newestWhole;
  }

  /**
   * The fewest facts that say the same.
   * @param runIds runs whose journals are still there
   */
  *facts(runIds: ReadonlySet<string>): Generator<MemoryFact> {
    yield* this.#allocations.values();
    for (const [jobId, { isKnown, amount, submittedAt, startedAt, endedAt, at }] of this.#written) {
      if (isKnown) {
        const times = { submittedAt: textOf(submittedAt), startedAt: textOf(startedAt), endedAt: textOf(endedAt) };
        yield { type: 'written', jobId, amount, ...times, at: formatInstant(at) };
      }
    }
    for (const [jobId, { at, ...refused }] of this.#refused) yield { type: 'refused', jobId, ...refused, at: formatInstant(at) };
    for (const [runId, bytes] of this.#journals) if (runIds.has(runId)) yield { type: 'journal', runId, bytes };
    if (this.#newestWhole !== null) yield this.#newestWhole;
    if (this.#newestRun !== null && this.#newestRun !== this.#newestWhole) yield this.#newestRun;
  }

  #takeWritten(fact: WrittenLine | UnknownLine): void {
    const at = parseInstant(fact.at) ?? 0;
    const { jobId } = fact;
    if ((this.#written.get(jobId)?.at ?? 0) > at) return;
    // Set anew, so that the map is in the order of writing and its first entry the oldest.
    this.#written.delete(jobId);
    if (fact.type === 'unknown') {
      this.#written.set(jobId, { isKnown: false, amount: '', submittedAt: null, startedAt: null, endedAt: null, at });
    } else {
      const { amount, submittedAt, startedAt, endedAt } = fact;
      const times = { submittedAt: instantOf(submittedAt), startedAt: instantOf(startedAt), endedAt: instantOf(endedAt) };
      this.#written.set(jobId, { isKnown: true, amount, ...times, at });
      if ((this.#refused.get(jobId)?.at ?? Infinity) <= at) this.#refused.delete(jobId);
    }
    dropOldest(this.#written, this.#jobsKept);
  }

  #takeRefused({ jobId, account, cause, change, at: text }: RefusedLine): void {
    const at = parseInstant(text) ?? 0;
    const written = this.#written.get(jobId);
    if ((this.#refused.get(jobId)?.at ?? 0) > at || (written?.isKnown === true && written.at > at)) return;
    this.#refused.delete(jobId);
    this.#refused.set(jobId, { account, cause, change, at });
    dropOldest(this.#refused, this.#jobsKept);
  }

  /** Other dates: whatever was refused to this account may be accepted now, or is refused anew (money 23). */
  #takeAllocation(fact: AllocationLine): void {
    const known = this.#allocations.get(fact.account);
    this.#allocations.set(fact.account, fact);
    if (known === undefined || (known.start === fact.start && known.end === fact.end)) return;
    for (const [jobId, { account }] of this.#refused) if (account === fact.account) this.#refused.delete(jobId);
  }
}

function dropOldest(map: Map<string, unknown>, kept: number): void {
  if (map.size <= kept) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function textOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

function instantOf(text: string | null): Instant | null {
  return text === null ? null : parseInstant(text);
}
