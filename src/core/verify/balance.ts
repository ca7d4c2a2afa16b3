import type { Cents } from '../service-units.js';

/** Why usage and records may honestly differ (money 24). */
export type CauseKind =
  /** An estimate was charged when the job started; the job ended after the allocation, so its end moved no usage. */
  | 'ended-after-allocation'
  /** Charged before the allowance was set anew on its first day, so the charge is gone. */
  | 'started-on-first-day'
  /** The amount is not the one that this tool wrote, with the same dates: edited in the portal's own pages, where usage stays. */
  | 'edited-since-written'
  /** Usage was at 0.00 when this tool lowered a record: what had been charged before is gone. */
  | 'floored'
  /** The allocation is closed, and its usage set to 0.00. */
  | 'allocation-closed';

/** A record that could have a part in a difference. */
export interface CauseRecord {
  readonly jobId: string;
  readonly userId: string | null;
  readonly amount: Cents;
}

/** A cause that records or journals show, and how far it reaches. */
export interface Cause {
  readonly kind: CauseKind;
  /** One sentence. */
  readonly message: string;
  /** The most by which it makes usage less than the records say: 0 or negative; null: nobody knows. */
  readonly least: Cents | null;
  /** The most by which it makes usage more; null: nobody knows. */
  readonly most: Cents | null;
  readonly records: readonly CauseRecord[];
}

/** Usage of an account, or of a user of it, against the records that the portal would have charged. */
export interface Balance {
  readonly account: string;
  /** Null: the whole account. */
  readonly userId: string | null;
  readonly usage: Cents;
  /** Sum of the records that count. */
  readonly charged: Cents;
  readonly recordCount: number;
  /** Usage less records. */
  readonly difference: Cents;
  /** Those that reach in the direction of the difference; none where there is none. */
  readonly causes: readonly Cause[];
  /** What no cause reaches. */
  readonly unexplained: Cents;
}

export interface BalanceFigures extends Omit<Balance, 'difference' | 'causes' | 'unexplained'> {
  /** All that are to be seen, whichever way they reach. */
  readonly causes: readonly Cause[];
}

/** Holds a difference against its causes: it is explained as far as all of them together reach. */
export function balanceOf({ causes, ...figures }: BalanceFigures): Balance {
  const difference = figures.usage - figures.charged;
  if (difference === 0n) return { ...figures, difference, causes: [], unexplained: 0n };
  const reachOf = (cause: Cause): Cents | null => (difference < 0n ? cause.least : cause.most);
  const reaching = causes.filter((cause) => reachOf(cause) !== 0n);
  const reach = reaching.reduce<Cents | null>((sum, cause) => {
    const own = reachOf(cause);
    return sum === null || own === null ? null : sum + own;
  }, 0n);
  return { ...figures, difference, causes: reaching, unexplained: reach === null ? 0n : beyond(difference, reach) };
}

function beyond(difference: Cents, reach: Cents): Cents {
  const rest = difference - reach;
  return difference < 0n === rest < 0n ? rest : 0n;
}
