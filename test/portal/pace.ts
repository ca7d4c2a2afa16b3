/** How long the portal takes, and how much it does at once. */
export interface Pace {
  /** Server processes; the rest waits in line. */
  readonly workers: number;
  readonly writeMs: number;
  readonly listedJobMs: number;
  /** Any other answer. */
  readonly lookupMs: number;
}

/** Measured on a real portal with two server processes (recordings, README). */
export const MEASURED_PACE: Pace = { workers: 2, writeMs: 50, listedJobMs: 4, lookupMs: 16 };

/** Server processes, each busy with one request at a time, in order of arrival. */
export class Workers {
  readonly #count: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #mostBusy = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** How many requests were ever served at once. */
  get mostBusy(): number {
    return this.#mostBusy;
  }

  async serve<T>(task: () => Promise<T>): Promise<T> {
    if (this.#busy === this.#count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    this.#mostBusy = Math.max(this.#mostBusy, this.#busy);
    try {
      return await task();
    } finally {
      // The one that waits takes over this place, so the count stays.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
