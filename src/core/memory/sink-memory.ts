import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../change.js';
import { BrcSyncError } from '../errors.js';
import { formatInstant } from '../instants.js';
import type { SinkAccount } from '../job-sink.js';
import { readJournal, readJournalHeader } from '../journal-reader.js';
import type { Logger } from '../plugin-environment.js';
import type { IsKnownRefusal } from '../reconcile/apply-tally.js';
import type { LastWritten } from '../reconcile/context.js';
import { keyOfPlace, placeOf, type SinkPlace } from '../sink-key.js';
import { digestOfChange, factOfEntry } from './journal-facts.js';
import { MemoryFacts } from './memory-facts.js';
import { appendMemory, cutMemory, memoryPath, readMemory, replaceMemory } from './memory-file.js';
import type { MemoryFact, RunLine } from './memory-lines.js';

/** Facts beyond twice the needed number after which the file is written anew. */
const SLACK = 10_000;

export interface MemoryOptions {
  readonly stateDirectory: string;
  readonly place: SinkPlace;
  /** Whether what is learnt may be written down: only by who holds the sink's lock. */
  readonly mayWrite: boolean;
  readonly logger: Logger;
}

/**
 * What brc-sync remembers of a sink beyond single runs: what it last wrote for a job (money 14), what was refused (money 23), and what the guard
 * compares with (money 20). Made of the journals, and continued at the beginning of a run from those that came since: a run that was killed loses
 * nothing, and whatever writes a journal is remembered. Runs may be pruned after that.
 */
export class SinkMemory {
  readonly #options: MemoryOptions;
  readonly #path: string;
  readonly #facts = new MemoryFacts();

  private constructor(options: MemoryOptions) {
    this.#options = options;
    this.#path = memoryPath(options.stateDirectory, options.place);
  }

  /** @throws BrcSyncError `INPUT_INVALID`, `OUTPUT_FAILED` */
  static async open(options: MemoryOptions): Promise<SinkMemory> {
    const memory = new SinkMemory(options);
    memory.#load();
    await memory.#takeJournals();
    return memory;
  }

  /** What this tool last wrote for a job; null: nothing, or nobody knows. */
  lastWritten(jobId: string): LastWritten | null {
    return this.#facts.lastWritten(jobId);
  }

  /** Whether the sink refused the same change for the same cause before. */
  isKnownRefusal(change: Change, cause: string): boolean {
    return this.#facts.isRefused(change.jobId, cause, digestOfChange(change));
  }

  /** Forgets refusals of accounts whose allocation has other dates now. */
  noteAllocations(accounts: Iterable<SinkAccount>): void {
    const news: MemoryFact[] = [];
    for (const { name, allocationStart, allocationEnd } of accounts) {
      const start = allocationStart === null ? null : formatInstant(allocationStart);
      const end = allocationEnd === null ? null : formatInstant(allocationEnd);
      const known = this.#facts.allocation(name);
      if (known === null || known.start !== start || known.end !== end) news.push({ type: 'allocation', account: name, start, end });
    }
    this.#learn(news);
  }

  /** Never fails: the run is over, and its summary has the same until it is pruned. */
  noteRun(run: Omit<RunLine, 'type'>): void {
    try {
      this.#learn([{ type: 'run', ...run }]);
    } catch (error) {
      this.#options.logger.warn('the run is not remembered', { error });
    }
  }

  /** The newest run that applied its plan; null: none is known. */
  get newestRun(): RunLine | null {
    return this.#facts.newestRun;
  }

  /** The newest that was whole. */
  get newestWhole(): RunLine | null {
    return this.#facts.newestWhole;
  }

  #load(): void {
    const { facts, wholeBytes, bytes } = readMemory(this.#path);
    for (const fact of facts) this.#facts.take(fact);
    if (!this.#options.mayWrite) return;
    if (wholeBytes === 0 || facts.length > 2 * this.#facts.size + SLACK) {
      replaceMemory(this.#path, this.#options.place, this.#facts.facts(new Set(this.#runIds())));
    } else if (wholeBytes < bytes) cutMemory(this.#path, wholeBytes);
  }

  async #takeJournals(): Promise<void> {
    for (const runId of this.#runIds()) {
      const path = join(this.#options.stateDirectory, 'runs', runId, 'journal.ndjson');
      const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes === 0 || this.#facts.journalBytes(runId) === bytes || !(await this.#isOurs(path))) continue;
      // The journal's own line comes last: after a crash in between it is taken in once more.
      this.#learn([...(await this.#factsOf(path)), { type: 'journal', runId, bytes }]);
    }
  }

  #runIds(): readonly string[] {
    try {
      return readdirSync(join(this.#options.stateDirectory, 'runs')).sort();
    } catch {
      return [];
    }
  }

  async #isOurs(path: string): Promise<boolean> {
    try {
      const { sink } = await readJournalHeader(path);
      return keyOfPlace(placeOf(sink)) === keyOfPlace(this.#options.place);
    } catch (error) {
      this.#tellDamaged(path, error);
      return false;
    }
  }

  /** Of a damaged journal what its chain proves. */
  async #factsOf(path: string): Promise<MemoryFact[]> {
    const facts: MemoryFact[] = [];
    try {
      for await (const entry of readJournal(path)) {
        const fact = factOfEntry(entry);
        if (fact !== null) facts.push(fact);
      }
    } catch (error) {
      this.#tellDamaged(path, error);
    }
    return facts;
  }

  #tellDamaged(path: string, error: unknown): void {
    if (!(error instanceof BrcSyncError)) throw error;
    this.#options.logger.warn('a journal is not remembered whole', { path, why: error.message });
  }

  #learn(facts: readonly MemoryFact[]): void {
    if (facts.length === 0) return;
    for (const fact of facts) this.#facts.take(fact);
    if (this.#options.mayWrite) appendMemory(this.#path, facts);
  }
}

/** @param asNew every refusal counts as new (money 23) */
export function refusalsKnownTo(memory: SinkMemory | null, asNew: boolean): IsKnownRefusal {
  return (change, cause) => !asNew && memory !== null && memory.isKnownRefusal(change, cause);
}
