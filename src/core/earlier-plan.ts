import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrcSyncError } from './errors.js';
import type { Allowance } from './guard-limits.js';
import { formatInstant, parseInstant } from './instants.js';
import type { SinkAccount } from './job-sink.js';
import type { PriceLists } from './prices.js';
import { GuardFigures } from './reconcile/guard-figures.js';
import { readPlan, type FinishedPlan } from './read-plan.js';
import { withoutUsers, type RunAction, type RunSummary } from './report.js';
import { openMemory } from './memory/open-memory.js';
import { refusalsKnownTo, type SinkMemory } from './memory/sink-memory.js';
import { lockSink, writePlan, type Writing } from './run-apply.js';
import { guardPlan, memorableRun } from './run-guard.js';
import { writeSummary } from './write-summary.js';

/** A plan that was made before, and how it is to be applied. */
export interface EarlierPlanRequest {
  readonly action: Extract<RunAction, 'apply' | 'resume' | 'revert'>;
  readonly path: string;
  /** The run it belongs to. */
  readonly of: string;
  readonly limit: number | null;
  readonly allowance: Allowance;
  readonly retryRejected: boolean;
  readonly waitSeconds: number;
  readonly dryRun: boolean;
  /** Changes that earlier runs applied, by where they stand in the plan. */
  readonly done: ReadonlySet<number>;
  readonly notes: readonly string[];
}

/**
 * Applies a plan that was made before: exactly its changes, each only where its record is still as it was planned from. The rest is reported.
 * @param prices null where the plan prices nothing anew: one that takes a run back
 * @throws BrcSyncError `PLAN_INVALID` where it is too old, used up, or was made under other prices or another configuration
 */
export async function applyEarlierPlan(request: EarlierPlanRequest, writing: Writing, prices: PriceLists | null): Promise<RunSummary> {
  const lock = request.dryRun ? null : await lockSink(`${request.action} ${request.of}`, request.waitSeconds, writing);
  try {
    return await applyLocked(request, writing, prices);
  } finally {
    lock?.release();
  }
}

async function applyLocked(request: EarlierPlanRequest, writing: Writing, prices: PriceLists | null): Promise<RunSummary> {
  const { sink, directory, signal } = writing;
  const figures = new GuardFigures(writing.clock.now());
  const plan = await readPlan(request.path, (change) => figures.addChange(change));
  figures.closedRecords = plan.end.figures.closedRecords;
  figures.missing = plan.end.figures.missing;
  assertApplicable(plan, writing, prices);
  const memory = await openMemory(writing, !request.dryRun);
  const guard = guardPlan({ plan, figures, request, writing, prices, memory });
  const applied = guard.refused || request.dryRun ? null : await apply(plan, request, writing, memory);
  const { type, version, ...header } = plan.header;
  const { type: ended, digest, figures: counted, ...totals } = plan.end;
  const summary: RunSummary = {
    ...header,
    runId: directory.runId,
    createdAt: formatInstant(writing.clock.now()),
    dryRun: request.dryRun,
    action: request.action,
    of: request.of,
    timeZone: sink.site.timeZone,
    totals: withoutUsers(totals),
    guard,
    applied,
    skipped: { count: 0, first: [] },
    unstableAccounts: [],
    notes: request.notes,
    files: {
      plan: request.path,
      journal: existsSync(directory.journal) ? directory.journal : null,
      log: directory.log,
      summary: directory.summary,
    },
  };
  writeSummary(summary);
  if (applied !== null) memory?.noteRun(memorableRun(summary));
  signal.throwIfAborted();
  return summary;
}

async function apply(
  plan: FinishedPlan,
  request: EarlierPlanRequest,
  writing: Writing,
  memory: SinkMemory | null,
): ReturnType<typeof writePlan> {
  if (request.action === 'apply') useUp(plan, writing);
  const accounts = await writing.sink.instance.accounts?.({ signal: writing.signal });
  const allocations = accounts === undefined ? null : new Map(accounts.map((account): [string, SinkAccount] => [account.name, account]));
  if (allocations !== null) memory?.noteAllocations(allocations.values());
  const planned = plan.end.creates + plan.end.updates;
  return writePlan(
    plan.path,
    planned,
    {
      limit: request.limit,
      allocations,
      checkRecords: true,
      isKnownRefusal: refusalsKnownTo(memory, request.retryRejected),
      of: request.action === 'resume' ? request.of : null,
      done: request.done,
    },
    writing,
  );
}

function assertApplicable({ path, header }: FinishedPlan, { sink, clock }: Writing, prices: PriceLists | null): void {
  const refuse = (why: string): never => {
    throw new BrcSyncError('PLAN_INVALID', {
      message: `${path} ${why}.`,
      remedy: 'Make a new plan: it sees everything as it is now.',
      context: { file: path },
    });
  };
  if (clock.now() >= (parseInstant(header.expiresAt) ?? 0)) refuse(`is too old: it could be applied until ${header.expiresAt}`);
  if (header.sink.name !== sink.name) refuse(`was made for sink ${header.sink.name}, not for ${sink.name}`);
  if (header.digests.configuration !== sink.digest) refuse(`was made under another configuration of sink ${sink.name}`);
  if (prices !== null && header.digests.prices !== prices.digest) refuse('was made under other price lists');
}

/** A plan is applied once: what is left of it afterwards is a matter of `resume`. */
function useUp({ path, header }: FinishedPlan, { directory }: Writing): void {
  const used = join(directory.stateDirectory, 'plans');
  const mark = join(used, `${header.runId}.applied`);
  mkdirSync(used, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(mark, `${directory.runId}\n`, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new BrcSyncError('PLAN_INVALID', {
      message: `${path} has been applied already.`,
      remedy: 'Make a new plan; what a broken run left over is finished by `brc-sync resume`.',
      context: { file: path },
      cause,
    });
  }
}
