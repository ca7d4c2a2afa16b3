import { BrcSyncError, formatAmount, type DocumentEnd } from '../../../builtin-sdk.js';

interface ListCount {
  readonly count: number;
  readonly totalAmount: number | null;
  /** Pages without a predecessor: how many lists say these figures. */
  firstPages: number;
}

/**
 * Holds what a portal's pages say of their list against what was read. Every page says the length and sum of the whole list; a list that
 * moved while it was read says different figures on different pages, and so never fits.
 */
export class ListTotals {
  readonly #lists = new Map<string, ListCount>();
  #isWhole = true;

  /** `rest` of a page; a document without a count ends the checking, since its records cannot be told apart. */
  note({ rest }: Pick<DocumentEnd, 'rest'>): void {
    if (typeof rest.count !== 'number') {
      this.#isWhole = false;
      return;
    }
    const totalAmount = typeof rest.total_amount === 'number' ? rest.total_amount : null;
    const key = `${rest.count} ${totalAmount ?? ''}`;
    const list = this.#lists.get(key) ?? { count: rest.count, totalAmount, firstPages: 0 };
    if (rest.previous === null || rest.previous === undefined) list.firstPages += 1;
    this.#lists.set(key, list);
  }

  /** @throws BrcSyncError INPUT_INVALID when the pages say another number or sum than was found, repeats dropped. */
  verify(files: string, foundCount: number, foundCents: bigint | null): void {
    if (!this.#isWhole || this.#lists.size === 0) return;
    const lists = [...this.#lists.values()];
    const figures = sumOf(lists, (list) => Math.max(1, list.firstPages));
    // A first page that stands twice is one list read again, not two: then the figures fit once each.
    const readAgain = sumOf(lists, () => 1);
    const fits = [figures, readAgain].some(
      ({ count, cents }) => count === foundCount && (cents === null || foundCents === null || cents === foundCents),
    );
    if (fits) return;
    if (figures.count !== foundCount) throw differs(files, 'entries', String(figures.count), String(foundCount));
    throw differs(files, 'service units', formatAmount(figures.cents ?? 0n), formatAmount(foundCents ?? 0n));
  }
}

/** Length and sum of all lists together; a null sum where a page does not say it. */
function sumOf(lists: readonly ListCount[], times: (list: ListCount) => number): { count: number; cents: bigint | null } {
  const count = lists.reduce((sum, list) => sum + list.count * times(list), 0);
  if (lists.some((list) => list.totalAmount === null)) return { count, cents: null };
  const cents = lists.reduce((sum, list) => sum + BigInt(Math.round((list.totalAmount ?? 0) * 100)) * BigInt(times(list)), 0n);
  return { count, cents };
}

function differs(files: string, unit: string, expected: string, found: string): BrcSyncError {
  return new BrcSyncError('INPUT_INVALID', {
    message: `${files}: the pages speak of ${expected} ${unit}, but hold ${found}, repeats dropped.`,
    remedy: 'A page is missing, or the list changed while it was read: read the whole list again.',
    context: { files, unit, expected, found },
  });
}
