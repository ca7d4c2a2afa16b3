import { formatAmount, type Cents } from '../service-units.js';
import type { Verification } from '../verify.js';
import type { Balance, Cause, CauseKind } from './balance.js';

/** Records named per cause: the first few tell what kind they are. */
const RECORDS_NAMED = 20;

export interface CauseJson {
  readonly kind: CauseKind;
  readonly message: string;
  /** Decimal texts; null: nobody knows how far it reaches. */
  readonly least: string | null;
  readonly most: string | null;
  readonly recordCount: number;
  readonly records: readonly { readonly jobId: string; readonly userId: string | null; readonly amount: string }[];
}

export interface BalanceJson {
  readonly account: string;
  readonly userId: string | null;
  readonly usage: string;
  readonly charged: string;
  readonly recordCount: number;
  readonly difference: string;
  readonly unexplained: string;
  readonly causes: readonly CauseJson[];
}

/** What `verify --json` prints. Amounts are decimal texts. */
export interface VerificationJson extends Omit<Verification, 'balances'> {
  /** Of accounts and users together. */
  readonly counts: { readonly agree: number; readonly explained: number; readonly unexplained: number };
  readonly balances: readonly BalanceJson[];
}

export function verificationJson({ balances, ...rest }: Verification): VerificationJson {
  const count = (fits: (balance: Balance) => boolean): number => balances.filter(fits).length;
  return {
    ...rest,
    counts: {
      agree: count(({ difference }) => difference === 0n),
      explained: count(({ difference, unexplained }) => difference !== 0n && unexplained === 0n),
      unexplained: count(({ unexplained }) => unexplained !== 0n),
    },
    balances: balances.map(balanceJson),
  };
}

function balanceJson({ account, userId, usage, charged, recordCount, difference, unexplained, causes }: Balance): BalanceJson {
  return {
    account,
    userId,
    usage: formatAmount(usage),
    charged: formatAmount(charged),
    recordCount,
    difference: formatAmount(difference),
    unexplained: formatAmount(unexplained),
    causes: causes.map(causeJson),
  };
}

function causeJson({ kind, message, least, most, records }: Cause): CauseJson {
  const text = (cents: Cents | null): string | null => (cents === null ? null : formatAmount(cents));
  const named = records.slice(0, RECORDS_NAMED).map(({ jobId, userId, amount }) => ({ jobId, userId, amount: formatAmount(amount) }));
  return { kind, message, least: text(least), most: text(most), recordCount: records.length, records: named };
}
