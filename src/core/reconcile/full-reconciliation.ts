import type { Instant } from '../job.js';
import type { SinkAccount } from '../job-sink.js';
import type { WithUnknownAccounts } from './unknown-accounts.js';

/** What a full reconciliation needs. */
export interface FullReconciliation extends WithUnknownAccounts {
  /** First instant for an account: its allocation's start or the allocation year's first day, narrowed by --start. */
  readonly startOf: (account: SinkAccount) => Instant;
  /** Told of an account whose list would not hold still (money 18). */
  readonly onUnstable: (account: string) => void;
  /** Told of a job that has no record and gets none, because the sink cannot look up an id (money 5). */
  readonly onNotCreated: (jobId: string) => void;
}
