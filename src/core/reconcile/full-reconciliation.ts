import type { Instant } from '../job.js';
import type { SinkAccount } from '../job-sink.js';
import type { FreshReading, KnownReading } from './reading.js';
import type { WithUnknownAccounts } from './unknown-accounts.js';

/** What is known of accounts, and takes what a run learns. */
export interface ReadingsOfRun {
  get(account: string): KnownReading | null;
  add(account: string, fresh: FreshReading): void;
}

/** What a full reconciliation needs. */
export interface FullReconciliation extends WithUnknownAccounts {
  /** First instant for an account: its allocation's start or the allocation year's first day, narrowed by --start. */
  readonly startOf: (account: SinkAccount) => Instant;
  /** How accounts are compared whose records have all been read once: one by one, or by count and sums (money 25). */
  readonly compare: 'records' | 'digest';
  /** What is known since then; null where the sink tells no sums. */
  readonly readings: ReadingsOfRun | null;
  /** Told of an account whose list would not hold still (money 18). */
  readonly onUnstable: (account: string) => void;
  /** Told of a job that has no record and gets none, because the sink cannot look up an id (money 5). */
  readonly onNotCreated: (jobId: string) => void;
  /** Told how each account of a --compare digest was compared. */
  readonly onDigest: (account: DigestedAccount) => void;
}

export interface DigestedAccount {
  readonly account: string;
  /** When its records were last read one by one; null: this run is the first to do so. */
  readonly readAt: Instant | null;
  /** Records that were summed and not read. */
  readonly summed: number;
  /** Records that were left different, and not looked at again. */
  readonly passedOver: number;
}
