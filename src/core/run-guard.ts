import type { OpenInstance } from './container.js';
import { earlierSummaries } from './earlier-runs.js';
import type { Allowance } from './guard-limits.js';
import type { JobSink } from './job-sink.js';
import type { Writing } from './run-apply.js';
import type { RunDirectory } from './state-directory.js';
import { allocationYearStart } from './period.js';
import { formatInstant, parseInstant } from './instants.js';
import type { Instant } from './job.js';
import type { RunLine } from './memory/memory-lines.js';
import type { SinkMemory } from './memory/sink-memory.js';
import type { PriceLists } from './prices.js';
import type { GuardFigures } from './reconcile/guard-figures.js';
import {
  findBreaches,
  priceChangeOf,
  recordsSeen,
  type EarlierRun,
  type GuardQuestion,
  type GuardVerdict,
  type PriceListDigest,
} from './reconcile/guard.js';
import type { FinishedPlan } from './read-plan.js';
import type { PlanTotals } from './reconcile/totals.js';
import type { RunSummary } from './report.js';
import type { RunEnvironment, RunRequest } from './run-request.js';
import type { Scope } from './run-scope.js';

/** Judges a plan before anything is written (money 20). A run that writes nothing is told what it would be refused. */
export function guardRun(
  totals: PlanTotals,
  figures: GuardFigures,
  request: RunRequest,
  environment: RunEnvironment,
  scope: Scope,
): GuardVerdict {
  const { sink } = environment.opened;
  const question = {
    command: request.command,
    limits: sink.site.guard,
    allowance: request.allowance,
    totals,
    figures,
    priceLists: priceListDigests(environment.prices),
    earlier: earlierRun(sink, environment.directory, scope.yearStart, scope.memory),
  };
  return verdictOf(question, !request.dryRun && sink.instance.dry !== true);
}

export interface EarlierPlanGuard {
  readonly plan: FinishedPlan;
  readonly figures: GuardFigures;
  readonly request: { readonly allowance: Allowance; readonly dryRun: boolean };
  readonly writing: Writing;
  readonly prices: PriceLists | null;
  readonly memory: SinkMemory | null;
}

/** The same for a plan that was made before. */
export function guardPlan({ plan, figures, request, writing: { sink, directory, clock }, prices, memory }: EarlierPlanGuard): GuardVerdict {
  const question = {
    command: plan.header.command,
    limits: sink.site.guard,
    allowance: request.allowance,
    totals: plan.end,
    figures,
    priceLists: prices === null ? plan.header.digests.priceLists : priceListDigests(prices),
    earlier: earlierRun(sink, directory, allocationYearStart(clock.now() - 1, sink.site), memory),
  };
  return verdictOf(question, !request.dryRun && sink.instance.dry !== true);
}

function verdictOf(question: GuardQuestion, writes: boolean): GuardVerdict {
  const breaches = findBreaches(question).map(({ limit, message, allow }) => ({ limit, message, allow }));
  const { figures } = question;
  return { refused: writes && breaches.length > 0, breaches, movers: figures.movers, priceChange: priceChangeOf(figures) };
}

export function priceListDigests(prices: PriceLists): PriceListDigest[] {
  return prices.lists.map(({ from, digest }) => ({ from: from === null ? null : formatInstant(from), digest }));
}

/** What the guard compares later runs with. */
export function memorableRun(summary: RunSummary): RunFacts {
  const { runId, createdAt, totals, digests } = summary;
  return {
    runId,
    createdAt,
    whole: isWhole(summary),
    rows: totals.jobsRead,
    records: recordsSeen(totals),
    priceLists: digests.priceLists,
  };
}

type RunFacts = Omit<RunLine, 'type'>;

/** What runs that wrote to the same sink saw last: the price lists of the newest, the sizes of the newest whole `run full` of this allocation year. */
function earlierRun(
  sink: OpenInstance<JobSink>,
  directory: RunDirectory,
  yearStart: Instant,
  memory: SinkMemory | null,
): EarlierRun | null {
  const isOfThisYear = ({ whole, createdAt }: RunFacts): boolean => whole && (parseInstant(createdAt) ?? 0) >= yearStart;
  const remembered = memory?.newestWhole ?? null;
  let newest: RunFacts | null = memory?.newestRun ?? null;
  let whole: RunFacts | null = remembered !== null && isOfThisYear(remembered) ? remembered : null;
  for (const run of runsOnDisk(sink, directory)) {
    if (run.runId > (newest?.runId ?? '')) newest = run;
    if (run.runId <= (whole?.runId ?? '')) break;
    if (!isOfThisYear(run)) continue;
    whole = run;
    break;
  }
  if (newest === null) return null;
  const { rows, records } = whole ?? { rows: null, records: null };
  return { runId: (whole ?? newest).runId, priceLists: newest.priceLists, rows, records };
}

/** Newest first, of what was not pruned. */
function* runsOnDisk(sink: OpenInstance<JobSink>, directory: RunDirectory): Generator<RunFacts> {
  for (const summary of earlierSummaries(directory.stateDirectory)) {
    const isSameSink = summary.sink.name === sink.name && summary.sink.cluster === (sink.cluster ?? summary.sink.cluster);
    if (summary.applied !== null && isSameSink) yield memorableRun(summary);
  }
}

function isWhole({ command, accounts, window, createdAt }: RunSummary): boolean {
  return command === 'full' && accounts.length === 0 && window.from === null && window.to === createdAt;
}
