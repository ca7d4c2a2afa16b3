import type { Change } from '../change.js';
import { BrcSyncError } from '../errors.js';
import type { JobSink, PutOutcome } from '../job-sink.js';
import { isStoredAsSent } from '../stored-as-sent.js';

/**
 * Puts one change, and where nobody knows whether it took effect reads the record back: sent once more if it is not there.
 * A whole record may be sent twice: the second time moves nothing (contract, charging).
 */
export async function settle(change: Change, sink: JobSink, signal: AbortSignal): Promise<PutOutcome> {
  const first = await put(change, sink, signal);
  if (first.status !== 'unsettled' || signal.aborted) return first;
  const held = await holds(change, sink, signal);
  if (held === null) return first;
  return held ? { status: 'applied' } : put(change, sink, signal);
}

async function put(change: Change, sink: JobSink, signal: AbortSignal): Promise<PutOutcome> {
  try {
    return await sink.put(change, { signal });
  } catch (error) {
    const failure = asFailure(error);
    if (failure === null) throw error;
    return failure;
  }
}

/** Errors of a plugin that say what became of the change, though it should have answered with an outcome. */
function asFailure(error: unknown): PutOutcome | null {
  if (!(error instanceof BrcSyncError)) return null;
  if (error.code === 'UNAUTHORISED') return { status: 'unauthorised', message: error.message, remedy: error.remedy };
  if (error.code === 'SINK_UNREACHABLE' || error.code === 'INTERRUPTED') return { status: 'unsettled', message: error.message };
  return null;
}

/** Whether the sink holds the record as sent; null where it cannot tell now. */
async function holds(change: Change, sink: JobSink, signal: AbortSignal): Promise<boolean | null> {
  if (sink.record === undefined) return null;
  try {
    const stored = await sink.record(change.jobId, { signal });
    return stored !== null && isStoredAsSent(change.after, stored);
  } catch (error) {
    if (asFailure(error) === null && !signal.aborted) throw error;
    return null;
  }
}
