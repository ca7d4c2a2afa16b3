import type { SkippedRecord } from './job-source.js';
import type { PlanHeader } from './plan-file.js';
import type { Applied } from './reconcile/apply.js';
import type { PlanTotals } from './reconcile/totals.js';

/** What a run tells when it is over: `summary.json`, and what `--json` prints. */
export interface RunSummary extends Omit<PlanHeader, 'type' | 'version'> {
  readonly dryRun: boolean;
  /** The site's zone, in which people read times. */
  readonly timeZone: string;
  readonly totals: PlanTotals;
  /** Null in a dry run. */
  readonly applied: Applied | null;
  readonly skipped: { readonly count: number; readonly first: readonly SkippedRecord[] };
  /** Accounts left out because their list would not hold still (money 18). */
  readonly unstableAccounts: readonly string[];
  readonly notes: readonly string[];
  readonly files: { readonly plan: string; readonly log: string; readonly summary: string };
}
