import { setTimeout as pause } from 'node:timers/promises';
import { BrcSyncError } from '../../src/core/errors.js';
import type { Row } from '../../src/core/job.js';
import type { JobSink } from '../../src/core/job-sink.js';
import type { JobSource } from '../../src/core/job-source.js';
import type { SinkRecord } from '../../src/core/record.js';
import { contains } from '../../src/core/window.js';
import type { Trial } from '../../src/testkit.js';

/** What a source or sink can do wrong, one thing each. */
export type Sin =
  | 'eager'
  | 'runs-ahead'
  | 'loses-last'
  | 'doubles'
  | 'closed-window'
  | 'mixes-autumn'
  | 'deaf-midway'
  | 'holds'
  | 'torn-is-shorter'
  | 'bare-error'
  | 'deaf-hanging'
  | 'tells-secret'
  | 'creates-twice'
  | 'half-written'
  | 'rejects-when-lost'
  | 'forgets-record';

/** Later than a suite waits. */
const LATE_MS = 4_000;

export const SECRET = 'not-for-your-eyes';

/** Counts what is asked of the memory behind both. */
export class Counter {
  reads = 0;
}

function unreachable(code: 'SOURCE_UNREACHABLE' | 'SINK_UNREACHABLE' | 'UNAUTHORISED'): BrcSyncError {
  return new BrcSyncError(code, { message: 'nobody is there', remedy: 'Start it.' });
}

async function meet({ fault }: Trial, signal: AbortSignal, sins: ReadonlySet<Sin>, side: 'SOURCE_UNREACHABLE' | 'SINK_UNREACHABLE') {
  signal.throwIfAborted();
  if (fault === 'hang') await pause(LATE_MS, undefined, sins.has('deaf-hanging') ? {} : { signal });
  if (fault === 'unreachable' || fault === 'reset') throw sins.has('bare-error') ? new Error('ECONNREFUSED') : unreachable(side);
  if (fault === 'denied') throw unreachable('UNAUTHORISED');
}

/** Items by twos, as far as a reader wants them. */
async function* batches<T>(items: readonly T[], trial: Trial, signal: AbortSignal, sins: ReadonlySet<Sin>, counter: Counter) {
  await meet(trial, signal, sins, 'SOURCE_UNREACHABLE');
  if (sins.has('runs-ahead')) counter.reads += Math.ceil(items.length / 2);
  const end = sins.has('loses-last') || (trial.fault === 'torn' && sins.has('torn-is-shorter')) ? items.length - 1 : items.length;
  try {
    for (let index = 0; index < end; index += 2) {
      if (!sins.has('runs-ahead')) counter.reads += 1;
      const batch = items.slice(index, Math.min(index + 2, end));
      yield sins.has('doubles') || trial.fault === 'duplicate' ? [...batch, ...batch] : batch;
      if (sins.has('deaf-midway') && signal.aborted) await pause(LATE_MS);
      signal.throwIfAborted();
    }
  } finally {
    if (sins.has('holds')) await pause(LATE_MS);
  }
}

export function memorySource(rows: readonly Row[], trial: Trial, counter: Counter, sins: ReadonlySet<Sin>): JobSource {
  const early = (): void => {
    if (sins.has('eager')) counter.reads += 1;
  };
  const shift = sins.has('mixes-autumn') ? 3_600 : 0;
  const token = { reveal: () => SECRET, toString: () => '[secret]' };
  return {
    ...(sins.has('tells-secret') && { token: SECRET }),
    jobsById(ids, { signal }) {
      early();
      trial.logger.info('asked', { token: sins.has('tells-secret') ? token.reveal() : String(token) });
      return batches(
        rows.filter((row) => ids.includes(row.jobId)),
        trial,
        signal,
        sins,
        counter,
      );
    },
    jobs({ accounts, window, signal }) {
      early();
      const to = sins.has('closed-window') ? window.to + 1 : window.to;
      const within = (row: Row): boolean => {
        const { endedAt } = row;
        return endedAt === null || contains({ ...window, to }, row.jobId === '2' ? endedAt + shift : endedAt);
      };
      return batches(
        rows.filter((row) => accounts.includes(row.account) && within(row)),
        trial,
        signal,
        sins,
        counter,
      );
    },
    async check({ signal }) {
      await meet(trial, signal, sins, 'SOURCE_UNREACHABLE');
      return [{ name: 'memory', ok: true, message: `${rows.length} rows`, remedy: null }];
    },
  };
}

/** `store` is the portal: it outlives the sinks. */
export function memorySink(store: SinkRecord[], trial: Trial, counter: Counter, sins: ReadonlySet<Sin>): JobSink {
  const read = (signal: AbortSignal, wanted: (record: SinkRecord) => boolean) =>
    batches(store.filter(wanted), trial, signal, sins, counter);
  return {
    openRecords: ({ statuses, window, signal }) =>
      read(
        signal,
        (record) =>
          record.state !== null && statuses.includes(record.state) && record.startedAt !== null && contains(window, record.startedAt),
      ),
    recordsOfAccount: (account, { window, signal }) =>
      read(signal, (record) => record.account === account && record.startedAt !== null && contains(window, record.startedAt)),
    async record(jobId, { signal }) {
      await meet(trial, signal, sins, 'SINK_UNREACHABLE');
      return store.find((record) => record.jobId === jobId) ?? null;
    },
    async put({ after }, { signal }) {
      signal.throwIfAborted();
      if (trial.fault === 'lost-answer' && sins.has('rejects-when-lost'))
        return { status: 'rejected', cause: 'no answer', message: 'no answer', remedy: 'None.' };
      const index = store.findIndex((record) => record.jobId === after.jobId);
      if (trial.fault === 'hang' && sins.has('half-written')) store[index] = { ...after, endedAt: null };
      if (trial.fault === 'hang' && sins.has('forgets-record')) store.splice(index, 1);
      await meet(trial, signal, sins, 'SINK_UNREACHABLE');
      if (index === -1 || sins.has('creates-twice')) store.push(after);
      else store[index] = after;
      return trial.fault === 'lost-answer' ? { status: 'unsettled', message: 'no answer' } : { status: 'applied' };
    },
    async check({ signal }) {
      await meet(trial, signal, sins, 'SINK_UNREACHABLE');
      return [];
    },
  };
}
