import { Spool } from '../input/spool.js';
import type { Row } from '../job.js';
import { readRow, writeRow } from './row-text.js';

/** Up to here the rows of a batch stay in memory; what is larger goes to a temporary file from then on. */
const MEMORY_BYTES = 4 * 1024 * 1024;
const ROUND_BYTES = 2 * 1024 * 1024;
const SCRATCH_BYTES = 256 * 1024;
/** UTF-8 needs no more for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Rows that come in any order, put away by account, so that many accounts can be read at once in bounded memory. `close` in `finally`. */
export class RowSpool {
  readonly #spool = new Spool({ memoryBytes: MEMORY_BYTES, roundBytes: ROUND_BYTES, findsIds: false });
  readonly #accounts = new Map<string, number>();
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #used = 0;
  /** Account and end of each row in the scratch, in turns. */
  #pending: number[] = [];

  async put(rows: readonly Row[]): Promise<void> {
    for (const row of rows) {
      const text = writeRow(row);
      if (this.#used + text.length * BYTES_PER_UNIT > this.#scratch.length) await this.#flush(text.length * BYTES_PER_UNIT);
      this.#used += this.#scratch.write(text, this.#used);
      this.#pending.push(this.#accountNumber(row.account), this.#used);
    }
  }

  /** Ends the writing; reading begins after it. */
  async finish(): Promise<void> {
    await this.#flush(0);
    await this.#spool.finish();
    this.#scratch = Buffer.alloc(0);
  }

  /** Rows of an account by raw id, in the order in which they came. */
  async rowsOf(account: string, signal: AbortSignal): Promise<Map<string, Row[]>> {
    const byId = new Map<string, Row[]>();
    for await (const page of this.#spool.pagesOf(account, signal)) {
      for (let index = 0; index < page.count; index += 1) addRow(byId, readRow(page.text(index), account));
    }
    return byId;
  }

  close(): Promise<void> {
    return this.#spool.close();
  }

  async #flush(room: number): Promise<void> {
    const pending = this.#pending;
    if (pending.length > 0) {
      await this.#spool.hold(this.#scratch.subarray(0, this.#used));
      for (let at = 0, start = 0; at < pending.length; at += 2) {
        const end = pending[at + 1] ?? 0;
        this.#spool.add(pending[at] ?? 0, start, end, 0, 0);
        start = end;
      }
    }
    if (room > this.#scratch.length) this.#scratch = Buffer.allocUnsafeSlow(room);
    this.#used = 0;
    this.#pending = [];
  }

  #accountNumber(name: string): number {
    let number = this.#accounts.get(name);
    if (number === undefined) {
      const bytes = Buffer.from(name);
      this.#accounts.set(name, (number = this.#spool.accountNumber(bytes, 0, bytes.length)));
    }
    return number;
  }
}

export function addRow(byId: Map<string, Row[]>, row: Row): void {
  const held = byId.get(row.jobId);
  if (held === undefined) byId.set(row.jobId, [row]);
  else held.push(row);
}
