import type { OpenInstance } from './container.js';
import type { Change } from './change.js';
import { Journal } from './journal.js';
import type { JobSink, PutOutcome, SinkAccount } from './job-sink.js';
import { acquireLock, type Lock } from './lock.js';
import type { Clock, Logger } from './plugin-environment.js';
import { applyPlan, logPlan } from './reconcile/apply.js';
import { ApplyTally, type Applied, type IsKnownRefusal } from './reconcile/apply-tally.js';
import type { Progress } from './progress.js';
import type { RunDirectory } from './state-directory.js';
import { placeOf } from './sink-key.js';

/** What it takes to write to a sink. */
export interface Writing {
  readonly sink: OpenInstance<JobSink>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly directory: RunDirectory;
  /** Where the lock of the sink lies. */
  readonly lockDirectory: string;
  readonly progress: Progress;
  /** Told of each change that was sent, and what became of it. */
  readonly onOutcome?: (change: Change, outcome: PutOutcome) => void;
}

export interface WriteOptions {
  /** At most this many changes take effect; null: all. */
  readonly limit: number | null;
  /** The sink's accounts by name; null where nobody knows their dates. */
  readonly allocations: ReadonlyMap<string, SinkAccount> | null;
  /** Look at each record before it is written, and leave one that moved since it was planned. */
  readonly checkRecords: boolean;
  readonly isKnownRefusal: IsKnownRefusal;
  /** The run that this one goes on with; null: it stands alone. */
  readonly of: string | null;
  /** Changes that an earlier run applied, by where they stand in the plan. */
  readonly done: ReadonlySet<number>;
}

/** Nobody else may write to the sink meanwhile. A sink that only logs needs no lock. */
export async function lockSink(command: string, waitSeconds: number, writing: Writing): Promise<Lock | null> {
  const { sink, directory, lockDirectory, logger, signal } = writing;
  if (sink.instance.dry === true) return null;
  return acquireLock({
    directory: lockDirectory,
    ...placeOf({ name: sink.name, target: sink.instance.target ?? null, cluster: sink.cluster }),
    runId: directory.runId,
    command,
    waitSeconds,
    signal,
    onWait: (holder) => logger.warn('waiting for another run', { command: holder.command, runId: holder.runId, since: holder.since }),
  });
}

/** Journals and sends what the plan at `path` holds. */
export async function writePlan(path: string, planned: number, options: WriteOptions, writing: Writing): Promise<Applied> {
  const { sink, directory, logger, signal, clock, progress } = writing;
  const { limit, of, ...rest } = options;
  if (sink.instance.dry === true) return logPlan(path, { sink: sink.instance, limit, signal });
  if (planned === 0) return new ApplyTally().result(0, null);
  const header = { name: sink.name, target: sink.instance.target ?? null, cluster: sink.cluster };
  const journal = await Journal.create(directory.journal, { runId: directory.runId, of, sink: header }, clock);
  progress.begin(planned);
  try {
    return await applyPlan(path, {
      sink: sink.instance,
      journal,
      limit,
      ...rest,
      signal,
      logger,
      onProgress: (done) => progress.step(done),
      ...(writing.onOutcome === undefined ? {} : { onOutcome: writing.onOutcome }),
    });
  } finally {
    progress.end();
    await journal.close();
  }
}
