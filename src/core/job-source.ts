import type { ErrorCode } from './errors.js';
import type { Row } from './job.js';
import type { Window } from './window.js';

/** A record of the input that a source left out, because its configuration says `onError: skip`. */
export interface SkippedRecord {
  /** Where it stood: file, or URL without secrets. */
  readonly where: string;
  /** Line, or index of the record, counted from 1. */
  readonly position: number | null;
  readonly message: string;
  readonly remedy: string;
}

/** Comes with every question to a source. */
export interface ReadOptions {
  /** Aborted when the run is interrupted; a source stops at once and frees what it holds. */
  readonly signal: AbortSignal;
  /** To be called for each record left out. */
  readonly onSkip: (skipped: SkippedRecord) => void;
}

/** What `check()` found out, for people. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  /** What to do when not ok. */
  readonly remedy: string | null;
  /** Not ok, and a run works all the same. */
  readonly warning?: true;
  /** Of a failure: the error that a run would end with. Default: CONFIG_INVALID. */
  readonly code?: ErrorCode;
}

/**
 * Says what ran. Rows come in batches, so that a million of them cost a few thousand promises; a batch may be of any size, and of any order.
 * Optional methods are capabilities: a source that cannot do a thing has no such method.
 *
 * What cannot be read whole is thrown, never left out: `SOURCE_UNREACHABLE`, `UNAUTHORISED`, `INPUT_NOT_FOUND` or `INPUT_INVALID`, with what to do.
 * An error of another kind counts as a fault of the plugin (exit code 1).
 */
export interface JobSource {
  /** The one cluster this source reads, where it knows (money 3). */
  readonly cluster?: string;
  /**
   * How many accounts `jobs` is best asked for at once. Without it core asks for many, since Slurm looks at every job of a window for each question;
   * a source that finds one account's rows without reading the others' says 1.
   */
  readonly accountsPerCall?: number;
  /**
   * Every row of the jobs with these ids (raw ids, `A_T` of array tasks or `H+N` of heterogeneous components), whatever their account and time.
   * An unknown id has no rows. Cutting the ids into requests is the source's affair.
   */
  jobsById(ids: readonly string[], options: ReadOptions): AsyncIterable<readonly Row[]>;
  /**
   * Every row of jobs of these accounts that ended in the window or still run; a finished row whose end Slurm has lost did neither, and may come or not.
   * Slicing by time is the source's affair.
   */
  jobs(options: ReadOptions & { readonly accounts: readonly string[]; readonly window: Window }): AsyncIterable<readonly Row[]>;
  /** Whether the source can be read, and as what. Reads little. */
  check(options: { readonly signal: AbortSignal }): Promise<readonly CheckResult[]>;
  /** Names of the accounts with jobs in the window; an account without is allowed among them. */
  accounts?(options: ReadOptions & { readonly window: Window }): Promise<readonly string[]>;
  /**
   * Which of these raw ids the controller of that cluster, slurmctld, still knows, whatever the state; asked about jobs that the accounting has running
   * (money 15). Null where that cannot be told: slurmctld does not answer, may hide jobs from who asks, or is of another cluster.
   */
  aliveIds?(
    ids: readonly string[],
    options: { readonly cluster: string | null; readonly signal: AbortSignal },
  ): Promise<ReadonlySet<string> | null>;
  /** Names of the partitions that there are, so that `doctor` sees which have no price; null where that cannot be told. */
  partitions?(options: { readonly signal: AbortSignal }): Promise<readonly string[] | null>;
  /** Frees what the source holds; called once, in `finally`. */
  close?(): Promise<void>;
}
