import fc from 'fast-check';
import t from 'tap';
import { assertTimeZone, instantsOfLocal, localReadAsUtc, skippedTime } from '../../src/core/site-zone.js';

const PACIFIC = 'America/Los_Angeles';
const ZONES = [
  PACIFIC,
  'UTC',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'America/Havana',
  'Africa/Casablanca',
  'Pacific/Apia',
];
const formats = new Map<string, Intl.DateTimeFormat>();

function utc(text: string): number {
  return Date.parse(text) / 1_000;
}

/** The wall time as the platform's own formatter shows it. */
function shown(instant: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format.format(instant * 1_000).replace(' ', 'T');
}

void t.test('an ordinary local time is one instant', (t) => {
  t.same(instantsOfLocal('2026-06-02T12:00:00', PACIFIC), [utc('2026-06-02T19:00:00Z')]);
  t.same(instantsOfLocal('2026-01-02T12:00:00', PACIFIC), [utc('2026-01-02T20:00:00Z')]);
  t.same(instantsOfLocal('2028-02-29T00:00:00', PACIFIC), [utc('2028-02-29T08:00:00Z')]);
  t.same(instantsOfLocal('2026-06-02T12:00:00', 'UTC'), [utc('2026-06-02T12:00:00Z')]);
  t.end();
});

void t.test('the spring change of 2026 skips an hour', (t) => {
  t.same(instantsOfLocal('2026-03-08T01:59:59', PACIFIC), [utc('2026-03-08T09:59:59Z')]);
  t.same(instantsOfLocal('2026-03-08T02:00:00', PACIFIC), []);
  t.same(instantsOfLocal('2026-03-08T02:59:59', PACIFIC), []);
  t.same(instantsOfLocal('2026-03-08T03:00:00', PACIFIC), [utc('2026-03-08T10:00:00Z')]);
  t.same(skippedTime('2026-03-08T02:30:00', PACIFIC), {
    changeAt: utc('2026-03-08T10:00:00Z'),
    lastBefore: '2026-03-08T01:59:59',
    firstAfter: '2026-03-08T03:00:00',
  });
  t.equal(skippedTime('2026-03-08T03:00:00', PACIFIC), null);
  t.end();
});

void t.test('the autumn change of 2026 repeats an hour, earlier instant first', (t) => {
  t.same(instantsOfLocal('2026-11-01T00:59:59', PACIFIC), [utc('2026-11-01T07:59:59Z')]);
  t.same(instantsOfLocal('2026-11-01T01:00:00', PACIFIC), [utc('2026-11-01T08:00:00Z'), utc('2026-11-01T09:00:00Z')]);
  t.same(instantsOfLocal('2026-11-01T01:59:59', PACIFIC), [utc('2026-11-01T08:59:59Z'), utc('2026-11-01T09:59:59Z')]);
  t.same(instantsOfLocal('2026-11-01T02:00:00', PACIFIC), [utc('2026-11-01T10:00:00Z')]);
  t.end();
});

void t.test('odd zones: half an hour, a whole day', (t) => {
  t.same(instantsOfLocal('2026-04-05T01:45:00', 'Australia/Lord_Howe').length, 2);
  t.same(instantsOfLocal('2026-04-05T01:15:00', 'Australia/Lord_Howe').length, 1);
  t.same(instantsOfLocal('2011-12-30T12:00:00', 'Pacific/Apia'), []);
  t.match(skippedTime('2011-12-30T12:00:00', 'Pacific/Apia'), { lastBefore: '2011-12-29T23:59:59', firstAfter: '2011-12-31T00:00:00' });
  t.end();
});

void t.test('what is no local time has no instants', (t) => {
  for (const text of [
    '',
    'Unknown',
    '2026-02-29T00:00:00',
    '2026-06-02T24:00:00',
    '2026-06-02T12:00:00Z',
    '2026-06-02 12:00:00',
    '2026-06-02',
  ]) {
    t.same(instantsOfLocal(text, PACIFIC), [], text);
    t.equal(skippedTime(text, PACIFIC), null, text);
  }
  t.end();
});

void t.test("each instant's wall time names it, and no other instant has that wall time: as the platform shows it", (t) => {
  const nearChanges = fc
    .tuple(
      fc.constantFrom('2026-03-08T10:00:00Z', '2026-11-01T09:00:00Z', '2026-10-25T01:00:00Z', '2026-04-04T15:00:00Z'),
      fc.integer({ min: -9_000, max: 9_000 }),
    )
    .map(([change, seconds]) => utc(change) + seconds);
  const instants = fc.oneof(nearChanges, fc.integer({ min: 0, max: utc('2060-01-01T00:00:00Z') }));
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => {
      const wall = shown(instant, zone);
      const found = instantsOfLocal(wall, zone);
      return (
        found.includes(instant) &&
        found.every((other, index) => shown(other, zone) === wall && (index === 0 || other > (found[0] ?? other)))
      );
    }),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(instants, fc.constantFrom(...ZONES), (instant, zone) => localReadAsUtc(instant, zone) === utc(`${shown(instant, zone)}Z`)),
    { numRuns: 20_000 },
  );
  t.end();
});

void t.test('a wall time without instants is one that the platform never shows', (t) => {
  for (let wall = utc('2026-03-07T00:00:00Z'); wall < utc('2026-03-10T00:00:00Z'); wall += 300) {
    const text = new Date(wall * 1_000).toISOString().slice(0, 19);
    const expected = [7, 8].map((hours) => wall + hours * 3_600).filter((instant) => shown(instant, PACIFIC) === text);
    t.same(instantsOfLocal(text, PACIFIC), expected, text);
  }
  t.end();
});

void t.test('a time zone has an IANA name', (t) => {
  for (const name of ZONES) t.doesNotThrow(() => assertTimeZone(name));
  for (const name of ['', 'Pacific', 'America/Los Angeles', '-08:00', '+05:30', 'local']) {
    t.throws(() => assertTimeZone(name), { code: 'CONFIG_INVALID', context: { timeZone: name }, remedy: /America\/Los_Angeles/ }, name);
  }
  t.throws(() => instantsOfLocal('2026-06-02T12:00:00', 'Pacific'), { code: 'CONFIG_INVALID' });
  t.end();
});
