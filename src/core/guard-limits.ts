import { BrcSyncError } from './errors.js';
import { parseAmount, type Cents } from './service-units.js';

/** What a run may do without being asked (money 20): `guard` of a site, key by key; null switches a limit off. */
export interface GuardLimits {
  /** Changes in all. */
  readonly changes: number | null;
  /** Changes as a share of the records read, of `run full`; counts from 100 changes on. */
  readonly sharePercent: number | null;
  /** SU up and down together, with signs, either way. */
  readonly netSu: number | null;
  /** SU up plus SU down. */
  readonly grossSu: number | null;
  /** Net SU of one account, either way. */
  readonly accountSu: number | null;
  /** Closed records whose amount would rise or fall, as a share of the closed records read; counts from 10 records on. */
  readonly closedRaisedPercent: number | null;
  readonly closedLoweredPercent: number | null;
  readonly closedRaisedSu: number | null;
  readonly closedLoweredSu: number | null;
  /** Open records that would be charged more than was estimated, as a share of those that would be closed; counts from 10 records on. */
  readonly overEstimatePercent: number | null;
  /** Records whose job the source does not know, as a share of the records read; counts from 10 records on. */
  readonly missingPercent: number | null;
  /** Rows of the source, and records of the sink, less than this share of those of the last `run full`. */
  readonly shrunkenPercent: number | null;
}

export const DEFAULT_GUARD: GuardLimits = {
  changes: 20_000,
  sharePercent: 25,
  netSu: 2_000_000,
  grossSu: 5_000_000,
  accountSu: 1_000_000,
  closedRaisedPercent: 5,
  closedLoweredPercent: 5,
  closedRaisedSu: 50_000,
  closedLoweredSu: 50_000,
  overEstimatePercent: 25,
  missingPercent: 10,
  shrunkenPercent: 50,
};

/** JSON Schema of `guard`. */
export const GUARD_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(DEFAULT_GUARD).map(([key, value]) => [
      key,
      { type: ['number', 'null'], minimum: 0, ...(key.endsWith('Percent') ? { maximum: 100 } : {}), examples: [value] },
    ]),
  ),
  examples: [{ closedLoweredSu: 20_000 }],
} as const;

/** What --allow can name: with `=N`, up to the figure that the refusal showed; conditions without a figure stand alone. */
export const ALLOWABLE = {
  changes: 'count',
  share: 'count',
  'net-su': 'su',
  'gross-su': 'su',
  'account-su': 'su',
  'closed-raised': 'count',
  'closed-lowered': 'count',
  'closed-raised-su': 'su',
  'closed-lowered-su': 'su',
  'over-estimate': 'count',
  missing: 'count',
  'empty-source': 'plain',
  'empty-sink': 'plain',
  'shrunken-source': 'plain',
  'shrunken-sink': 'plain',
  prices: 'plain',
} as const satisfies Record<string, 'count' | 'su' | 'plain'>;
export type Allowable = keyof typeof ALLOWABLE;

/** What was allowed on the command line, each up to its figure: a count, cents of SU, or nothing. */
export type Allowance = ReadonlyMap<Allowable, Cents>;

/** Reads `--allow NAME[=N]`. @throws BrcSyncError `USAGE` */
export function parseAllowance(texts: readonly string[]): Allowance {
  return new Map(texts.map(parseOne));
}

function parseOne(text: string): readonly [Allowable, Cents] {
  const [name = '', value] = text.split('=', 2);
  const unit = (ALLOWABLE as Readonly<Record<string, 'count' | 'su' | 'plain'>>)[name];
  if (unit === 'plain' && value === undefined) return [name as Allowable, 0n];
  if (unit === 'count' && value !== undefined && /^[0-9]{1,12}$/.test(value)) return [name as Allowable, BigInt(value)];
  if (unit === 'su' && value !== undefined && /^[0-9]{1,12}([.][0-9]{2})?$/.test(value)) {
    return [name as Allowable, parseAmount(value.includes('.') ? value : `${value}.00`)];
  }
  throw new BrcSyncError('USAGE', {
    message: `--allow ${text}: ${unit === undefined ? 'no such limit' : unit === 'plain' ? 'takes no figure' : `needs a figure, as in ${name}=${unit === 'su' ? '1234.56' : '41'}`}.`,
    remedy: `Give what the refusal shows. Limits: ${Object.keys(ALLOWABLE).join(', ')}.`,
  });
}
