import type { ExitCode } from '../exit-codes.js';
import type { RunSummary } from '../report.js';
import { listRunIds, readRun, readSummary, type RunEntry, type RunOutcome } from '../runs/run-entry.js';

/** What `runs list` says, and `at work` while a run holds the lock of its sink. */
export type StatusOutcome = RunOutcome | 'at work';

/** The newest run of a command between a source and a sink. */
export interface RunKind {
  /** `run full`, `run full --dry-run`; null: it failed before it said what it was. */
  readonly command: string | null;
  readonly source: string | null;
  readonly sink: string | null;
  readonly cluster: string | null;
  readonly runId: string;
  readonly startedAt: string;
  readonly timeZone: string | null;
  readonly outcome: StatusOutcome;
  readonly exitCode: ExitCode | null;
  /** Why it failed. */
  readonly reason: string | null;
  readonly planned: number | null;
  readonly changes: number | null;
  readonly suNet: string | null;
  /** When the newest run of this kind began that ended with exit code 0; null: none is known. */
  readonly lastSuccessAt: string | null;
  /** Null: it left none. */
  readonly summary: RunSummary | null;
}

export interface KindsRead {
  /** Newest first. */
  readonly kinds: readonly RunKind[];
  /** Summaries of `plan` for which nothing newer of their kind was run, newest first. */
  readonly newestPlans: readonly RunSummary[];
}

/** Older runs are not looked at: reading the summaries of thousands takes long. */
const LOOKED_AT = 1_000;

export function readKinds(stateDirectory: string): KindsRead {
  const kinds = new Map<string, RunKind>();
  const newestPlans: RunSummary[] = [];
  for (const runId of listRunIds(stateDirectory).slice(0, LOOKED_AT)) {
    const summary = readSummary(stateDirectory, runId);
    const entry = readRun(stateDirectory, runId);
    const kind = kindOf(entry, summary);
    if (summary?.action === 'plan' && !newestPlans.some((plan) => isAlike(plan, summary)) && !isOvertaken(summary, kinds)) {
      newestPlans.push(summary);
    }
    const key = JSON.stringify([kind.command, kind.source, kind.sink, kind.cluster]);
    const newer = kinds.get(key);
    if (newer === undefined) kinds.set(key, kind);
    else if (newer.lastSuccessAt === null && kind.lastSuccessAt !== null) kinds.set(key, { ...newer, lastSuccessAt: kind.lastSuccessAt });
  }
  return { kinds: [...kinds.values()], newestPlans };
}

function kindOf(entry: RunEntry, summary: RunSummary | null): RunKind {
  const { source, sink, cluster, runId, startedAt, timeZone, outcome, exitCode, reason, planned, changes, suNet } = entry;
  const command = entry.command === null ? null : `${entry.command}${flagOf(summary)}`;
  const lastSuccessAt = exitCode === 0 ? startedAt : null;
  return {
    ...{ command, source, sink, cluster, runId, startedAt, timeZone, outcome, exitCode },
    ...{ reason, planned, changes, suNet, lastSuccessAt, summary },
  };
}

function flagOf(summary: RunSummary | null): string {
  if (summary?.dryRun !== true || summary.action === 'plan') return '';
  return summary.action === 'revert' ? ' without --yes' : ' --dry-run';
}

function isAlike(one: RunSummary, other: RunSummary): boolean {
  return one.command === other.command && one.sink.name === other.sink.name;
}

/** What was run since has compared everything anew. */
function isOvertaken(plan: RunSummary, newer: ReadonlyMap<string, RunKind>): boolean {
  return [...newer.values()].some(({ summary }) => summary?.applied != null && isAlike(summary, plan));
}
