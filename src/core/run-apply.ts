import { Journal } from './journal.js';
import { acquireLock, type Lock } from './lock.js';
import { applyPlan, logPlan } from './reconcile/apply.js';
import { ApplyTally, type Applied } from './reconcile/apply-tally.js';
import type { PlanTotals } from './reconcile/totals.js';
import type { RunEnvironment, RunRequest } from './run-request.js';
import type { Scope } from './run-scope.js';
import { placeOf } from './sink-key.js';

/** Nobody else may write to the sink meanwhile; who only reads needs no lock. */
export async function lockSink(
  request: RunRequest,
  { opened: { sink }, directory, lockDirectory, logger, signal }: RunEnvironment,
): Promise<Lock | null> {
  if (request.dryRun || sink.instance.dry === true) return null;
  return acquireLock({
    directory: lockDirectory,
    ...placeOf({ name: sink.name, target: sink.instance.target ?? null, cluster: sink.cluster }),
    runId: directory.runId,
    command: `run ${request.command}`,
    waitSeconds: request.waitSeconds,
    signal,
    onWait: ({ runId, command, since }) => logger.warn('waiting for another run', { command, runId, since }),
  });
}

/** Journals and sends what a plan holds; null in a dry run. */
export async function applyRun(
  totals: PlanTotals,
  request: RunRequest,
  environment: RunEnvironment,
  scope: Scope,
): Promise<Applied | null> {
  const { opened, directory, logger, signal, clock, progress } = environment;
  const sink = opened.sink.instance;
  const { limit } = request;
  if (request.dryRun) return null;
  if (sink.dry === true) return logPlan(directory.plan, { sink, limit, signal });
  const planned = totals.creates + totals.updates;
  if (planned === 0) return new ApplyTally().result(0, null);
  const header = { name: opened.sink.name, target: sink.target ?? null, cluster: opened.sink.cluster };
  const journal = await Journal.create(directory.journal, { runId: directory.runId, sink: header }, clock);
  progress.begin(planned);
  try {
    return await applyPlan(directory.plan, {
      sink,
      journal,
      limit,
      allocations: scope.context.accounts,
      isKnownRefusal: (change, cause) => !request.retryRejected && (scope.memory?.isKnownRefusal(change, cause) ?? false),
      signal,
      logger,
      onProgress: (done) => progress.step(done),
    });
  } finally {
    progress.end();
    await journal.close();
  }
}
