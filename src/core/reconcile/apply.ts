import type { JobSink } from '../job-sink.js';
import { readChanges } from '../plan-file.js';
import type { Logger } from '../plugin-environment.js';

/** How many changes of a plan reached the sink, and as what. */
export interface Applied {
  readonly changes: number;
  /** Of the plan's changes in all; more than `changes` under --limit. */
  readonly planned: number;
  readonly applied: number;
  readonly logged: number;
}

/** Hands the changes of a finished plan to the sink, in the plan's order. */
export async function applyPlan(
  planPath: string,
  sink: JobSink,
  options: { readonly limit: number | null; readonly signal: AbortSignal; readonly logger: Logger },
): Promise<Applied> {
  const { limit, signal, logger } = options;
  const counts = { applied: 0, logged: 0 };
  let planned = 0;
  for await (const change of readChanges(planPath)) {
    planned += 1;
    if (limit !== null && planned > limit) continue;
    signal.throwIfAborted();
    const outcome = await sink.put(change, { signal });
    if (outcome.status === 'applied' || outcome.status === 'logged') counts[outcome.status] += 1;
    logger.debug('put', { jobId: change.jobId, status: outcome.status, suDifference: change.suDifference });
  }
  return { changes: counts.applied + counts.logged, planned, ...counts };
}
