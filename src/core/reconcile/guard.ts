import type { Allowable, Allowance, GuardLimits } from '../guard-limits.js';
import { formatAmount, parseAmount, type Cents } from '../service-units.js';
import { magnitude, type GuardFigures, type Mover } from './guard-figures.js';
import type { PlanTotals } from './totals.js';

/** A limit that a plan goes over, and was not allowed to. */
export interface Breach {
  readonly limit: Allowable;
  /** One sentence, with the figures. */
  readonly message: string;
  /** The narrowest flag that allows it. */
  readonly allow: string;
}

/** What the guard says of a plan (money 20). */
export interface GuardVerdict {
  /** Nothing was written. */
  readonly refused: boolean;
  readonly breaches: readonly Breach[];
  readonly movers: readonly Mover[];
  /** Partitions whose closed records all move by one ratio; empty: it does not look like a change of prices. */
  readonly priceChange: readonly { readonly partition: string; readonly ratio: string; readonly records: number }[];
}

/** What an earlier run saw of the same sink. */
export interface EarlierRun {
  readonly runId: string;
  /** Price lists that were in force, by their beginning. */
  readonly priceLists: readonly PriceListDigest[];
  /** Null where it was not a whole `run full` of this allocation year. */
  readonly rows: number | null;
  readonly records: number | null;
}

export interface PriceListDigest {
  readonly from: string | null;
  readonly digest: string;
}

export interface GuardQuestion {
  readonly command: 'update' | 'full' | 'revert';
  readonly limits: GuardLimits;
  readonly allowance: Allowance;
  readonly totals: PlanTotals;
  readonly figures: GuardFigures;
  readonly priceLists: readonly PriceListDigest[];
  readonly earlier: EarlierRun | null;
}

const SHARE_FROM = 100;
const FEW = 10;
/** One ratio: whole cents scatter by less than this where amounts are 1.00 SU and more. */
const ONE_RATIO = 1.03;
const RATIO_RECORDS = 3;

/** The limits that a plan goes over. */
export function findBreaches(question: GuardQuestion): Breach[] {
  const found = [...countBreaches(question), ...amountBreaches(question)];
  // Taking a run back changes closed records by its nature, and reads no source.
  if (question.command !== 'revert') found.push(...shareBreaches(question), ...closedBreaches(question), ...trustBreaches(question));
  return found.filter(({ limit, figure }) => !isAllowed(question.allowance, limit, figure));
}

/** Partitions whose closed records would all cost the same many times as much: a sign of another price, not of many errors. */
export function priceChangeOf(figures: GuardFigures): GuardVerdict['priceChange'] {
  const told = figures.ratios.filter(({ count }) => count >= RATIO_RECORDS);
  const moved = told.reduce((sum, { count }) => sum + count, 0);
  const single = told.filter(({ lowest, highest }) => highest <= lowest * ONE_RATIO);
  if (single.length === 0 || single.length < told.length || moved * 2 < figures.closedRaised.count + figures.closedLowered.count) return [];
  return single.map(({ partition, lowest, highest, count }) => ({
    partition,
    ratio: ((lowest + highest) / 2).toPrecision(3),
    records: count,
  }));
}

type Figured = Breach & { readonly figure: Cents };

function countBreaches({ limits, totals }: GuardQuestion): Figured[] {
  const changes = totals.creates + totals.updates;
  if (limits.changes === null || changes <= limits.changes) return [];
  return [counted('changes', changes, `${changes} changes; the limit is ${limits.changes}.`)];
}

function shareBreaches({ command, limits, totals, figures }: GuardQuestion): Figured[] {
  const changes = totals.creates + totals.updates;
  const records = recordsSeen(totals);
  return [
    command === 'full' &&
      isLarge(changes, records, limits.sharePercent, SHARE_FROM) &&
      counted('share', changes, `${changes} changes to ${records} records, more than ${limits.sharePercent} %.`),
    isLarge(figures.overEstimate, figures.openClosed, limits.overEstimatePercent, FEW) &&
      counted(
        'over-estimate',
        figures.overEstimate,
        `${figures.overEstimate} of ${figures.openClosed} running records would cost more than was estimated, more than ${limits.overEstimatePercent} %.`,
      ),
    isLarge(figures.missing, records, limits.missingPercent, FEW) &&
      counted(
        'missing',
        figures.missing,
        `The source does not know the jobs of ${figures.missing} of ${records} records, more than ${limits.missingPercent} %.`,
      ),
  ].filter((breach) => breach !== false);
}

function amountBreaches({ limits, totals }: GuardQuestion): Figured[] {
  const [up, down] = [parseAmount(totals.suUp), parseAmount(totals.suDown)];
  const largest = totals.accounts
    .map((account) => ({ name: account.account, net: parseAmount(account.suNet) }))
    .reduce((most, each) => (magnitude(each.net) > magnitude(most.net) ? each : most), { name: '', net: 0n });
  return [
    over(up + down, limits.netSu) && amounted('net-su', up + down, `${totals.suNet} SU net; the limit is ${limits.netSu}.`),
    over(up - down, limits.grossSu) &&
      amounted('gross-su', up - down, `${formatAmount(up - down)} SU up and down together; the limit is ${limits.grossSu}.`),
    over(largest.net, limits.accountSu) &&
      amounted('account-su', largest.net, `${formatAmount(largest.net)} SU of account ${largest.name}; the limit is ${limits.accountSu}.`),
  ].filter((breach) => breach !== false);
}

/** Tighter: a record that was closed has been told to people. */
function closedBreaches({ limits, figures }: GuardQuestion): Figured[] {
  const { closedRaised, closedLowered, closedRecords } = figures;
  const share = (word: 'raised' | 'lowered', count: number, percent: number | null): Figured | false =>
    isLarge(count, closedRecords, percent, FEW) &&
    counted(`closed-${word}`, count, `${count} of ${closedRecords} closed records would be ${word}, more than ${percent} %.`);
  const amount = (word: 'raised' | 'lowered', su: Cents, limit: number | null): Figured | false =>
    over(su, limit) &&
    amounted(`closed-${word}-su`, su, `Closed records would be ${word} by ${formatAmount(magnitude(su))} SU; the limit is ${limit}.`);
  return [
    share('raised', closedRaised.count, limits.closedRaisedPercent),
    share('lowered', closedLowered.count, limits.closedLoweredPercent),
    amount('raised', closedRaised.su, limits.closedRaisedSu),
    amount('lowered', closedLowered.su, limits.closedLoweredSu),
  ].filter((breach) => breach !== false);
}

/** A source or a sink that says less than it should, and prices that changed. */
function trustBreaches({ command, limits, totals, priceLists, earlier }: GuardQuestion): Figured[] {
  const { jobsRead, creates } = totals;
  const records = recordsSeen(totals);
  const shrunken = (now: number, before: number | null | undefined): boolean =>
    limits.shrunkenPercent !== null && typeof before === 'number' && before >= SHARE_FROM && now * 100 < before * limits.shrunkenPercent;
  return [
    jobsRead === 0 && records > 0 && plain('empty-source', `The source brought no job at all, and the sink has ${records} records.`),
    records === 0 && creates > FEW && plain('empty-sink', `The sink listed no record at all; ${creates} would be created.`),
    command === 'full' &&
      shrunken(jobsRead, earlier?.rows) &&
      plain('shrunken-source', `The source brought ${jobsRead} rows; in run ${earlier?.runId} it were ${earlier?.rows}.`),
    command === 'full' &&
      shrunken(records, earlier?.records) &&
      plain('shrunken-sink', `The sink listed ${records} records; in run ${earlier?.runId} it were ${earlier?.records}.`),
    earlier !== null &&
      creates + totals.updates > 0 &&
      !isContinued(earlier.priceLists, priceLists) &&
      plain('prices', `The price lists are not those of run ${earlier.runId}: prices that held then have changed.`),
  ].filter((breach) => breach !== false);
}

/** Records of the sink that a run knows of, read or summed. */
export function recordsSeen({ recordsRead, recordsSummed = 0 }: { readonly recordsRead: number; readonly recordsSummed?: number }): number {
  return recordsRead + recordsSummed;
}

/** Whether every list of before is still in force for its time; lists may follow. */
function isContinued(before: readonly PriceListDigest[], now: readonly PriceListDigest[]): boolean {
  return before.every(({ from, digest }, index) => now[index]?.from === from && now[index].digest === digest);
}

function isLarge(count: number, of: number, percent: number | null, from: number): boolean {
  return percent !== null && count > from && count * 100 > of * percent;
}

function over(su: Cents, limit: number | null): boolean {
  return limit !== null && magnitude(su) > BigInt(Math.round(limit * 100));
}

function isAllowed(allowance: Allowance, limit: Allowable, figure: Cents): boolean {
  const allowed = allowance.get(limit);
  return allowed !== undefined && figure <= allowed;
}

function counted(limit: Allowable, count: number, message: string): Figured {
  return { limit, figure: BigInt(count), message, allow: `--allow ${limit}=${count}` };
}

function amounted(limit: Allowable, su: Cents, message: string): Figured {
  return { limit, figure: magnitude(su), message, allow: `--allow ${limit}=${formatAmount(magnitude(su))}` };
}

function plain(limit: Allowable, message: string): Figured {
  return { limit, figure: 0n, message, allow: `--allow ${limit}` };
}
