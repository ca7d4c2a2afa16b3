import { begun } from '../begun.js';
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

/** What was read of a batch, until it is taken. */
interface HeldRows {
  rowsOf(account: string, signal: AbortSignal): Promise<Map<string, Row[]>>;
  close(): Promise<void>;
}

interface Batch {
  readonly windows: AccountWindows;
  /** Accounts that have not been taken yet. */
  waiting: number;
  held: Promise<HeldRows> | null;
}

/**
 * Asks for many accounts at once, and puts their rows away until their turn comes. The first batch is read from now on, and while one is taken the
 * next: the comparing of one and the reading of another overlap.
 */
export function openAccountRows(windows: AccountWindows, { accountsPerCall, signal, read }: AccountRowsOptions): AccountRows {
  const closing = new AbortController();
  const until = AbortSignal.any([signal, closing.signal]);
  const batches = batchesOf(windows, accountsPerCall);
  const numbers = new Map(batches.flatMap((batch, number) => [...batch.windows.keys()].map((account) => [account, number])));

  function load(batch: Batch | undefined): Promise<HeldRows> | null {
    if (batch === undefined) return null;
    batch.held ??= begun(hold(read(batch.windows, until), batch.windows.size === 1));
    return batch.held;
  }

  void load(batches[0]);
  return {
    async rowsOf(account) {
      const number = numbers.get(account) ?? -1;
      const batch = batches[number];
      const held = await load(batch);
      if (batch === undefined || held === null) return new Map();
      void load(batches[number + 1]);
      const rows = await held.rowsOf(account, until);
      batch.waiting -= 1;
      if (batch.waiting === 0) await held.close();
      return rows;
    },
    async close() {
      closing.abort();
      for (const { held } of batches) await (await held?.catch(() => null))?.close();
    },
  };
}

/** One account's rows stay in memory, where they are going anyway. */
async function hold(batches: AsyncIterable<readonly Row[]>, isOneAccount: boolean): Promise<HeldRows> {
  const held = isOneAccount ? new OneAccount() : new RowSpool();
  try {
    for await (const rows of batches) await held.put(rows);
    await held.finish();
    return held;
  } catch (error) {
    await held.close();
    throw error;
  }
}

class OneAccount implements HeldRows {
  #byId = new Map<string, Row[]>();

  put(rows: readonly Row[]): Promise<void> {
    for (const row of rows) addRow(this.#byId, row);
    return Promise.resolve();
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  rowsOf(): Promise<Map<string, Row[]>> {
    return Promise.resolve(this.#byId);
  }

  close(): Promise<void> {
    this.#byId = new Map();
    return Promise.resolve();
  }
}

/** The last batch has nothing to overlap with: it is this part of the others. */
const LAST_PART = 1 / 3;

/** As few as can be, yet two, so that there is something to overlap; of one size but for the last. */
function batchesOf(windows: AccountWindows, accountsPerCall: number): Batch[] {
  const count = Math.max(2, Math.ceil(windows.size / accountsPerCall + 1 - LAST_PART));
  const size = Math.min(accountsPerCall, Math.ceil(windows.size / (count - 1 + LAST_PART)));
  const entries = [...windows];
  return Array.from({ length: count }, (_, index) => batchOf(entries.slice(index * size, (index + 1) * size))).filter(
    (batch) => batch.waiting > 0,
  );
}

function batchOf(entries: readonly (readonly [string, Window])[]): Batch {
  return { windows: new Map(entries), waiting: entries.length, held: null };
}
