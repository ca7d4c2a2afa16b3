import fc from 'fast-check';
import t from 'tap';
import { BrcSyncError } from '../../src/core/errors.js';
import { chargesAgree, formatAmount, lowestCharge, parseAmount, parsePrice, priceCharge } from '../../src/core/service-units.js';

interface Usage {
  readonly price: string;
  readonly cpuCount: number;
  readonly seconds: number;
}

/** Prices, CPUs and seconds as sites have them, some far beyond; round ones often, since they make the ties. */
const usages: fc.Arbitrary<Usage> = fc.record({
  price: fc.oneof(
    fc.constantFrom('0', '0.05', '0.1', '0.5', '0.75', '1', '1.2', '2.67', '3.67', '0.000001', '8.125'),
    fc.integer({ min: 0, max: 999_999_999 }).map((millionths) => decimalText(String(millionths), 6)),
  ),
  cpuCount: fc.oneof(fc.integer({ min: 1, max: 128 }), fc.constantFrom(20, 24, 32, 56), fc.integer({ min: 0, max: 2_000_000 })),
  seconds: fc.oneof(
    fc.integer({ min: 0, max: 3_600 }),
    fc.integer({ min: 0, max: 26_000 }).map((steps) => steps * 10),
    fc.integer({ min: 0, max: 2_000_000_000 }),
  ),
});

function charge({ price, cpuCount, seconds }: Usage): bigint {
  return priceCharge(parsePrice(price), cpuCount, seconds);
}

void t.test('an amount is read and written exactly', (t) => {
  const cases: readonly (readonly [string, bigint, string])[] = [
    ['96.00', 9600n, '96.00'],
    ['0.5', 50n, '0.50'],
    ['-92.80', -9280n, '-92.80'],
    ['0', 0n, '0.00'],
    ['-0.00', 0n, '0.00'],
    ['-0.05', -5n, '-0.05'],
    ['007.1', 710n, '7.10'],
    ['99999999.99', 9999999999n, '99999999.99'],
    ['123456789012345678901234567890.12', 12345678901234567890123456789012n, '123456789012345678901234567890.12'],
  ];
  for (const [text, cents, formatted] of cases) {
    t.equal(parseAmount(text), cents, text);
    t.equal(formatAmount(cents), formatted, formatted);
  }
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (cents) => parseAmount(formatAmount(cents)) === cents));
  t.end();
});

void t.test('what is no amount is a typed error that shows it', (t) => {
  for (const text of [
    '',
    '-',
    '.',
    '.5',
    '5.',
    '-.5',
    '1.234',
    '1,5',
    '1e3',
    '+1',
    ' 1',
    '1 ',
    '1.2.3',
    '--1',
    'NaN',
    'Infinity',
    '0x10',
    '٣',
  ]) {
    const error = thrown(() => parseAmount(text));
    t.equal(error.code, 'INPUT_INVALID', text);
    t.match(error.message, JSON.stringify(text));
    t.not(error.remedy, '');
  }
  t.throws(() => parseAmount('123456789012345678.901'), { code: 'INPUT_INVALID' }, 'also when it is long');
  t.end();
});

void t.test('a price is the shortest decimal text of what the file says', (t) => {
  t.equal(parsePrice(0.75), 750_000);
  t.equal(parsePrice(1.2), 1_200_000, 'not 1.1999999999999999555910790149937');
  t.equal(parsePrice('1.500000'), 1_500_000);
  t.equal(parsePrice(0.000001), 1, 'the smallest price');
  t.equal(parsePrice(0), 0);
  t.equal(parsePrice(-0), 0);
  for (const value of [-0.5, NaN, Infinity, 1e-7, 0.1 + 0.2, 1e21, 99_999_999_999, '', '1.0000001', '-1', '1e2', '.5', 'free']) {
    const error = thrown(() => parsePrice(value));
    t.equal(error.code, 'PRICES_INVALID', String(value));
    t.match(error.message, JSON.stringify(String(value)));
  }
  t.end();
});

void t.test('money 7: 100,000 random charges equal long division on decimal digits, to the cent', (t) => {
  let beyondDoubles = 0;
  fc.assert(
    fc.property(usages, (usage) => {
      if (Number(parsePrice(usage.price)) * usage.cpuCount * usage.seconds > Number.MAX_SAFE_INTEGER) beyondDoubles++;
      return formatAmount(charge(usage)) === longDivision(usage).halfUp;
    }),
    { numRuns: 100_000 },
  );
  t.ok(beyondDoubles > 1_000, `the big-integer path took part (${beyondDoubles} times)`);
  t.end();
});

void t.test('the switch from doubles to big integers is seamless', (t) => {
  const seconds = Math.floor(Number.MAX_SAFE_INTEGER / 750_000 / 3);
  for (let step = -200; step <= 200; step++) {
    const usage = { price: '0.75', cpuCount: 3, seconds: seconds + step };
    if (formatAmount(charge(usage)) !== longDivision(usage).halfUp) t.fail('differs', usage);
  }
  t.end();
});

void t.test('counts that no job has are refused', (t) => {
  const price = parsePrice(1);
  for (const [cpuCount, seconds] of [
    [-1, 60],
    [1, -60],
    [1.5, 60],
    [1, 0.5],
    [NaN, 1],
  ] as const) {
    t.throws(() => priceCharge(price, cpuCount, seconds), { code: 'UNEXPECTED' });
  }
  t.end();
});

void t.test('money 9: the tie of plugins.md is accepted a cent low, and only it', (t) => {
  const price = parsePrice(0.75);
  t.equal(formatAmount(priceCharge(price, 20, 30)), '0.13', 'we write half-up');
  t.equal(formatAmount(lowestCharge(price, 20, 30)), '0.12', 'the plugin wrote this');
  t.ok(chargesAgree(parseAmount('0.12'), price, 20, 30));
  t.ok(chargesAgree(parseAmount('0.13'), price, 20, 30));
  t.notOk(chargesAgree(parseAmount('0.11'), price, 20, 30));
  t.notOk(chargesAgree(parseAmount('0.14'), price, 20, 30));
  t.equal(formatAmount(lowestCharge(parsePrice(0.1), 2, 90)), '0.01', '9 divides 90: half a cent, but not cut');
  t.notOk(chargesAgree(0n, parsePrice(0.1), 2, 90));
  t.end();
});

void t.test('money 9: lowestCharge is the cent that the plugin writes', (t) => {
  let cut = 0;
  fc.assert(
    fc.property(usages, (usage) => {
      const written = pluginCents(usage);
      if (written !== charge(usage)) cut++;
      return written === lowestCharge(parsePrice(usage.price), usage.cpuCount, usage.seconds);
    }),
    { numRuns: 50_000 },
  );
  t.ok(cut > 100, `cut ties took part (${cut})`);
  t.end();
});

void t.test('money 9: whatever digits the plugin keeps, its cent agrees', (t) => {
  fc.assert(
    fc.property(usages, fc.integer({ min: 20, max: 28 }), (usage, places) => {
      const { price, cpuCount, seconds } = usage;
      return chargesAgree(pluginCents(usage, places), parsePrice(price), cpuCount, seconds);
    }),
    { numRuns: 20_000 },
  );
  t.end();
});

void t.test('money 9: another cent than the exact one agrees only on a tie of seconds that 9 does not divide, one cent lower', (t) => {
  let accepted = 0;
  fc.assert(
    fc.property(usages, fc.integer({ min: -3, max: 3 }), (usage, distance) => {
      const { price, cpuCount, seconds } = usage;
      const agrees = chargesAgree(charge(usage) + BigInt(distance), parsePrice(price), cpuCount, seconds);
      if (agrees && distance !== 0) accepted++;
      return agrees === (distance === 0 || (distance === -1 && longDivision(usage).isTie && seconds % 9 !== 0));
    }),
    { numRuns: 50_000 },
  );
  t.ok(accepted > 20, `such ties took part (${accepted})`);
  t.end();
});

function thrown(act: () => unknown): BrcSyncError {
  try {
    act();
  } catch (error) {
    if (error instanceof BrcSyncError) return error;
  }
  throw new Error('no BrcSyncError was thrown');
}

/** price × CPUs × seconds / 3600 by hand: digit after digit, then a look at the third place. */
function longDivision({ price, cpuCount, seconds }: Usage): { readonly halfUp: string; readonly isTie: boolean } {
  const [whole = '', decimals = ''] = price.split('.');
  const dividend = (BigInt(whole + decimals) * BigInt(cpuCount) * BigInt(seconds)).toString();
  const places = decimals.length + 9;
  let remainder = 0;
  let digits = '';
  for (const digit of dividend + '0'.repeat(9)) {
    const current = remainder * 10 + Number(digit);
    digits += String(Math.floor(current / 3_600));
    remainder = current % 3_600;
  }
  const [units = '', tail = ''] = decimalText(digits, places).split('.');
  const cut = BigInt(units + tail.slice(0, 2));
  const rest = tail.slice(2);
  const cents = rest.startsWith('5') || rest > '5' ? cut + 1n : cut;
  return { halfUp: decimalText(String(cents), 2), isTie: remainder === 0 && /^50*$/.test(rest) };
}

/** The completion plugin's sum (contract plugins.md): hours cut before the multiplication, then half-up. */
function pluginCents({ price, cpuCount, seconds }: Usage, places = 28): bigint {
  const [whole = '', decimals = ''] = price.split('.');
  const hours = (BigInt(seconds) * 10n ** BigInt(places)) / 3_600n;
  const product = hours * BigInt(whole + decimals) * BigInt(cpuCount) * 100n;
  const unit = 10n ** BigInt(places + decimals.length);
  return product / unit + ((product % unit) * 2n >= unit ? 1n : 0n);
}

function decimalText(digits: string, places: number): string {
  const padded = digits.padStart(places + 1, '0');
  return `${padded.slice(0, -places).replace(/^0+(?=\d)/, '')}.${padded.slice(-places)}`;
}
