import { parseDecimal, toCents } from './decimal.js';
import type { Decimal } from './decimal.js';
import { parseMicros } from './micros.js';
import type { Micros } from './micros.js';
import { pythonFloat, pythonStr } from './python-text.js';

/** A field's value is refused: the messages that stand under its name. */
export class Invalid extends Error {
  readonly messages: unknown;

  constructor(messages: unknown) {
    super('invalid field');
    this.messages = messages;
  }
}

export function invalid(message: string): Invalid {
  return new Invalid([message]);
}

export const REQUIRED = 'This field is required.';
export const NOT_NULL = 'This field may not be null.';
const LONGEST_NUMBER = 1000;

/** Reads one field of a body as the web framework does; throws Invalid. */
export type Reader<T> = (value: unknown) => T;

export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

export function text(options: { readonly longest: number; readonly blank: boolean }): Reader<string> {
  return (value) => {
    if (value === null) throw invalid(NOT_NULL);
    if (typeof value !== 'string' && typeof value !== 'number') throw invalid('Not a valid string.');
    const trimmed = String(value).trim();
    if (trimmed === '') {
      if (options.blank) return '';
      throw invalid('This field may not be blank.');
    }
    if (Array.from(trimmed).length > options.longest) throw invalid(`Ensure this field has no more than ${options.longest} characters.`);
    if (trimmed.includes('\0')) throw invalid('Null characters are not allowed.');
    return trimmed;
  };
}

export const time: Reader<Micros> = (value) => {
  const micros = typeof value === 'string' ? parseMicros(value) : null;
  if (micros === null) {
    throw invalid('Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].');
  }
  return micros;
};

const INTEGER = { least: -2147483648, most: 2147483647 };

export const integer: Reader<number> = (value) => {
  const digits = pythonStr(value).replace(/\.0*\s*$/u, '');
  if (typeof value === 'string' && value.length > LONGEST_NUMBER) throw invalid('String value too large.');
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/u.test(digits)) throw invalid('A valid integer is required.');
  const number = Number(digits.replaceAll('_', ''));
  if (number > INTEGER.most) throw invalid(`Ensure this value is less than or equal to ${INTEGER.most}.`);
  if (number < INTEGER.least) throw invalid(`Ensure this value is greater than or equal to ${INTEGER.least}.`);
  return number;
};

export const float: Reader<number> = (value) => {
  if (typeof value === 'string' && value.length > LONGEST_NUMBER) throw invalid('String value too large.');
  const number =
    typeof value === 'number' || typeof value === 'boolean' ? Number(value) : typeof value === 'string' ? pythonFloat(value) : null;
  if (number === null) throw invalid('A valid number is required.');
  return number;
};

/** What an amount may be: 0.00 to 100000000.00, eleven digits, two of them decimals. */
export const AMOUNT = { digits: 11, decimals: 2, least: 0n, most: 10_000_000_000n } as const;

export const amount: Reader<bigint> = (value) => {
  if (value === null) throw invalid(NOT_NULL);
  const digits = pythonStr(value).trim();
  if (digits.length > LONGEST_NUMBER) throw invalid('String value too large.');
  const decimal = parseDecimal(digits);
  if (decimal === null) throw invalid('A valid number is required.');
  assertPrecision(decimal);
  const cents = toCents(decimal, 'down');
  if (cents > AMOUNT.most) throw invalid('Ensure this value is less than or equal to 100000000.00.');
  if (cents < AMOUNT.least) throw invalid('Ensure this value is greater than or equal to 0.00.');
  return cents;
};

function assertPrecision({ digits, exponent }: Decimal): void {
  const decimals = Math.max(0, -exponent);
  const total = exponent >= 0 ? digits.length + exponent : Math.max(digits.length, decimals);
  if (total > AMOUNT.digits) throw invalid(`Ensure that there are no more than ${AMOUNT.digits} digits in total.`);
  if (decimals > AMOUNT.decimals) throw invalid(`Ensure that there are no more than ${AMOUNT.decimals} decimal places.`);
  const whole = AMOUNT.digits - AMOUNT.decimals;
  if (total - decimals > whole) throw invalid(`Ensure that there are no more than ${whole} digits before the decimal point.`);
}
