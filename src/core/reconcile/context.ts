import type { Pricing } from '../charge.js';
import type { Instant, Job } from '../job.js';
import type { SinkAccount } from '../job-sink.js';
import type { Window } from '../window.js';
import type { LocalReadAsUtc } from './identity.js';

/** What the administrator decided on the command line. */
export interface ReconcileFlags {
  /** Send detail drift alone, too (money 12). */
  readonly details: boolean;
  /** Overwrite amounts that people set (money 14). */
  readonly overwriteAdjusted: boolean;
  /** Send what looks like a repaired row (money 15). */
  readonly trustSource: boolean;
  /** Set records under display ids to 0.00 (money 6). */
  readonly zeroDuplicates: boolean;
  /** A partition without a price is an error (money 8). */
  readonly strictPrices: boolean;
}

/** What this tool last wrote for a job, as its journals say (money 14). */
export interface LastWritten {
  readonly amount: string;
  readonly submittedAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** When it was sent. */
  readonly at: Instant;
}

/** Everything that judging one job needs besides the job and its record. */
export interface JudgeContext {
  readonly command: 'update' | 'full';
  /** The present: what ends later has not ended. */
  readonly now: Instant;
  /** Jobs are judged by the end of their charged run: in the period, before or after it (money 11). */
  readonly period: Window;
  /** A job whose newest row ended less long ago is left to the plugin (money 5). */
  readonly settleSeconds: number;
  /** A job running for longer is a runaway (money 15). */
  readonly runawaySeconds: number;
  /** Raw ids of jobs that the accounting has running and slurmctld does not know (money 15). */
  readonly lostJobs: ReadonlySet<string>;
  /** The cluster that the sink bills; null bills rows of any one cluster (money 3). */
  readonly cluster: string | null;
  readonly pricing: Pricing;
  readonly flags: ReconcileFlags;
  /** The numeric uid of a job's user as text; null when nobody knows it (money 4). */
  readonly userIdOf: (job: Job) => string | null;
  readonly localReadAsUtc: LocalReadAsUtc;
  /** The sink's accounts by name; null where the sink cannot tell, so that nothing is known of allocation dates (money 16). */
  readonly accounts: ReadonlyMap<string, SinkAccount> | null;
  /** Null: this tool never wrote the record, or nobody knows what it holds since. Missing: nobody remembers. */
  readonly lastWritten?: (jobId: string) => LastWritten | null;
  /** Told of each partition without a price under --strict-prices; the run then fails with all of them. */
  readonly onUnknownPartition: (partition: string, jobId: string) => void;
}
