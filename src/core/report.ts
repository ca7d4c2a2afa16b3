import { FINDING_REMEDIES, type Finding, type FindingKind } from './finding.js';
import type { SkippedRecord } from './job-source.js';
import { readFindings, type PlanHeader } from './plan-file.js';
import type { Applied } from './reconcile/apply-tally.js';
import type { GuardVerdict } from './reconcile/guard.js';
import type { AccountTotals, PlanTotals } from './reconcile/totals.js';

/** `run` makes a plan and applies it, `plan` makes one, `apply` and `resume` apply one that was made before, `revert` takes a run back. */
export type RunAction = 'run' | 'plan' | 'apply' | 'resume' | 'revert';

/** What a run tells when it is over: `summary.json`, and what `--json` prints. */
export interface RunSummary extends Omit<PlanHeader, 'type' | 'version'> {
  readonly dryRun: boolean;
  /** What was done with the plan. */
  readonly action: RunAction;
  /** The run whose plan or journal this one goes by; null: it made its own plan. */
  readonly of: string | null;
  /** The site's zone, in which people read times. */
  readonly timeZone: string;
  /** Without sums by user, which the plan has: a site has thousands. */
  readonly totals: SummaryTotals;
  readonly guard: GuardVerdict;
  /** Null in a dry run, and where the guard refused. */
  readonly applied: Applied | null;
  readonly skipped: { readonly count: number; readonly first: readonly SkippedRecord[] };
  /** Accounts left out because their list would not hold still (money 18). */
  readonly unstableAccounts: readonly string[];
  readonly notes: readonly string[];
  /** `journal` is null where nothing was sent. */
  readonly files: { readonly plan: string; readonly journal: string | null; readonly log: string; readonly summary: string };
}

export interface SummaryTotals extends Omit<PlanTotals, 'accounts'> {
  readonly accounts: readonly Omit<AccountTotals, 'users'>[];
}

export function withoutUsers(totals: PlanTotals): SummaryTotals {
  return { ...totals, accounts: totals.accounts.map(({ users, ...account }) => account) };
}

/** Findings of one kind: how many, and the first few by name. */
export interface FindingGroup {
  readonly kind: FindingKind;
  readonly remedy: string;
  readonly count: number;
  readonly first: readonly Finding[];
}

/** The findings of a plan, grouped by kind, for people. */
export async function groupFindings(planPath: string, namedPerKind: number): Promise<FindingGroup[]> {
  const groups = new Map<FindingKind, { count: number; first: Finding[] }>();
  for await (const finding of readFindings(planPath)) {
    let group = groups.get(finding.kind);
    if (group === undefined) groups.set(finding.kind, (group = { count: 0, first: [] }));
    group.count += 1;
    if (group.first.length < namedPerKind) group.first.push(finding);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, { count, first }]) => ({ kind, remedy: FINDING_REMEDIES[kind], count, first }));
}
