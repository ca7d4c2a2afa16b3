import { HEADER_BYTES, writeHeader } from './spool-page.js';

const FIELDS = 6;

/** The entries of an account in a round that was laid out. */
export interface Piece {
  readonly account: number;
  readonly offset: number;
  readonly length: number;
}

/** Collects entries as they come and lays them out by account. */
export class SpoolRound {
  #arena: Buffer;
  #held = 0;
  #base = 0;
  /** Account, start, end, file, position and number of each entry. */
  #entries = new Uint32Array(FIELDS * 1024);
  #count = 0;
  #lengths: number[] = [];

  constructor(bytes: number) {
    this.#arena = Buffer.allocUnsafeSlow(bytes);
  }

  get isEmpty(): boolean {
    return this.#held === 0 && this.#count === 0;
  }

  hasRoom(length: number): boolean {
    return this.#held + length <= this.#arena.length;
  }

  /** Copies bytes in; `add` then counts from their beginning. Bytes larger than a round make a round of their own. */
  hold(bytes: Buffer): void {
    if (bytes.length > this.#arena.length) this.#arena = Buffer.allocUnsafeSlow(bytes.length);
    this.#arena.set(bytes, this.#held);
    this.#base = this.#held;
    this.#held += bytes.length;
  }

  add(account: number, start: number, end: number, file: number, position: number, entry: number): void {
    const at = this.#count * FIELDS;
    if (at === this.#entries.length) this.#grow();
    const entries = this.#entries;
    entries[at] = account;
    entries[at + 1] = this.#base + start;
    entries[at + 2] = this.#base + end;
    entries[at + 3] = file;
    entries[at + 4] = position;
    entries[at + 5] = entry;
    this.#count += 1;
    this.#lengths[account] = (this.#lengths[account] ?? 0) + HEADER_BYTES + end - start;
  }

  /** Bytes that `layOut` needs. */
  get laidLength(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  /** Writes the entries by account into `target`, tells where each went, and begins anew. */
  layOut(target: Buffer, placed: (entry: number, offset: number) => void): Piece[] {
    const pieces: Piece[] = [];
    const cursors: number[] = [];
    let offset = 0;
    this.#lengths.forEach((length, account) => {
      pieces.push({ account, offset, length });
      cursors[account] = offset;
      offset += length;
    });
    this.#writeEntries(target, cursors, placed);
    this.#held = 0;
    this.#count = 0;
    this.#lengths = [];
    return pieces;
  }

  #writeEntries(target: Buffer, cursors: number[], placed: (entry: number, offset: number) => void): void {
    const entries = this.#entries;
    for (let at = 0; at < this.#count * FIELDS; at += FIELDS) {
      const account = entries[at] ?? 0;
      const start = entries[at + 1] ?? 0;
      const end = entries[at + 2] ?? 0;
      const entry = entries[at + 5] ?? 0;
      const cursor = cursors[account] ?? 0;
      writeHeader(target, cursor, end - start, entries[at + 3] ?? 0, entries[at + 4] ?? 0, entry);
      this.#arena.copy(target, cursor + HEADER_BYTES, start, end);
      placed(entry, cursor);
      cursors[account] = cursor + HEADER_BYTES + end - start;
    }
  }

  #grow(): void {
    const larger = new Uint32Array(this.#entries.length * 2);
    larger.set(this.#entries);
    this.#entries = larger;
  }
}
