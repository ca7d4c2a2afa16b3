import type { Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import type { JudgeContext } from './context.js';
import type { SourceReader } from './read-source.js';

/** What is needed to tell jobs that run from those that only seem to. */
export interface LostJobsRun {
  readonly source: SourceReader;
  readonly context: JudgeContext;
}

/**
 * Raw ids of jobs with a record that Slurm's accounting has running and that slurmctld does not know (money 15). Nothing is known, and so none is lost,
 * where the source cannot ask slurmctld. A job may end between the two questions, so the accounting is asked again in the end.
 */
export async function findLostJobs(
  records: Iterable<SinkRecord>,
  rowsById: ReadonlyMap<string, readonly Row[]>,
  { source, context }: LostJobsRun,
): Promise<ReadonlySet<string>> {
  const running = [...records]
    .map(({ jobId }) => jobId)
    .filter((jobId) => rowsById.get(jobId)?.some((row) => isRunning(row, context)) === true);
  if (running.length === 0) return new Set();
  const cluster = context.cluster ?? rowsById.get(running[0] as string)?.[0]?.cluster ?? null;
  const alive = await source.aliveIds(running, cluster);
  if (alive === null) return new Set();
  const unknown = running.filter((jobId) => !alive.has(jobId));
  const again = await source.rowsById(unknown);
  return new Set(unknown.filter((jobId) => again.get(jobId)?.some((row) => isRunning(row, context)) === true));
}

/** Whether slurmctld must know the job of a row; of one that has only begun slurmdbd may know before we can ask. */
function isRunning(row: Row, { now, settleSeconds, cluster }: JudgeContext): boolean {
  if (row.state !== 'RUNNING' && row.state !== 'SUSPENDED') return false;
  if (cluster !== null && row.cluster !== null && row.cluster !== cluster) return false;
  return row.endedAt === null && row.startedAt !== null && row.startedAt + settleSeconds <= now;
}
