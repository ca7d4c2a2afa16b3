import type { Change } from './change.js';
import type { Instant } from './job.js';
import type { CheckResult } from './job-source.js';
import type { SinkRecord } from './record.js';
import type { Window } from './window.js';

/** An account as the sink knows it. */
export interface SinkAccount {
  readonly name: string;
  /** First instant of its allocation; null: the allocation has no start, so nothing is ever charged to it (money 16). */
  readonly allocationStart: Instant | null;
  /** First instant after its allocation where the sink checks that; null: no end is checked. */
  readonly allocationEnd: Instant | null;
}

/** Count and sums of the records of an account that start in a window. */
export interface RecordTotals {
  readonly count: number;
  /** Decimal text. */
  readonly amount: string;
  readonly cpuHours: number;
}

/** What became of one change. */
export interface PutOutcome {
  /** `applied`: the sink holds it. `logged`: written down, not sent. */
  readonly status: 'applied' | 'logged';
}

export interface SinkOptions {
  readonly signal: AbortSignal;
}

/**
 * Says what was charged, and takes changes. Records come in batches. Lists are whole or an error: a list that disagrees with the sink's own
 * count or sum is thrown as `UNSTABLE_LIST`, and core reads it again (money 18).
 */
export interface JobSink {
  /** Records in one of these states that start in the window, or have no start where the sink can list such. */
  openRecords(
    options: SinkOptions & { readonly statuses: readonly string[]; readonly window: Window },
  ): AsyncIterable<readonly SinkRecord[]>;
  /** Creates or overwrites one record, whole. Never called in a dry run. */
  put(change: Change, options: SinkOptions): Promise<PutOutcome>;
  check(options: SinkOptions): Promise<readonly CheckResult[]>;
  /** Every account of the sink, with its allocation's dates. */
  accounts?(options: SinkOptions): Promise<readonly SinkAccount[]>;
  /** Records of an account that start in the window. */
  recordsOfAccount?(account: string, options: SinkOptions & { readonly window: Window }): AsyncIterable<readonly SinkRecord[]>;
  /** One record by its key; null when there is none. Needed to create: lists hide records (money 5). */
  record?(jobId: string, options: SinkOptions): Promise<SinkRecord | null>;
  totals?(account: string, options: SinkOptions & { readonly window: Window }): Promise<RecordTotals>;
  /** Numeric uids of user names; an unknown name is missing from the answer (money 4). */
  userIds?(names: readonly string[], options: SinkOptions): Promise<ReadonlyMap<string, string>>;
  close?(): Promise<void>;
}
