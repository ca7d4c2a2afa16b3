import type { Row } from '../../src/core/job.js';
import type { SinkRecord } from '../../src/core/record.js';
import type { RunRequest } from '../../src/core/run-request.js';
import { ACCOUNTS } from './every-kind.js';
import { HOUR, NOON, aJob, aRecord } from './jobs.js';
import { memorySink, memorySource, type MemorySink } from './memory-plugins.js';
import { runCore, type CoreRun } from './run-core.js';
import { temporaryDirectory } from './temporary-directory.js';

export const DAY = 24 * HOUR;
export const NOW = NOON + 10 * HOUR;

/** A portal beside a Slurm, and how much of it each run reads. */
export class Site {
  readonly state = temporaryDirectory();
  readonly sink: MemorySink;
  rows: Row[];
  /** Records that were listed in the last run, open ones aside, and single ones looked up. */
  listed = 0;
  lookedUp: string[] = [];
  sums = 0;

  constructor(rows: readonly Row[], records: readonly SinkRecord[], accounts = ACCOUNTS) {
    this.rows = [...rows];
    this.sink = memorySink(records, { accounts });
    const whole = { ...this.sink };
    this.sink.recordsOfAccount = (...args) => this.#count(whole.recordsOfAccount!(...args));
    this.sink.record = (jobId, options) => {
      this.lookedUp.push(jobId);
      return whole.record!(jobId, options);
    };
    this.sink.totals = (...args) => {
      this.sums += 1;
      return whole.totals!(...args);
    };
  }

  run(request: Partial<RunRequest> = {}, now = NOW): Promise<CoreRun> {
    this.listed = this.sums = 0;
    this.lookedUp = [];
    const source = memorySource(this.rows);
    return runCore({ source, sink: this.sink, cluster: 'savio', site: { runawayDays: 3 }, state: this.state, request, now });
  }

  digest(request: Partial<RunRequest> = {}, now = NOW): Promise<CoreRun> {
    return this.run({ compare: 'digest', ...request }, now);
  }

  /** Somebody changes a record behind our back. */
  spoil(jobId: string, fields: Partial<SinkRecord>): void {
    const record = this.sink.records.get(jobId);
    if (record === undefined) throw new Error(`There is no record ${jobId}.`);
    this.sink.records.set(jobId, { ...record, ...fields });
  }

  async *#count(batches: AsyncIterable<readonly SinkRecord[]>): AsyncGenerator<readonly SinkRecord[]> {
    for await (const batch of batches) {
      this.listed += batch.length;
      yield batch;
    }
  }
}

export const ONE_ACCOUNT = [{ name: 'fc_alpha', allocationStart: NOON - 400 * DAY, allocationEnd: null }];

/** Jobs of one CPU hour and their records, two a day, all in step. */
export function inStep(count: number): { rows: Row[]; records: SinkRecord[] } {
  const times = (index: number) => {
    const startedAt = NOON - DAY - index * 12 * HOUR;
    return { jobId: String(1000 + index), submittedAt: startedAt - HOUR, startedAt, endedAt: startedAt + HOUR };
  };
  const indexes = Array.from({ length: count }, (_, index) => index);
  return {
    rows: indexes.map((index) => aJob({ ...times(index), eligibleAt: times(index).submittedAt })),
    records: indexes.map((index) => aRecord(times(index))),
  };
}

export function siteInStep(count = 600): Site {
  const { rows, records } = inStep(count);
  return new Site(rows, records, ONE_ACCOUNT);
}
