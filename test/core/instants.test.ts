import fc from 'fast-check';
import t from 'tap';
import { formatInstant, parseInstant } from '../../src/core/instants.js';

const LAST = Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000;
const instants = fc.integer({ min: 0, max: LAST });

void t.test('an instant is written as ISO 8601 with Z, and read back', (t) => {
  t.equal(formatInstant(1_780_426_800), '2026-06-02T19:00:00Z');
  t.equal(parseInstant('2026-06-02T19:00:00Z'), 1_780_426_800);
  t.equal(formatInstant(0), '1970-01-01T00:00:00Z');
  fc.assert(
    fc.property(instants, (instant) => parseInstant(formatInstant(instant)) === instant),
    { numRuns: 20_000 },
  );
  t.end();
});

void t.test('every day of four centuries is where the calendar has it', (t) => {
  const wrong: string[] = [];
  for (let at = Date.UTC(1900, 0, 1); at < Date.UTC(2301, 0, 1); at += 86_400_000) {
    const text = new Date(at).toISOString().replace('.000', '');
    if (parseInstant(text) !== at / 1_000) wrong.push(text);
  }
  t.same(wrong, []);
  t.end();
});

void t.test('offsets count, fractions are cut', (t) => {
  const noon = Date.UTC(2026, 5, 2, 12) / 1_000;
  const texts = [
    '12:00:00+00:00',
    '05:00:00-07:00',
    '17:30:00+05:30',
    '12:00:00.9Z',
    '12:00:00.999999Z',
    '05:00:00.999999999-07:00',
    '12:00:00-00:00',
  ];
  for (const text of texts) t.equal(parseInstant(`2026-06-02T${text}`), noon, text);
  t.equal(parseInstant('2026-01-01T00:30:00+01:00'), Date.UTC(2025, 11, 31, 23, 30) / 1_000, 'over the year');
  fc.assert(
    fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (instant, minutesEast) => {
      const size = Math.abs(minutesEast);
      const offset = `${minutesEast < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
      return parseInstant(formatInstant(instant).replace('Z', `.25${offset}`)) === instant - minutesEast * 60;
    }),
  );
  t.end();
});

void t.test('what no calendar has, and what names no instant, is null', (t) => {
  const texts = [
    '',
    'Unknown',
    'None',
    '1780426800',
    '2026-06-02',
    '2026-06-02T19:00Z',
    '2026-06-02T19:00:00',
    '2026-06-02 19:00:00Z',
    '2026-06-02T19:00:00z',
    '2026-06-02T19:00:00Z ',
    ' 2026-06-02T19:00:00Z',
    '2026-06-02T19:00:00.Z',
    '2026-06-02T19:00:00.5',
    '2026-06-02T19:00:00,5Z',
    '2026-06-02T19:00:00+0700',
    '2026-06-02T19:00:00+07',
    '2026-06-02T19:00:00+24:00',
    '2026-06-02T19:00:00+07:60',
    '2026-06-02T19:00:00+07:00Z',
    '2026-06-02T24:00:00Z',
    '2026-06-02T23:60:00Z',
    '2026-06-02T23:59:60Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-06-31T00:00:00Z',
    '2026-06-00T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '-026-06-02T19:00:00Z',
    '2026/06/02T19:00:00Z',
    '2026-06-02T19.00.00Z',
    '2026-06-02T1x:00:00Z',
  ];
  for (const text of texts) t.equal(parseInstant(text), null, text);
  t.equal(parseInstant('2028-02-29T00:00:00Z'), Date.UTC(2028, 1, 29) / 1_000);
  t.equal(parseInstant('2000-02-29T00:00:00Z'), Date.UTC(2000, 1, 29) / 1_000);
  fc.assert(fc.property(fc.string(), (text) => parseInstant(text) === null));
  t.end();
});

void t.test('one changed character never gives an instant that another reader would deny', (t) => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 19 }), fc.constantFrom(...'0123456789-:TZ .+x'.split('')), (instant, at, character) => {
      const text = formatInstant(instant);
      const parsed = parseInstant(text.slice(0, at) + character + text.slice(at + 1));
      return parsed === null || formatInstant(parsed) === text.slice(0, at) + character + text.slice(at + 1);
    }),
    { numRuns: 20_000 },
  );
  t.end();
});

function two(value: number): string {
  return String(value).padStart(2, '0');
}
