import type { Allowance } from './guard-limits.js';
import type { OpenRun } from './container.js';
import type { PriceLists } from './prices.js';
import type { ReconcileFlags } from './reconcile/context.js';
import type { Writing } from './run-apply.js';

/** What the administrator asks for. */
export interface RunRequest {
  /** `plan`: make the plan and stop, without guard and lock. */
  readonly action: 'run' | 'plan';
  readonly command: 'update' | 'full';
  /** Command line times, as typed. */
  readonly start: string | null;
  readonly end: string | null;
  /** Only these accounts; empty: all. */
  readonly accounts: readonly string[];
  readonly flags: ReconcileFlags;
  readonly allFindings: boolean;
  /** Of `full`: record by record, or by count and sums where all records have been read once (money 25). */
  readonly compare: 'records' | 'digest';
  /** At most this many changes are applied; null: all. */
  readonly limit: number | null;
  /** Count refusals that earlier runs met, too, in the exit code (money 23). */
  readonly retryRejected: boolean;
  /** Limits of the guard that may be gone over, each up to a figure (money 20). */
  readonly allowance: Allowance;
  /** Seconds to wait for another run to give back the lock. */
  readonly waitSeconds: number;
  /** Plan only: the sink's `put` is never called. */
  readonly dryRun: boolean;
}

export interface RunEnvironment extends Omit<Writing, 'sink'> {
  readonly opened: OpenRun;
  readonly prices: PriceLists;
}
