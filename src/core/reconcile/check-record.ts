import type { Change } from '../change.js';
import type { JobSink } from '../job-sink.js';
import { isStoredAsSent, notStoredAsSent } from '../stored-as-sent.js';

/** `due`: the record is as it was planned from. `already`: it is as it was planned to be. */
export type RecordCheck = 'due' | 'already' | { readonly moved: string };

/** Reads a record before it is written: what moved since the plan was made is left alone. A sink that cannot look up is trusted. */
export async function checkRecord(change: Change, sink: JobSink, signal: AbortSignal): Promise<RecordCheck> {
  if (sink.record === undefined) return 'due';
  const stored = await sink.record(change.jobId, { signal });
  if (stored === null) return change.before === null ? 'due' : { moved: 'The record is gone.' };
  if (isStoredAsSent(change.after, stored)) return 'already';
  if (change.before === null) return { moved: `A record was made meanwhile, at ${stored.amount} SU.` };
  if (stored.account !== change.before.account || stored.userId !== change.before.userId) return { moved: 'The record has another owner.' };
  const fields = notStoredAsSent(change.before, stored);
  return fields.length === 0 ? 'due' : { moved: `The record was changed since: ${fields.join(', ')}.` };
}
