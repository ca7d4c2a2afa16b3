const FIRST_SLOTS = 256;

/** Numbers names as they come, from their bytes: a name is decoded once, however many lines bear it. */
export class NameTable {
  readonly #names: Buffer[] = [];
  readonly #numbers = new Map<string, number>();
  /** Hash table of numbers + 1; 0 is free. */
  #slots = new Int32Array(FIRST_SLOTS);

  /** The number of a name, new or known. */
  number(bytes: Buffer, start: number, end: number): number {
    const slot = this.#findSlot(bytes, start, end);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known >= 0) return known;
    const name = Buffer.from(bytes.subarray(start, end));
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name.toString(), number);
    this.#slots[slot] = number + 1;
    if (this.#names.length * 2 > this.#slots.length) this.#grow();
    return number;
  }

  /** The number of a known name. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  names(): string[] {
    return [...this.#numbers.keys()];
  }

  #findSlot(bytes: Buffer, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    let hash = 0;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0 || isEqual(this.#names[number], bytes, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#names.forEach((name, number) => {
      this.#slots[this.#findSlot(name, 0, name.length)] = number + 1;
    });
  }
}

function isEqual(name: Buffer | undefined, bytes: Buffer, start: number, end: number): boolean {
  if (name?.length !== end - start) return false;
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] !== bytes[start + at]) return false;
  }
  return true;
}
