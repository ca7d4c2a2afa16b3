import { IdIndex } from './id-index.js';
import { NameTable } from './name-table.js';
import { SegmentStore } from './segment-store.js';
import { HEADER_BYTES, SpoolPage } from './spool-page.js';
import { SpoolRound } from './spool-round.js';

/** Up to here everything stays in memory. */
export const DEFAULT_SPOOL_BYTES = 64 * 1024 * 1024;
/** Bounds the memory of a spool that has gone to its file. */
const ROUND_BYTES = 8 * 1024 * 1024;
const PAGE_BYTES = 256 * 1024;
const LOOKUPS_AT_ONCE = 500;
const LOOKUP_BYTES = 1024;

export interface SpoolOptions {
  /** Bytes held in memory before a temporary file is used. */
  readonly memoryBytes?: number;
  /** Bytes that are collected before they are laid out by account. */
  readonly roundBytes?: number;
  /** Where the temporary file goes; the system's place by default. */
  readonly directory?: string;
  /** Whether entries are to be found by id, too; else their places need not be remembered. */
  readonly findsIds?: boolean;
}

/**
 * Raw records, put away by account in the order in which they came, and found again by account or by id. Entries are collected in rounds and
 * then laid out by account, so that reading an account reads few, long pieces.
 *
 * Use: `hold` some bytes, `add` the entries that lie in them, in the end `finish`; then read; `close` in `finally`.
 */
export class Spool {
  readonly #store: SegmentStore;
  readonly #accounts = new NameTable();
  readonly #ids = new IdIndex();
  /** Per account: address and length of its pieces, in turns. */
  readonly #pieces: number[][] = [];
  #round: SpoolRound | null;
  /** Two that take turns once the store keeps nothing in memory: one is filled while the other is written. */
  #layouts: (Buffer | undefined)[] = [];
  #count = 0;
  /** Null where nothing is found by id. */
  #addresses: Float64Array | null;
  /** 1 for an entry that a later one replaces. */
  #dropped: Uint8Array | null = null;

  constructor(options: SpoolOptions = {}) {
    const memoryBytes = options.memoryBytes ?? DEFAULT_SPOOL_BYTES;
    this.#store = new SegmentStore(memoryBytes, options.directory);
    this.#round = new SpoolRound(options.roundBytes ?? ROUND_BYTES);
    this.#addresses = options.findsIds === false ? null : new Float64Array(1024);
  }

  /** Number of entries, dropped ones included. */
  get count(): number {
    return this.#count;
  }

  get inMemory(): boolean {
    return this.#store.inMemory;
  }

  /** Takes bytes in, so that entries in them can be added. */
  async hold(bytes: Buffer): Promise<void> {
    const round = this.#openRound();
    if (!round.isEmpty && !round.hasRoom(bytes.length)) await this.#layOut(round);
    round.hold(bytes);
  }

  /** The number of an account by its name's bytes. */
  accountNumber(bytes: Buffer, start: number, end: number): number {
    return this.#accounts.number(bytes, start, end);
  }

  /** Adds an entry; gives its number. */
  add(account: number, start: number, end: number, file: number, position: number): number {
    const entry = this.#count;
    this.#count += 1;
    const addresses = this.#addresses;
    if (entry === addresses?.length) this.#addresses = enlarge(new Float64Array(Math.ceil(entry * 1.5)), addresses);
    this.#openRound().add(account, start, end, file, position, entry);
    return entry;
  }

  /** Makes an entry findable by an id; it can have several. */
  addId(entry: number, bytes: Buffer, start: number, end: number): void {
    this.#ids.add(bytes, start, end, entry);
  }

  /** The entry last added with an id, or -1. */
  newest(bytes: Buffer, start: number, end: number): number {
    return this.#ids.newest(bytes, start, end);
  }

  /** Leaves an entry out from now on. */
  drop(entry: number): void {
    this.#dropped ??= new Uint8Array(this.#count);
    if (entry >= this.#dropped.length) this.#dropped = enlarge(new Uint8Array(Math.ceil(this.#count * 1.5)), this.#dropped);
    this.#dropped[entry] = 1;
  }

  /** Ends the writing; reading begins after it. */
  async finish(): Promise<void> {
    const round = this.#openRound();
    if (!round.isEmpty) await this.#layOut(round);
    await this.#store.settle();
    this.#round = null;
    this.#layouts = [];
  }

  accounts(): string[] {
    return this.#accounts.names();
  }

  /** The entries of an account. */
  async *pagesOf(account: string, signal: AbortSignal): AsyncGenerator<SpoolPage, void, undefined> {
    const number = this.#accounts.numberOf(account);
    const pieces = number === undefined ? undefined : this.#pieces[number];
    if (pieces === undefined) return;
    const groups = groupPieces(pieces);
    let next = this.#readGroup(groups[0] ?? []);
    for (let index = 1; index <= groups.length; index += 1) {
      signal.throwIfAborted();
      const page = await next;
      // The next page is read while this one is used.
      next = this.#readGroup(groups[index] ?? []);
      next.catch(() => undefined);
      yield page;
    }
  }

  /** The entries with one of these ids, each once. */
  async *pagesById(ids: Iterable<string>, signal: AbortSignal): AsyncGenerator<SpoolPage, void, undefined> {
    const found = new Set<number>();
    for (const id of ids) for (const entry of this.#ids.entriesOf(id)) found.add(entry);
    const entries = [...found].sort((one, other) => this.#address(one) - this.#address(other));
    for (let at = 0; at < entries.length; at += LOOKUPS_AT_ONCE) {
      signal.throwIfAborted();
      const parts = await Promise.all(entries.slice(at, at + LOOKUPS_AT_ONCE).map((entry) => this.#readEntry(this.#address(entry))));
      yield this.#page(Buffer.concat(parts));
    }
  }

  /** Frees memory and file; may be called again. */
  async close(): Promise<void> {
    this.#round = null;
    this.#layouts = [];
    await this.#store.close();
  }

  #openRound(): SpoolRound {
    if (this.#round === null) throw new Error('The spool was written to after it was finished.');
    return this.#round;
  }

  async #layOut(round: SpoolRound): Promise<void> {
    const length = round.laidLength;
    const spare = this.#layouts.length > 1 ? this.#layouts.shift() : undefined;
    const layout = spare !== undefined && spare.length >= length ? spare : Buffer.allocUnsafeSlow(length);
    const bytes = layout.subarray(0, length);
    const base = this.#store.length;
    const addresses = this.#addresses;
    const place = (entry: number, offset: number): void => {
      if (addresses !== null) addresses[entry] = base + offset;
    };
    for (const piece of round.layOut(bytes, place)) {
      (this.#pieces[piece.account] ??= []).push(base + piece.offset, piece.length);
    }
    await this.#store.append(bytes);
    if (!this.#store.inMemory) this.#layouts.push(layout);
  }

  async #readGroup(pieces: readonly number[]): Promise<SpoolPage> {
    let length = 0;
    for (let at = 1; at < pieces.length; at += 2) length += pieces[at] ?? 0;
    const bytes = Buffer.allocUnsafeSlow(length);
    const reads: Promise<void>[] = [];
    for (let at = 0, offset = 0; at < pieces.length; at += 2) {
      const end = offset + (pieces[at + 1] ?? 0);
      reads.push(this.#store.readInto(bytes.subarray(offset, end), pieces[at] ?? 0));
      offset = end;
    }
    await Promise.all(reads);
    return this.#page(bytes);
  }

  async #readEntry(address: number): Promise<Buffer> {
    const guess = await this.#store.read(address, LOOKUP_BYTES);
    const length = HEADER_BYTES + guess.readUInt32LE(0);
    return length <= guess.length ? guess.subarray(0, length) : this.#store.read(address, length);
  }

  #page(bytes: Buffer): SpoolPage {
    const dropped = this.#dropped;
    return new SpoolPage(bytes, dropped === null ? null : (entry) => dropped[entry] === 1);
  }

  #address(entry: number): number {
    return this.#addresses?.[entry] ?? 0;
  }
}

/** Pieces that make a page together: small accounts of a large input lie in many small pieces. */
function groupPieces(pieces: readonly number[]): number[][] {
  const groups: number[][] = [];
  let bytes = PAGE_BYTES;
  for (let at = 0; at < pieces.length; at += 2) {
    const length = pieces[at + 1] ?? 0;
    if (bytes + length > PAGE_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups[groups.length - 1]?.push(pieces[at] ?? 0, length);
    bytes += length;
  }
  return groups;
}

function enlarge<T extends Float64Array | Uint8Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}
