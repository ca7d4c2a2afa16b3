import { formatInstant } from './instants.js';
import type { Instant } from './job.js';
import type { DigestedAccount, ReadingsOfRun } from './reconcile/full-reconciliation.js';
import { KnownReadings } from './reconcile/known-readings.js';
import { mergeReading, type FreshReading, type KnownReading } from './reconcile/reading.js';
import type { RunEnvironment, RunRequest } from './run-request.js';
import type { Scope } from './run-scope.js';

const DAY = 86_400;

/** What earlier runs know of the sink's records, what this one learns, and what is to be said of a --compare digest (money 25). */
export class RunReadings implements ReadingsOfRun {
  readonly #digested: DigestedAccount[] = [];

  private constructor(
    private readonly readings: KnownReadings,
    private readonly now: Instant,
    private readonly fullReadingDays: number,
  ) {}

  /** Null for a sink that tells no sums: nothing would ever be made of them. */
  static open({ command }: RunRequest, { opened: { sink }, directory }: RunEnvironment, scope: Scope): RunReadings | null {
    if (command !== 'full' || sink.instance.totals === undefined) return null;
    const { now, cluster } = scope.context;
    const target = sink.instance.target ?? `instance ${sink.name}`;
    return new RunReadings(KnownReadings.load(directory.stateDirectory, { target, cluster }), now, sink.site.fullReadingDays);
  }

  get(account: string): KnownReading | null {
    return this.readings.get(account);
  }

  add(account: string, fresh: FreshReading): void {
    const merged = mergeReading(this.readings.get(account), fresh);
    if (merged !== null) this.readings.set(account, merged);
  }

  digested(account: DigestedAccount): void {
    this.#digested.push(account);
  }

  save(): void {
    this.readings.save();
  }

  /** What a digest run says of itself; nothing where there was no digest. */
  notes(): string[] {
    const all = this.#digested;
    if (all.length === 0) return [];
    const read = all.filter(({ readAt }) => readAt !== null);
    const notes: string[] = [];
    if (read.length < all.length) {
      notes.push(
        `${all.length - read.length} of ${all.length} accounts had never been read record by record; this was their first full reading.`,
      );
    }
    if (read.length === 0) return notes;
    const sum = (of: (account: DigestedAccount) => number): number => read.reduce((total, account) => total + of(account), 0);
    notes.push(`${sum(({ summed }) => summed)} records were compared by count and sums: dates, CPUs and owners were not looked at.`);
    const passedOver = sum((account) => account.passedOver);
    if (passedOver > 0) notes.push(`${passedOver} records that earlier readings left different were not looked at again.`);
    const oldest = Math.min(...read.map(({ readAt }) => readAt ?? this.now));
    const isOld = this.now - oldest > this.fullReadingDays * DAY;
    const ask = isOld ? ` That is more than ${this.fullReadingDays} days ago: run it again with --compare records.` : '';
    return [...notes, `The last full reading was at ${formatInstant(oldest)}.${ask}`];
  }
}
