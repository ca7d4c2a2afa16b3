import { existsSync } from 'node:fs';
import { FINDING_REMEDIES, type Finding, type FindingKind } from '../finding.js';
import type { Problem } from '../reconcile/apply-tally.js';
import { groupFindings } from '../report.js';
import type { ChosenRun } from './choose-runs.js';

/** Changes that did not take effect for one reason, as the newest run tells it that met it. */
export interface ReportedProblem extends Problem {
  /** How many of the runs met it. */
  readonly runs: number;
}

/** Jobs named of each kind of finding; the plan has them all. */
const NAMED = 5;

/** Those that concern the most jobs first. */
export function problemsOf(runs: readonly ChosenRun[]): ReportedProblem[] {
  const problems = new Map<string, ReportedProblem>();
  for (const { summary } of runs) {
    for (const problem of summary?.applied?.problems ?? []) {
      const key = `${problem.outcome} ${problem.cause}`;
      problems.set(key, { ...problem, runs: (problems.get(key)?.runs ?? 0) + 1 });
    }
  }
  return [...problems.values()].sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

/** Findings of one kind. */
export interface ReportedFindings {
  readonly kind: FindingKind;
  readonly remedy: string;
  /** Those that ask something of a person; the others are facts. */
  readonly asking: number;
  readonly quiet: number;
  /** Of all of them. Decimal text. */
  readonly suAtStake: string;
  /** The first few that ask something. */
  readonly first: readonly Finding[];
}

/** The findings of the newest comparison of each command: an older one's are settled, or found again. */
export async function latestFindings(runs: readonly ChosenRun[]): Promise<ReportedFindings[]> {
  const newest = new Map(runs.flatMap(({ summary }) => (summary === null ? [] : [[summary.command, summary] as const])));
  const found = await Promise.all(
    [...newest.values()].map(async ({ totals, files }) => {
      const groups = existsSync(files.plan) ? await groupFindings(files.plan, NAMED) : [];
      return totals.findings.map(({ kind, count, quiet, suAtStake }) => {
        const first = groups.find((group) => group.kind === kind)?.first.filter((finding) => !finding.quiet) ?? [];
        return { kind, remedy: FINDING_REMEDIES[kind], asking: count - quiet, quiet, suAtStake, first };
      });
    }),
  );
  return found.flat().sort((a, b) => b.asking - a.asking || (a.kind < b.kind ? -1 : 1));
}
