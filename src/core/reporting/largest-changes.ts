import { parseAmount, type Cents } from '../service-units.js';
import type { ReportedChange } from './run-changes.js';

/** Keeps the changes that move the most SU, in bounded memory. */
export class LargestChanges {
  readonly #limit: number;
  #kept: { readonly moved: Cents; readonly order: number; readonly change: ReportedChange }[] = [];
  #seen = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Those that found no room. */
  get omitted(): number {
    return Math.max(0, this.#seen - this.#limit);
  }

  add(change: ReportedChange): void {
    const difference = parseAmount(change.change.suDifference);
    this.#kept.push({ moved: difference < 0n ? -difference : difference, order: this.#seen, change });
    this.#seen += 1;
    if (this.#kept.length > 2 * this.#limit + 1_000) this.#cut();
  }

  /** The largest first. */
  bySize(): ReportedChange[] {
    this.#cut();
    return this.#kept.map(({ change }) => change);
  }

  /** As they were added. */
  inOrder(): ReportedChange[] {
    this.#cut();
    return this.#kept.toSorted((a, b) => a.order - b.order).map(({ change }) => change);
  }

  #cut(): void {
    this.#kept.sort((a, b) => (a.moved === b.moved ? a.order - b.order : a.moved > b.moved ? -1 : 1));
    this.#kept.length = Math.min(this.#kept.length, this.#limit);
  }
}
