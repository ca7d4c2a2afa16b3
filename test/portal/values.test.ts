import fc from 'fast-check';
import t from 'tap';
import { formatCents, parseDecimal, toCents } from './decimal.js';
import { DEPLOYMENTS, computeResource } from './deployment.js';
import { formatMicros, parseMicros, quoteMicros } from './micros.js';
import { allowanceYear, endOfDay, startOfDay } from './pacific.js';
import { pythonFloat, quoted } from './python-text.js';

void t.test('an amount is read and shown without loss', (t) => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (cents) => toCents(parseDecimal(formatCents(cents))!, 'down') === cents));
  t.equal(toCents(parseDecimal('1.005')!, 'down'), 100n);
  t.equal(toCents(parseDecimal('1.005')!, 'up'), 101n);
  t.equal(toCents(parseDecimal('-1.005')!, 'down'), -101n);
  t.equal(toCents(parseDecimal('-1.005')!, 'up'), -100n);
  t.equal(toCents(parseDecimal('1e-999')!, 'down'), 0n);
  t.equal(formatCents(-5n), '-0.05');
  for (const text of ['', '.', '1,0', 'NaN', '0x1', '1e']) t.equal(parseDecimal(text), null, text);
  t.end();
});

void t.test('a time is read and shown without loss', (t) => {
  const seconds = fc.integer({ min: 0, max: 7_000_000_000 });
  fc.assert(
    fc.property(seconds, fc.integer({ min: 0, max: 999_999 }), (whole, fraction) => {
      const micros = whole * 1_000_000 + fraction;
      return parseMicros(formatMicros(micros)) === micros && parseMicros(quoteMicros(micros)) === micros;
    }),
  );
  t.equal(parseMicros('2026-7-1 9:05'), parseMicros('2026-07-01T09:05:00Z'));
  t.equal(parseMicros('2026-07-01T09:05:00+0530'), parseMicros('2026-07-01T03:35:00Z'));
  for (const text of ['2026-02-30', '2026-07-01T24:00:00', '2026-07-01T10:60', 'July 1', '2026-7-1'])
    t.equal(parseMicros(text), null, text);
  t.end();
});

void t.test('days and years begin at midnight, Pacific time', (t) => {
  t.equal(startOfDay('2026-06-01'), parseMicros('2026-06-01T07:00:00Z'));
  t.equal(startOfDay('2026-12-01'), parseMicros('2026-12-01T08:00:00Z'));
  t.equal(endOfDay('2027-05-31'), parseMicros('2027-06-01T06:59:59.999999Z'));
  t.equal(endOfDay('2026-11-01'), parseMicros('2026-11-02T06:59:59.999999Z'), '24 hours, though this day has 25');
  const beforeMidnight = Date.UTC(2026, 5, 1, 6, 59, 59);
  t.equal(allowanceYear(beforeMidnight, DEPLOYMENTS.mybrc).from, startOfDay('2025-06-01'));
  t.equal(allowanceYear(beforeMidnight + 1000, DEPLOYMENTS.mybrc).from, startOfDay('2026-06-01'));
  t.strictSame(allowanceYear(beforeMidnight, DEPLOYMENTS.mylrc), { from: startOfDay('2025-10-01'), to: endOfDay('2026-09-30') });
  t.end();
});

void t.test('an account draws on the resource of its prefix', (t) => {
  t.equal(computeResource('fc_x', DEPLOYMENTS.mybrc), 'Savio Compute');
  t.equal(computeResource('vector_x', DEPLOYMENTS.mybrc), 'Vector Compute');
  t.equal(computeResource('abc_x', DEPLOYMENTS.mybrc), 'ABC Compute');
  t.equal(computeResource('lr_x', DEPLOYMENTS.mylrc), 'LAWRENCIUM Compute');
  t.equal(computeResource('alsacc', DEPLOYMENTS.mylrc), 'ALSACC Compute');
  t.end();
});

void t.test('numbers and quotes as Python has them', (t) => {
  t.equal(pythonFloat(' 1_0.5 '), 10.5);
  t.equal(pythonFloat('-inf'), -Infinity);
  t.equal(pythonFloat('Infinity'), Infinity);
  t.ok(Number.isNaN(pythonFloat('nan')));
  t.equal(pythonFloat('1__0'), null);
  t.equal(quoted('x'), "'x'");
  t.equal(quoted("it's"), `"it's"`);
  t.end();
});
