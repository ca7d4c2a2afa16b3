/** A decimal number as Python's Decimal holds it: sign, digits, and a power of ten. */
export interface Decimal {
  readonly negative: boolean;
  /** Without leading zeros, except that zero is `0`. */
  readonly digits: string;
  readonly exponent: number;
}

/** Python's Decimal(text), for finite numbers; null for anything else. */
export function parseDecimal(text: string): Decimal | null {
  const match = /^([+-]?)(?=\d|\.\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/u.exec(text.trim().replaceAll('_', ''));
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  return { negative: sign === '-', digits: (whole + fraction).replace(/^0+(?=\d)/u, ''), exponent: Number(power) - fraction.length };
}

/** Hundredths, cut towards minus or plus infinity where there are more decimals. */
export function toCents(decimal: Decimal, direction: 'down' | 'up'): bigint {
  const shift = Math.max(-400, Math.min(400, decimal.exponent + 2));
  const digits = decimal.negative ? -BigInt(decimal.digits) : BigInt(decimal.digits);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const scale = 10n ** BigInt(-shift);
  const cut = digits / scale;
  if (cut * scale === digits) return cut;
  if (direction === 'down') return decimal.negative ? cut - 1n : cut;
  return decimal.negative ? cut : cut + 1n;
}

/** `1234.50` of 123450 hundredths. */
export function formatCents(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
