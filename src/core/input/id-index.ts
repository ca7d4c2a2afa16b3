const UINT32 = 2 ** 32;
const MAX_SECOND = 2 ** 29;
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
const PLAIN = 0;
const ARRAY_TASK = 1;
const HET_COMPONENT = 2;
const OTHER_TEXT = 3;
const ZERO = 48;
const UNDERSCORE = 95;
const PLUS = 43;
const FIRST_CAPACITY = 1024;

/**
 * Finds entries by job id. An id of the forms `N`, `A_T` and `H+N` is kept as two numbers that say it exactly, which is what makes ten million
 * of them affordable; any other text is kept as it is.
 */
export class IdIndex {
  #count = 0;
  #low = new Uint32Array(FIRST_CAPACITY);
  #high = new Uint32Array(FIRST_CAPACITY);
  #entry = new Uint32Array(FIRST_CAPACITY);
  /** The link before this one with the same id, or -1. */
  #previous = new Int32Array(FIRST_CAPACITY);
  /** Hash table of the newest link of each id, as link + 1; 0 is free. */
  #slots = new Int32Array(FIRST_CAPACITY * 2);
  readonly #texts = new Map<string, number>();
  #keyLow = 0;
  #keyHigh = 0;

  /** Adds an id of an entry. */
  add(bytes: Buffer, start: number, end: number, entry: number): void {
    this.#toKey(bytes, start, end, true);
    if (this.#count === this.#low.length) this.#grow();
    const link = this.#count;
    this.#count += 1;
    const slot = this.#findSlot(this.#keyLow, this.#keyHigh);
    this.#low[link] = this.#keyLow;
    this.#high[link] = this.#keyHigh;
    this.#entry[link] = entry;
    this.#previous[link] = (this.#slots[slot] ?? 0) - 1;
    this.#slots[slot] = link + 1;
  }

  /** The newest entry of an id, or -1. */
  newest(bytes: Buffer, start: number, end: number): number {
    if (!this.#toKey(bytes, start, end, false)) return -1;
    const link = (this.#slots[this.#findSlot(this.#keyLow, this.#keyHigh)] ?? 0) - 1;
    return link < 0 ? -1 : (this.#entry[link] ?? -1);
  }

  /** The entries of an id, in the order in which they were added. */
  entriesOf(id: string): number[] {
    const bytes = Buffer.from(id);
    const entries: number[] = [];
    if (!this.#toKey(bytes, 0, bytes.length, false)) return entries;
    let link = (this.#slots[this.#findSlot(this.#keyLow, this.#keyHigh)] ?? 0) - 1;
    for (; link >= 0; link = this.#previous[link] ?? -1) entries.push(this.#entry[link] ?? 0);
    return entries.reverse();
  }

  /** Puts the key of an id into #keyLow and #keyHigh; false for a text that was never added. */
  #toKey(bytes: Buffer, start: number, end: number, add: boolean): boolean {
    const firstEnd = digitsEnd(bytes, start, end);
    const first = numberOf(bytes, start, firstEnd);
    if (first >= 0 && firstEnd === end) {
      this.#keyLow = first % UINT32;
      this.#keyHigh = packHigh(PLAIN, Math.floor(first / UINT32));
      return true;
    }
    const sign = bytes[firstEnd];
    const second = numberOf(bytes, firstEnd + 1, end);
    if (first >= 0 && first < UINT32 && second >= 0 && second < MAX_SECOND && (sign === UNDERSCORE || sign === PLUS)) {
      this.#keyLow = first;
      this.#keyHigh = packHigh(sign === UNDERSCORE ? ARRAY_TASK : HET_COMPONENT, second);
      return true;
    }
    return this.#toTextKey(bytes.toString('utf8', start, end), add);
  }

  #toTextKey(text: string, add: boolean): boolean {
    let ordinal = this.#texts.get(text);
    if (ordinal === undefined) {
      if (!add) return false;
      ordinal = this.#texts.size;
      this.#texts.set(text, ordinal);
    }
    this.#keyLow = ordinal;
    this.#keyHigh = packHigh(OTHER_TEXT, 0);
    return true;
  }

  #findSlot(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    // Eight ids that follow one another share a cache line: ids come nearly in order.
    const block = Math.imul((low >>> 3) ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
    let slot = (((block ^ (block >>> 15)) << 3) | (low & 7)) & mask;
    for (;;) {
      const link = (this.#slots[slot] ?? 0) - 1;
      if (link < 0 || (this.#low[link] === low && this.#high[link] === high)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = Math.ceil(this.#low.length * 1.5);
    this.#low = enlarge(new Uint32Array(capacity), this.#low);
    this.#high = enlarge(new Uint32Array(capacity), this.#high);
    this.#entry = enlarge(new Uint32Array(capacity), this.#entry);
    this.#previous = enlarge(new Int32Array(capacity), this.#previous);
    if (capacity * 1.5 <= this.#slots.length) return;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let link = 0; link < this.#count; link += 1) {
      this.#slots[this.#findSlot(this.#low[link] ?? 0, this.#high[link] ?? 0)] = link + 1;
    }
  }
}

function packHigh(kind: number, value: number): number {
  return kind * MAX_SECOND + value;
}

function digitsEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at])) at += 1;
  return at;
}

/** A number without superfluous zeros, or -1: only such a text can be told again from its number. */
function numberOf(bytes: Buffer, start: number, end: number): number {
  if (start >= end || (bytes[start] === ZERO && end - start > 1) || end - start > 16) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (!isDigit(byte)) return -1;
    value = value * 10 + (byte ?? 0) - ZERO;
  }
  return value <= MAX_EXACT ? value : -1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function enlarge<T extends Uint32Array | Int32Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}
