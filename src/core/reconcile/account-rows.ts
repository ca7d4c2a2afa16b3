import type { Row } from '../job.js';
import type { Window } from '../window.js';
import { addRow, RowSpool } from './row-spool.js';

export type AccountWindows = ReadonlyMap<string, Window>;

/** Rows of some accounts, to be taken account by account, each once, in the order in which the accounts were given. */
export interface AccountRows {
  /** Rows of an account that ended in its window or still run, by raw id. */
  rowsOf(account: string): Promise<Map<string, Row[]>>;
  /** Ends what is being read and frees what is held; in `finally`. */
  close(): Promise<void>;
}

export interface AccountRowsOptions {
  /** Accounts that the source is asked for at once, at most. */
  readonly accountsPerCall: number;
  readonly signal: AbortSignal;
  /** Rows of these accounts that ended in their windows or still run. */
  readonly read: (windows: AccountWindows, signal: AbortSignal) => AsyncIterable<readonly Row[]>;
}

export function openAccountRows(windows: AccountWindows, options: AccountRowsOptions): AccountRows {
  return options.accountsPerCall === 1 ? rowsOneByOne(windows, options) : new BatchedRows(windows, options);
}

/** Of a source that finds an account's rows without reading everybody's: nothing is put away. */
function rowsOneByOne(windows: AccountWindows, { read, signal }: AccountRowsOptions): AccountRows {
  return {
    async rowsOf(account) {
      const byId = new Map<string, Row[]>();
      const window = windows.get(account);
      if (window === undefined) return byId;
      for await (const rows of read(new Map([[account, window]]), signal)) for (const row of rows) addRow(byId, row);
      return byId;
    },
    close: () => Promise.resolve(),
  };
}

interface Batch {
  readonly windows: AccountWindows;
  /** Accounts that have not been taken yet. */
  waiting: number;
  spool: Promise<RowSpool> | null;
}

/** Asks for many accounts at once, and puts their rows away until their turn comes; the next batch is read meanwhile. */
class BatchedRows implements AccountRows {
  readonly #batches: readonly Batch[];
  readonly #numbers = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    windows: AccountWindows,
    private readonly options: AccountRowsOptions,
  ) {
    this.#signal = AbortSignal.any([options.signal, this.#closing.signal]);
    this.#batches = batchesOf(windows, options.accountsPerCall);
    this.#batches.forEach((batch, number) => {
      for (const account of batch.windows.keys()) this.#numbers.set(account, number);
    });
  }

  async rowsOf(account: string): Promise<Map<string, Row[]>> {
    const number = this.#numbers.get(account);
    const batch = number === undefined ? undefined : this.#batches[number];
    if (number === undefined || batch === undefined) return new Map();
    const spool = await this.#spoolOf(batch);
    const next = this.#batches[number + 1];
    if (next !== undefined) void this.#spoolOf(next);
    const rows = await spool.rowsOf(account, this.#signal);
    batch.waiting -= 1;
    if (batch.waiting === 0) await spool.close();
    return rows;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { spool } of this.#batches) await (await spool?.catch(() => null))?.close();
  }

  #spoolOf(batch: Batch): Promise<RowSpool> {
    if (batch.spool === null) {
      batch.spool = this.#read(batch.windows);
      // Should the work stop before its turn, a batch that fails then has nobody to tell.
      batch.spool.catch(() => undefined);
    }
    return batch.spool;
  }

  async #read(windows: AccountWindows): Promise<RowSpool> {
    this.#signal.throwIfAborted();
    const spool = new RowSpool();
    try {
      for await (const rows of this.options.read(windows, this.#signal)) await spool.put(rows);
      await spool.finish();
      return spool;
    } catch (error) {
      await spool.close();
      throw error;
    }
  }
}

/** As few as can be and of one size, yet two, so that the comparing of one and the reading of the next overlap. */
function batchesOf(windows: AccountWindows, accountsPerCall: number): Batch[] {
  const count = Math.max(2, Math.ceil(windows.size / accountsPerCall));
  const size = Math.ceil(windows.size / count);
  const entries = [...windows];
  return Array.from({ length: count }, (_, index) => new Map(entries.slice(index * size, (index + 1) * size)))
    .filter((part) => part.size > 0)
    .map((part) => ({ windows: part, waiting: part.size, spool: null }));
}
