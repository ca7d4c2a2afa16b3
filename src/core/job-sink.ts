import type { Change, RecordField } from './change.js';
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
  /** Its allocation is not active: the sink has set its usage to 0.00, and refuses changes. */
  readonly closed?: true;
}

/** Count and sums of the records of an account that start in a window. */
export interface RecordTotals {
  readonly count: number;
  /** Decimal text. */
  readonly amount: string;
  readonly cpuHours: number;
}

/** What an account and some of its users have used of their allowance. Decimal texts. */
export interface AccountUsage {
  /** Null: the account has no allowance to use, so nothing moves. */
  readonly used: string | null;
  /** By user id; a user without an allowance of their own is missing. */
  readonly users: ReadonlyMap<string, string>;
}

/** What became of one change. A sink answers with one of these, whatever the server said; it throws only where no change could fare better. */
export type PutOutcome =
  /** `applied`: the sink's answer holds the record as sent. `logged`: written down, not sent. */
  | { readonly status: 'applied' | 'logged' }
  /** Refused for good: an administrator must act. `cause` is the message without names, ids and times, so that refusals can be grouped. */
  | { readonly status: 'rejected'; readonly cause: string; readonly message: string; readonly remedy: string }
  /** No answer, or a failure that may pass, after the sink's own attempts: whether it took effect is unknown until the record is read. */
  | { readonly status: 'unsettled'; readonly message: string }
  /** The credentials are not accepted, also after they were read again: nothing else will be either. */
  | { readonly status: 'unauthorised'; readonly message: string; readonly remedy: string }
  /** Answered with success, but holding something else than was sent. */
  | { readonly status: 'not-as-sent'; readonly message: string; readonly fields: readonly RecordField[] };

/** Comes with every call of a sink. */
export interface SinkOptions {
  /** Aborted when the run is interrupted; the sink stops within a second and frees what it holds. */
  readonly signal: AbortSignal;
}

/**
 * Says what was charged, and takes changes. Records come in batches. Lists are whole or an error: a list that disagrees with the sink's own
 * count or sum is thrown as `UNSTABLE_LIST`, and core reads it again (money 18). What cannot be read is thrown as `SINK_UNREACHABLE` or `UNAUTHORISED`,
 * with what to do. Sums of service units are decimal texts; instants are whole seconds, UTC.
 */
export interface JobSink {
  /** What it writes to, such as `https://portal.example/api/`: two instances with the same target and cluster share a lock. */
  readonly target?: string;
  /** `put` only writes down what it would send: in the plan's order, without lock, guard and journal. */
  readonly dry?: true;
  /** `MM-DD`: where a period without --start begins, instead of on the first day of the allocation year. */
  readonly periodStart?: string;
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
  /** Count and sums of an account's records that start in the window, told by the sink without listing them. */
  totals?(account: string, options: SinkOptions & { readonly window: Window }): Promise<RecordTotals>;
  /** What is used of the allowance of an account and of these users of it, now (money 19, 24). */
  usage?(account: string, options: SinkOptions & { readonly userIds: readonly string[] }): Promise<AccountUsage>;
  /** Numeric uids of user names; an unknown name is missing from the answer (money 4). */
  userIds?(names: readonly string[], options: SinkOptions): Promise<ReadonlyMap<string, string>>;
  close?(): Promise<void>;
}
