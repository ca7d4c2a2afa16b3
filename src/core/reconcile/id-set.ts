const BLOCK_BITS = 15;
const BLOCK_IDS = 2 ** BLOCK_BITS;
const PLAIN_ID = /^(?:0|[1-9][0-9]{0,14})$/;

/** A set of job ids, of which a run may meet ten million: numbers that lie close together take a bit each. */
export class IdSet {
  readonly #blocks = new Map<number, Uint32Array>();
  readonly #others = new Set<string>();

  has(id: string): boolean {
    if (!PLAIN_ID.test(id)) return this.#others.has(id);
    const number = Number(id);
    const block = this.#blocks.get(Math.floor(number / BLOCK_IDS));
    return block !== undefined && ((block[wordOf(number)] ?? 0) & bitOf(number)) !== 0;
  }

  add(id: string): void {
    if (!PLAIN_ID.test(id)) {
      this.#others.add(id);
      return;
    }
    const number = Number(id);
    const key = Math.floor(number / BLOCK_IDS);
    let block = this.#blocks.get(key);
    if (block === undefined) this.#blocks.set(key, (block = new Uint32Array(BLOCK_IDS / 32)));
    block[wordOf(number)] = (block[wordOf(number)] ?? 0) | bitOf(number);
  }
}

function wordOf(number: number): number {
  return (number % BLOCK_IDS) >>> 5;
}

function bitOf(number: number): number {
  return 1 << (number % 32);
}
