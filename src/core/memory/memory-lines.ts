import type { PriceListDigest } from '../reconcile/guard.js';

/** The first line of a sink's memory. */
export interface MemoryHeader {
  readonly type: 'memory';
  readonly version: 1;
  readonly target: string;
  readonly cluster: string | null;
}

/** What a record held after this tool last wrote it. Instants are ISO 8601. */
export interface WrittenLine {
  readonly type: 'written';
  readonly jobId: string;
  readonly amount: string;
  readonly submittedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly at: string;
}

/** Sent, and nobody knows what the record holds since. */
export interface UnknownLine {
  readonly type: 'unknown';
  readonly jobId: string;
  readonly at: string;
}

/** A change that the sink refused for good (money 23). */
export interface RefusedLine {
  readonly type: 'refused';
  readonly jobId: string;
  readonly account: string;
  readonly cause: string;
  /** Digest of what was sent. */
  readonly change: string;
  readonly at: string;
}

/** Dates of an account's allocation, written when they are first seen and when they change. */
export interface AllocationLine {
  readonly type: 'allocation';
  readonly account: string;
  readonly start: string | null;
  readonly end: string | null;
}

/** So many bytes of a run's journal are in the memory. */
export interface JournalLine {
  readonly type: 'journal';
  readonly runId: string;
  readonly bytes: number;
}

/** What the guard compares later runs with (money 20). */
export interface RunLine {
  readonly type: 'run';
  readonly runId: string;
  readonly createdAt: string;
  /** A `run full` of every account to the present. */
  readonly whole: boolean;
  readonly rows: number;
  readonly records: number;
  readonly priceLists: readonly PriceListDigest[];
}

export type MemoryFact = WrittenLine | UnknownLine | RefusedLine | AllocationLine | JournalLine | RunLine;
