import { BrcSyncError } from '../errors.js';
import type { Instant } from '../job.js';
import type { RunSummary } from '../report.js';
import { findRun } from '../runs/find-run.js';
import { listRunIds, readRun, readSummary, startOf, type RunEntry } from '../runs/run-entry.js';

/** What is reported: one run, as `runs show` takes its name, or all that wrote since a time. */
export type ReportQuestion =
  | { readonly run: string }
  | { readonly since: Instant; /** Only runs to this one; null: there is but one. */ readonly sink: string | null };

export interface ChosenRun {
  readonly entry: RunEntry;
  readonly summary: RunSummary | null;
}

/**
 * Oldest first.
 * @throws BrcSyncError `RUN_NOT_FOUND`; `USAGE` where the runs wrote to several sinks, whose SU do not add up
 */
export function chooseRuns(stateDirectory: string, question: ReportQuestion): readonly ChosenRun[] {
  if ('run' in question) return [chosen(stateDirectory, findRun(stateDirectory, question.run))];
  const { since, sink } = question;
  const ids = listRunIds(stateDirectory).filter((runId) => startOf(runId) >= since);
  const wrote = ids.map((runId) => chosen(stateDirectory, runId)).filter(hasWritten);
  const runs = wrote.filter(({ entry }) => sink === null || entry.sink === sink).reverse();
  const sinks = [...new Set(runs.map(({ entry }) => entry.sink))];
  if (sinks.length > 1) throw severalSinks(sinks.map(String));
  if (runs.length === 0) throw nothingSince(stateDirectory, sink);
  return runs;
}

function chosen(stateDirectory: string, runId: string): ChosenRun {
  return { entry: readRun(stateDirectory, runId), summary: readSummary(stateDirectory, runId) };
}

/** Whether it was to write something, and came so far. */
export function hasWritten({ entry, summary }: ChosenRun): boolean {
  return entry.files.journal !== null || summary?.applied != null;
}

function severalSinks(sinks: readonly string[]): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `The runs wrote to several sinks, whose SU do not add up: ${sinks.join(', ')}.`,
    remedy: 'Name one of them with --sink.',
    context: { sinks },
  });
}

function nothingSince(stateDirectory: string, sink: string | null): BrcSyncError {
  return new BrcSyncError('RUN_NOT_FOUND', {
    message: `No run of ${stateDirectory} has written anything${sink === null ? '' : ` to ${sink}`} since then.`,
    remedy: '`brc-sync runs list` shows the runs; dry runs and plans are reported by their ids only.',
    context: { path: stateDirectory },
  });
}
