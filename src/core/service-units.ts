import { BrcSyncError } from './errors.js';

/** Service units in hundredths: what a record's amount can hold. Never a float. */
export type Cents = bigint;

declare const millionths: unique symbol;
/** Service units per CPU hour, exact: a whole number of millionths. */
export type Price = number & { readonly [millionths]: true };

/** One cent in millionths of an SU per CPU hour × CPUs × seconds. */
const CENT = 36_000_000;
const HALF_CENT = CENT / 2;
const MILLION = 1_000_000n;
/** More digits than any sum of prices and CPUs needs to be told from half a cent. */
const DIGITS_SHOWN = 12;
const CENT_BIG = BigInt(CENT);
const HALF_CENT_BIG = BigInt(HALF_CENT);
/** Texts up to this length fit a double exactly, in cents too. */
const SHORT_AMOUNT = 13;

/**
 * An amount of service units: `96.00`, `0.5`, `-92.80`.
 * @throws BrcSyncError INPUT_INVALID for any other text, also for more than two places: what cannot be held exactly is not guessed.
 */
export function parseAmount(text: string): Cents {
  const cents = text.length <= SHORT_AMOUNT ? parseShortAmount(text) : NaN;
  return Number.isNaN(cents) ? parseLongAmount(text) : BigInt(cents);
}

/** `-92.80`: always two places. */
export function formatAmount(cents: Cents): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * A price from a price list: a number is taken at its shortest decimal text, since that is what somebody wrote (contract pricing.md).
 * @throws BrcSyncError PRICES_INVALID when it is negative, no number, or has more than 6 decimals.
 */
export function parsePrice(value: number | string): Price {
  const match = /^(\d+)(?:\.(\d{1,6}))?$/.exec(String(value));
  const millionths = match === null ? NaN : Number(`${match[1] ?? ''}${(match[2] ?? '').padEnd(6, '0')}`);
  if (Number.isSafeInteger(millionths)) return millionths as Price;
  throw new BrcSyncError('PRICES_INVALID', {
    message: `${JSON.stringify(String(value))} is not a price.`,
    remedy: 'Write service units per CPU hour as a number that is not negative and has at most 6 decimals, such as 0.75.',
    context: { value: String(value) },
  });
}

/**
 * What a job costs: price × CPUs × seconds / 3600, half-up to the cent, exact (money 7). A double is used only where the product provably
 * fits it: doubles are monotone, so a product that comes out as a safe integer is one.
 * @param cpuCount allocated CPUs of the whole job
 * @param seconds from start to end, suspended time included
 */
export function priceCharge(price: Price, cpuCount: number, seconds: number): Cents {
  assertCounts(cpuCount, seconds);
  const product = price * cpuCount * seconds + HALF_CENT;
  // The floor is exact: below 2^53 a quotient of integers never rounds up to the next integer.
  if (product <= Number.MAX_SAFE_INTEGER) return BigInt(Math.floor(product / CENT));
  return (exactProduct(price, cpuCount, seconds) + HALF_CENT_BIG) / CENT_BIG;
}

/** The least that the completion plugin may have written for such a job: a cent less than ours on a tie that its division cuts (money 9). */
export function lowestCharge(price: Price, cpuCount: number, seconds: number): Cents {
  const exact = priceCharge(price, cpuCount, seconds);
  return isCutTie(price, cpuCount, seconds) ? exact - 1n : exact;
}

/** Whether a recorded amount is what such a job costs: the exact cent, or on a cut tie the cent below (money 9). */
export function chargesAgree(recorded: Cents, price: Price, cpuCount: number, seconds: number): boolean {
  const exact = priceCharge(price, cpuCount, seconds);
  return recorded === exact || (recorded === exact - 1n && isCutTie(price, cpuCount, seconds));
}

/** A price as a decimal text without needless zeros: `0.75`. */
export function formatPrice(price: Price): string {
  return decimalText(BigInt(price), MILLION);
}

/** What a job costs before it is rounded: `0.125`, or with `…` where its digits do not end. */
export function formatUnrounded(price: Price, cpuCount: number, seconds: number): string {
  return decimalText(exactProduct(price, cpuCount, seconds), 3600n * MILLION);
}

/** Exactly half a cent, of seconds whose hours have no finite decimal text: 3600 = 9 × 400 (contract plugins.md, jobcomp). */
function isCutTie(price: Price, cpuCount: number, seconds: number): boolean {
  if (seconds % 9 === 0) return false;
  const product = price * cpuCount * seconds;
  if (product <= Number.MAX_SAFE_INTEGER) return product % CENT === HALF_CENT;
  return exactProduct(price, cpuCount, seconds) % CENT_BIG === HALF_CENT_BIG;
}

function decimalText(numerator: bigint, denominator: bigint): string {
  const scale = 10n ** BigInt(DIGITS_SHOWN);
  const decimals = ((numerator % denominator) * scale) / denominator;
  const isWhole = ((numerator % denominator) * scale) % denominator === 0n;
  const digits = decimals.toString().padStart(DIGITS_SHOWN, '0');
  const shown = isWhole ? digits.replace(/0+$/, '') : `${digits}…`;
  return `${numerator / denominator}${shown === '' ? '' : `.${shown}`}`;
}

function exactProduct(price: Price, cpuCount: number, seconds: number): bigint {
  return BigInt(price) * BigInt(cpuCount) * BigInt(seconds);
}

function assertCounts(cpuCount: number, seconds: number): void {
  if (Number.isSafeInteger(cpuCount) && Number.isSafeInteger(seconds) && cpuCount >= 0 && seconds >= 0) return;
  throw new BrcSyncError('UNEXPECTED', {
    message: `A charge of ${cpuCount} CPUs for ${seconds} seconds cannot be computed.`,
    remedy: 'Report this: CPUs and seconds must be whole and not negative when they reach the price.',
    context: { cpuCount, seconds },
  });
}

/** In cents; NaN where the text is no amount. */
function parseShortAmount(text: string): number {
  const first = text.charCodeAt(0) === 0x2d ? 1 : 0;
  let digits = 0;
  let places = -1;
  for (let at = first; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      if (places >= 0) places++;
    } else if (digit === -2 && places < 0 && at > first) places = 0;
    else return NaN;
  }
  if (text.length === first || places === 0 || places > 2) return NaN;
  const cents = places === 2 ? digits : places === 1 ? digits * 10 : digits * 100;
  return first === 1 ? -cents : cents;
}

function parseLongAmount(text: string): Cents {
  const match = /^(-?\d+)(?:\.(\d{1,2}))?$/.exec(text);
  if (match !== null) return BigInt(`${match[1] ?? ''}${(match[2] ?? '').padEnd(2, '0')}`);
  throw new BrcSyncError('INPUT_INVALID', {
    message: `${JSON.stringify(text)} is not an amount of service units.`,
    remedy: 'Write a decimal number with at most two places, such as 96.00 or -92.80.',
    context: { value: text },
  });
}
