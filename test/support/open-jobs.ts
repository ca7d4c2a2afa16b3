import type { Change } from '../../src/core/change.js';
import type { PutOutcome } from '../../src/core/job-sink.js';
import type { aRecord } from './jobs.js';
import { HOUR, NOON, aJob, anOpenRecord } from './jobs.js';
import type { MemorySink } from './memory-plugins.js';

export const ACCOUNT = { name: 'fc_alpha', allocationStart: NOON - 100 * HOUR, allocationEnd: null };

/** Jobs of one CPU hour whose records are still open at 24.00 SU. */
export function openJobs(count: number, accounts = 1): { rows: ReturnType<typeof aJob>[]; records: ReturnType<typeof aRecord>[] } {
  const each = Array.from({ length: count }, (_, index) => ({ jobId: String(1000 + index), account: `fc_a${index % accounts}` }));
  return { rows: each.map((job) => aJob(job)), records: each.map((job) => anOpenRecord(job)) };
}

/** A sink whose `put` answers as the test says, and stores what it answers `applied`. */
export function answering(sink: MemorySink, answer: (change: Change, attempt: number) => PutOutcome | Promise<PutOutcome>): MemorySink {
  const attempts = new Map<string, number>();
  const store = sink.put.bind(sink);
  return {
    ...sink,
    async put(change, options) {
      const attempt = (attempts.get(change.jobId) ?? 0) + 1;
      attempts.set(change.jobId, attempt);
      const outcome = await answer(change, attempt);
      return outcome.status === 'applied' ? store(change, options) : outcome;
    },
  };
}
