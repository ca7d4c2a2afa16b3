import { EXIT, type ExitCode } from './exit-codes.js';
import { formatInstant } from './instants.js';
import type { SkippedRecord } from './job-source.js';
import { PLAN_LIVES_SECONDS, PlanWriter } from './plan-file.js';
import type { Applied } from './reconcile/apply-tally.js';
import { GuardFigures } from './reconcile/guard-figures.js';
import type { GuardVerdict } from './reconcile/guard.js';
import { UsageLedger } from './reconcile/usage-ledger.js';
import { reconcileFull } from './reconcile/full.js';
import type { DigestedAccount } from './reconcile/full-reconciliation.js';
import { Plan } from './reconcile/plan.js';
import { createSourceReader } from './reconcile/read-source.js';
import type { PlanTotals } from './reconcile/totals.js';
import { reconcileUpdate } from './reconcile/update.js';
import { withoutUsers, type RunSummary } from './report.js';
import type { RunEnvironment, RunRequest } from './run-request.js';
import { lockSink, writePlan } from './run-apply.js';
import { guardRun, memorableRun, priceListDigests } from './run-guard.js';
import { RunReadings } from './run-readings.js';
import { prepareScope, type Scope } from './run-scope.js';
import { refusalsKnownTo } from './memory/sink-memory.js';
import { writeSummary } from './write-summary.js';

const NONE_DONE: ReadonlySet<number> = new Set();
/** Skipped records that the summary lists by name; all of them are in `run.log`. */
const SKIPPED_LISTED = 100;

/**
 * One reconcile, from lock to summary: plan → apply → report. Writes `plan.ndjson`, `journal.ndjson` and `summary.json`; nothing half-written is left.
 * A plan that could not be applied to its end is told in the summary, not thrown.
 */
export async function runReconciliation(request: RunRequest, environment: RunEnvironment): Promise<RunSummary> {
  const writing = { ...environment, sink: environment.opened.sink };
  const lock = request.dryRun ? null : await lockSink(`run ${request.command}`, request.waitSeconds, writing);
  try {
    return await planAndApply(request, environment);
  } finally {
    lock?.release();
  }
}

async function planAndApply(request: RunRequest, environment: RunEnvironment): Promise<RunSummary> {
  const { directory, logger, signal } = environment;
  const skipped: SkippedRecord[] = [];
  const notes: string[] = [];
  const onSkip = (record: SkippedRecord): void => {
    skipped.push(record);
    logger.warn('record skipped', { ...record });
  };
  const scope = await prepareScope(request, environment, onSkip);
  const writer = new PlanWriter(directory.plan);
  const figures = new GuardFigures(scope.context.now);
  let totals: PlanTotals;
  let unstable: readonly string[];
  try {
    writer.header(headerOf(request, environment, scope));
    ({ totals, unstable } = await reconcile(request, environment, scope, { lines: writer, figures }, onSkip, notes));
    signal.throwIfAborted();
    writer.finish(totals, { closedRecords: figures.closedRecords, missing: figures.missing });
  } finally {
    writer.discard();
  }
  logger.info('plan written', { creates: totals.creates, updates: totals.updates, suNet: totals.suNet });

  const guard = guardRun(totals, figures, request, environment, scope);
  const options = {
    limit: request.limit,
    allocations: scope.context.accounts,
    checkRecords: false,
    of: null,
    done: NONE_DONE,
    isKnownRefusal: refusalsKnownTo(scope.memory, request.retryRejected),
  };
  const writing = { ...environment, sink: environment.opened.sink };
  const applied =
    request.dryRun || guard.refused ? null : await writePlan(directory.plan, totals.creates + totals.updates, options, writing);
  if (totals.recordsRead === 0 && request.command === 'update') notes.push(...(await whyNoRecords(environment)));
  const summary = summaryOf(request, environment, scope, { totals, guard, applied, skipped, unstable, notes });
  writeSummary(summary);
  if (applied !== null) scope.memory?.noteRun(memorableRun(summary));
  signal.throwIfAborted();
  return summary;
}

/** What the run's exit code says: what could not be done counts before drift. */
export function exitCodeOf(summary: RunSummary, askExitCode: boolean): ExitCode {
  const { applied, guard, skipped, unstableAccounts, totals } = summary;
  if (guard.refused) return EXIT.guard;
  if (applied !== null && applied.stopped !== null) return EXIT.unreachable;
  const failed = applied === null ? 0 : applied.newlyRejected + applied.unsettled + applied.notAsSent + applied.wouldClamp + applied.moved;
  if (failed > 0 || skipped.count > 0 || unstableAccounts.length > 0) return EXIT.incomplete;
  return askExitCode && totals.creates + totals.updates > 0 ? EXIT.drift : EXIT.ok;
}

async function reconcile(
  request: RunRequest,
  environment: RunEnvironment,
  scope: Scope,
  output: { readonly lines: PlanWriter; readonly figures: GuardFigures },
  onSkip: (record: SkippedRecord) => void,
  notes: string[],
): Promise<{ totals: PlanTotals; unstable: readonly string[] }> {
  const { opened, signal } = environment;
  const source = createSourceReader(opened.source.instance, {
    name: opened.source.name,
    signal,
    onSkip,
    assertOneCluster: scope.assertOneCluster,
    learnUsers: scope.users.learn,
  });
  const allocations = scope.context.accounts;
  const plan = new Plan(output.lines, {
    figures: output.figures,
    allFindings: request.allFindings,
    accounts: allocations,
    usageOf: (account, changes) => UsageLedger.open(account, changes, { sink: opened.sink.instance, allocations, signal }),
  });
  const unstable: string[] = [];
  let notCreated = 0;
  const run = {
    source,
    sink: opened.sink.instance,
    sinkName: opened.sink.name,
    context: scope.context,
    plan,
    signal,
    onlyAccounts: new Set(request.accounts),
  };
  if (request.command === 'update') await reconcileUpdate(run);
  else {
    const readings = RunReadings.open(request, environment, scope);
    const full = {
      ...run,
      accounts: scope.accounts,
      startOf: scope.startOf,
      unknownWindow: { from: scope.yearStart, to: scope.context.period.to },
      onUnstable: (account: string) => void unstable.push(account),
      onNotCreated: () => void (notCreated += 1),
      compare: request.compare,
      readings,
      onDigest: (account: DigestedAccount) => {
        plan.addSummed(account.summed);
        output.figures.closedRecords += account.summed;
        readings?.digested(account);
      },
    };
    await reconcileFull(full);
    readings?.save();
    notes.push(...(readings?.notes() ?? []));
  }
  scope.assertPartitionsKnown();
  if (notCreated > 0) notes.push(`${notCreated} jobs have no record and get none: sink ${opened.sink.name} cannot look up an id.`);
  const totals = plan.totals(source.rowsRead());
  const asked = request.command === 'full' || totals.recordsRead > 0;
  if (asked && totals.jobsRead === 0)
    notes.push(`Source ${opened.source.name} brought no rows at all: doubt it before you believe any finding.`);
  return { totals, unstable };
}

function headerOf(request: RunRequest, { opened, prices, directory }: RunEnvironment, scope: Scope): Parameters<PlanWriter['header']>[0] {
  return {
    runId: directory.runId,
    command: request.command,
    createdAt: formatInstant(scope.context.now),
    expiresAt: formatInstant(scope.context.now + PLAN_LIVES_SECONDS),
    window: {
      from: request.command === 'update' || request.start !== null ? formatInstant(scope.context.period.from) : null,
      to: formatInstant(scope.context.period.to),
    },
    source: { name: opened.source.name, plugin: opened.source.plugin },
    sink: { name: opened.sink.name, plugin: opened.sink.plugin, cluster: scope.context.cluster },
    accounts: request.accounts,
    digests: { prices: prices.digest, priceLists: priceListDigests(prices), configuration: opened.sink.digest },
  };
}

/** `update` without a record to update says why, as far as the sink can tell. */
async function whyNoRecords({ opened, signal }: RunEnvironment): Promise<string[]> {
  const checks = await opened.sink.instance.check({ signal });
  const reasons = checks
    .filter((check) => !check.ok || check.remedy !== null)
    .map((check) => [check.message, check.remedy].filter(Boolean).join(' '));
  return [`Sink ${opened.sink.name} has no open records to update.`, ...reasons];
}

interface Outcome {
  readonly totals: PlanTotals;
  readonly guard: GuardVerdict;
  readonly applied: Applied | null;
  readonly skipped: readonly SkippedRecord[];
  readonly unstable: readonly string[];
  readonly notes: readonly string[];
}

function summaryOf(request: RunRequest, environment: RunEnvironment, scope: Scope, outcome: Outcome): RunSummary {
  const { directory } = environment;
  return {
    ...headerOf(request, environment, scope),
    dryRun: request.dryRun,
    action: request.action,
    of: null,
    timeZone: scope.timeZone,
    totals: withoutUsers(outcome.totals),
    guard: outcome.guard,
    applied: outcome.applied,
    skipped: { count: outcome.skipped.length, first: outcome.skipped.slice(0, SKIPPED_LISTED) },
    unstableAccounts: outcome.unstable,
    notes: outcome.notes,
    files: {
      plan: directory.plan,
      journal:
        outcome.applied !== null && environment.opened.sink.instance.dry !== true && outcome.applied.planned > 0 ? directory.journal : null,
      log: directory.log,
      summary: directory.summary,
    },
  };
}
