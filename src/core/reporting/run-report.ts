import type { Pricing } from '../charge.js';
import { BrcSyncError } from '../errors.js';
import { deriveRecord, type Derivation } from '../explain/derivation.js';
import { formatInstant, parseInstant } from '../instants.js';
import type { Instant } from '../job.js';
import { localTime } from '../local-time.js';
import type { RunEntry } from '../runs/run-entry.js';
import { chooseRuns, hasWritten, type ChosenRun, type ReportQuestion } from './choose-runs.js';
import { LargestChanges } from './largest-changes.js';
import { latestFindings, problemsOf, type ReportedFindings, type ReportedProblem } from './left-over.js';
import { changesOfRun, type ReportedChange } from './run-changes.js';
import { ReportSums, type AccountEffect, type EffectTotals, type TimelinePoint } from './report-sums.js';

export type ReportedRun = Pick<
  RunEntry,
  'runId' | 'startedAt' | 'command' | 'source' | 'sink' | 'cluster' | 'outcome' | 'planned' | 'changes' | 'suNet'
>;

/** One of the changes that moved most. */
export interface Mover extends ReportedChange {
  /** How the amount comes about that was to be stored; null: it is not that of a job by today's price lists. */
  readonly derivation: Derivation | null;
}

/** What runs did, for somebody who pays the bill. Amounts are decimal texts. */
export interface RunReport {
  readonly stateDirectory: string;
  readonly madeAt: string;
  readonly timeZone: string;
  /** ISO 8601; null: of one run. */
  readonly since: string | null;
  /** `planned`: it is of a run that was to write nothing, or was refused, and tells what it would have done. `logged`: the sink only wrote it down. */
  readonly kind: 'done' | 'logged' | 'planned';
  /** Oldest first. */
  readonly runs: readonly ReportedRun[];
  readonly totals: EffectTotals & { /** Changes that did not take effect. */ readonly notStored: number };
  /** Those that moved most first. */
  readonly accounts: readonly AccountEffect[];
  /** By the day of the run; of one run by the day on which the jobs ended. */
  readonly timeline: { readonly by: 'run' | 'end'; readonly unit: 'day' | 'month'; readonly points: readonly TimelinePoint[] };
  /** Of the newest comparisons. */
  readonly findings: readonly ReportedFindings[];
  readonly problems: readonly ReportedProblem[];
  readonly movers: readonly Mover[];
  /** False: plugins.json, as it was found, has no price list of the sink, so that no derivation is told. */
  readonly pricesKnown: boolean;
  readonly notes: readonly string[];
}

export interface ReportOptions {
  readonly stateDirectory: string;
  readonly now: Instant;
  /** Of the sink with this name, as plugins.json has it now; null: it cannot be told. */
  readonly pricingOf: (sink: string) => Promise<Pricing | null>;
  /** So many changes are kept for a table, those that move most; default: none. */
  readonly rows?: number;
}

export interface MadeReport {
  readonly report: RunReport;
  /** In order; `omitted` found no room. */
  readonly rows: readonly ReportedChange[];
  readonly omitted: number;
}

const MOVERS = 10;

/** @throws BrcSyncError `RUN_NOT_FOUND`, `USAGE` */
export async function makeReport(question: ReportQuestion, options: ReportOptions): Promise<MadeReport> {
  const { stateDirectory, now } = options;
  const runs = chooseRuns(stateDirectory, question);
  const timeZone = runs.findLast(({ entry }) => entry.timeZone !== null)?.entry.timeZone ?? 'UTC';
  const by = 'since' in question ? 'run' : 'end';
  const sums = new ReportSums();
  const movers = new LargestChanges(MOVERS);
  const rows = new LargestChanges(options.rows ?? 0);
  const notes = runs.flatMap(({ entry, summary }) => [...(summary?.notes ?? []), ...failureOf(entry)]);
  for (const run of runs) {
    const dayOf = (at: Instant): string => localTime(at, timeZone).slice(0, 10);
    const startedAt = parseInstant(run.entry.startedAt) ?? 0;
    if (by === 'run' && run.summary !== null) sums.addFindings(dayOf(startedAt), run.summary);
    for await (const reported of readableChanges(run, notes)) {
      const { endedAt } = reported.change.after;
      sums.add(reported, dayOf(by === 'run' ? startedAt : (endedAt ?? startedAt)));
      if (reported.status !== 'not-sent') movers.add(reported);
      if (options.rows !== undefined) rows.add(reported);
    }
  }
  const newest = runs.at(-1)?.entry.sink ?? null;
  const pricing = newest === null ? null : await options.pricingOf(newest);
  const report: RunReport = {
    stateDirectory,
    madeAt: formatInstant(now),
    timeZone,
    since: 'since' in question ? formatInstant(question.since) : null,
    kind: !runs.some(hasWritten) ? 'planned' : sums.hasLogged && !sums.hasApplied ? 'logged' : 'done',
    runs: runs.map(({ entry }) => reportedRun(entry)),
    totals: { ...sums.totals(), notStored: sums.notStored },
    accounts: sums.accounts(),
    timeline: { by, ...sums.timeline() },
    findings: await latestFindings(runs),
    problems: problemsOf(runs),
    movers: movers.bySize().map((mover) => ({ ...mover, derivation: pricing === null ? null : deriveRecord(mover.change.after, pricing) })),
    pricesKnown: pricing !== null,
    notes: [...new Set(notes)],
  };
  return { report, rows: rows.inOrder(), omitted: rows.omitted };
}

function failureOf({ runId, outcome, reason }: RunEntry): string[] {
  return reason === null ? [] : [`Run ${runId} (${outcome}): ${reason}`];
}

/** A journal that was changed is told up to there. */
async function* readableChanges({ entry, summary }: ChosenRun, notes: string[]): AsyncGenerator<ReportedChange> {
  try {
    yield* changesOfRun(entry, summary);
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'JOURNAL_INVALID') throw error;
    notes.push(`Run ${entry.runId} is not told whole: ${error.message}`);
  }
}

function reportedRun({ runId, startedAt, command, source, sink, cluster, outcome, planned, changes, suNet }: RunEntry): ReportedRun {
  return { runId, startedAt, command, source, sink, cluster, outcome, planned, changes, suNet };
}
