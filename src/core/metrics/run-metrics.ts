import { FINDING_KINDS } from '../finding.js';
import type { RunSummary } from '../report.js';
import type { Metric, Sample } from './exposition.js';

/** How a run ended, beside what its summary tells. */
export interface RunEnd {
  /** Seconds since 1970. */
  readonly endedAt: number;
  readonly durationSeconds: number;
  readonly exitCode: number;
  /** Of this run or an earlier one; null: none is known. */
  readonly lastSuccessAt: number | null;
  readonly version: string;
}

export const LAST_SUCCESS = 'brc_sync_last_success_timestamp_seconds';
/** Longer causes would make labels that nobody reads. */
const CAUSE_LENGTH = 120;

/** What every run tells, however it ended. */
export function endMetrics({ endedAt, durationSeconds, exitCode, lastSuccessAt, version }: RunEnd): Metric[] {
  return [
    gauge('brc_sync_info', 'The version of brc-sync that wrote this.', [{ labels: { version }, value: 1 }]),
    gauge(LAST_SUCCESS, 'When the last run ended that did all it had to (exit code 0, no dry run).', one(lastSuccessAt)),
    gauge('brc_sync_last_run_timestamp_seconds', 'When the last run ended.', one(endedAt)),
    gauge('brc_sync_last_run_duration_seconds', 'How long the last run took.', one(durationSeconds)),
    gauge('brc_sync_last_run_exit_code', 'Exit code of the last run, without what --exit-code makes of it.', one(exitCode)),
  ];
}

/** What a run that came to its summary tells. */
export function summaryMetrics(summary: RunSummary): Metric[] {
  const { totals, dryRun, guard, skipped, unstableAccounts } = summary;
  const last = (name: string, help: string, samples: readonly Sample[]): Metric => gauge(`brc_sync_last_run_${name}`, help, samples);
  return [
    last('dry_run', '1: the last run wrote nothing because it was not to.', one(dryRun ? 1 : 0)),
    last('guard_refused', '1: the guard refused the plan of the last run; nothing was written.', one(guard.refused ? 1 : 0)),
    last('jobs_read', 'Rows of the source that the last run read.', one(totals.jobsRead)),
    last('records_read', 'Records of the sink that the last run read.', one(totals.recordsRead)),
    last('records_skipped', 'Records of the input that the last run could not read and left out.', one(skipped.count)),
    last('accounts_skipped', 'Accounts that the last run left out because their list kept changing.', one(unstableAccounts.length)),
    last(
      'planned_changes',
      'Changes that the last run planned, by kind.',
      totals.kinds.map(({ kind, count }) => ({ labels: { kind }, value: count })),
    ),
    last('planned_service_units', 'Service units that the plan of the last run moves each way.', [
      { labels: { direction: 'up' }, value: totals.suUp },
      { labels: { direction: 'down' }, value: totals.suDown.replace('-', '') },
    ]),
    last('findings', 'Findings of the last run that ask something of a person, by kind.', findingSamples(totals, 'count')),
    last('findings_service_units', 'Service units at stake in findings of the last run, by kind.', findingSamples(totals, 'su')),
    ...appliedMetrics(summary, last),
  ];
}

function appliedMetrics({ applied }: RunSummary, last: (name: string, help: string, samples: readonly Sample[]) => Metric): Metric[] {
  if (applied === null) return [];
  const { logged, rejected, newlyRejected, unsettled, notAsSent, wouldClamp, moved, already, left, suNet } = applied;
  const outcomes = {
    ...{ applied: applied.applied, logged, rejected, unsettled, not_as_sent: notAsSent },
    ...{ would_clamp: wouldClamp, moved, already, left },
  };
  const causes = applied.problems.filter(({ outcome }) => outcome === 'rejected');
  return [
    last(
      'changes',
      'Changes of the last run, by what became of them.',
      Object.entries(outcomes).map(([outcome, value]) => ({ labels: { outcome }, value })),
    ),
    last('applied_net_service_units', 'Service units that the last run moved, up less down.', one(suNet)),
    last('rejections', 'Changes of the last run that the sink refused, by cause.', rejectionSamples(causes)),
    last('new_rejections', 'Of these, the ones that no earlier run was told.', one(newlyRejected)),
  ];
}

/** Causes that are cut to the same text are one. */
function rejectionSamples(causes: readonly { readonly cause: string; readonly count: number }[]): Sample[] {
  const counts = new Map<string, number>();
  for (const { cause, count } of causes) {
    const short = cause.slice(0, CAUSE_LENGTH);
    counts.set(short, (counts.get(short) ?? 0) + count);
  }
  return [...counts].map(([cause, value]) => ({ labels: { cause }, value }));
}

/** Every kind, also those that did not occur: a series that comes and goes alerts badly. */
function findingSamples({ findings }: RunSummary['totals'], what: 'count' | 'su'): Sample[] {
  return FINDING_KINDS.map((kind) => {
    const found = findings.find((finding) => finding.kind === kind);
    const asking = found === undefined ? 0 : found.count - found.quiet;
    return { labels: { kind }, value: what === 'count' ? asking : asking === 0 ? '0.00' : (found?.suAtStake ?? '0.00') };
  });
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: 'gauge', samples };
}

function one(value: number | string | null): Sample[] {
  return value === null ? [] : [{ value }];
}
