import fc from 'fast-check';
import t from 'tap';
import { BrcSyncError } from '../../src/core/errors.js';
import { formatInstant } from '../../src/core/instants.js';
import { allocationYearStart, assertAllocationYearStart, endOfDate, firstInstantOfDate, parseCommandTime } from '../../src/core/period.js';

const timeZone = 'America/Los_Angeles';

function start(text: string): string {
  return formatInstant(parseCommandTime(text, { timeZone, bound: 'start' }));
}

function end(text: string): string {
  return formatInstant(parseCommandTime(text, { timeZone, bound: 'end' }));
}

function refusal(text: string, bound: 'start' | 'end' = 'start'): BrcSyncError {
  try {
    parseCommandTime(text, { timeZone, bound });
  } catch (error) {
    if (error instanceof BrcSyncError) return error;
  }
  throw new Error(`${text} was not refused`);
}

void t.test("a time is the site's unless it says otherwise", (t) => {
  t.equal(start('2026-06-02T12:00'), '2026-06-02T19:00:00Z');
  t.equal(start('2026-01-02T12:00:30'), '2026-01-02T20:00:30Z');
  t.equal(start('2026-06-02 12:00'), '2026-06-02T19:00:00Z', 'a space for the T');
  t.equal(start('2026-06-02T12:00Z'), '2026-06-02T12:00:00Z');
  t.equal(start('2026-06-02 12:00:05Z'), '2026-06-02T12:00:05Z');
  t.equal(end('2026-06-02T12:00+02:00'), '2026-06-02T10:00:00Z');
  t.equal(end('2026-06-02T12:00:00-08:00'), '2026-06-02T20:00:00Z');
  t.equal(end('2026-06-02T12:00'), start('2026-06-02T12:00'), 'a time of day is the same instant at both ends');
  t.end();
});

void t.test('a date alone is the whole day: windows are half-open', (t) => {
  t.equal(start('2026-06-02'), '2026-06-02T07:00:00Z');
  t.equal(end('2026-06-02'), '2026-06-03T07:00:00Z');
  t.equal(end('2026-12-31'), '2027-01-01T08:00:00Z');
  t.equal(start('2028-02-29'), '2028-02-29T08:00:00Z');
  t.equal(end('2028-02-28'), '2028-02-29T08:00:00Z', 'February 29 is not lost');
  t.equal(end('2028-02-29'), '2028-03-01T08:00:00Z');
  t.equal(start('2028-02-29T12:00'), '2028-02-29T20:00:00Z');
  t.end();
});

void t.test('the days of the clock changes of 2026 have 23 and 25 hours', (t) => {
  t.same([start('2026-03-08'), end('2026-03-08')], ['2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z']);
  t.same([start('2026-11-01'), end('2026-11-01')], ['2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z']);
  t.end();
});

void t.test('a time that the spring change skips is an error that shows the times around it', (t) => {
  for (const bound of ['start', 'end'] as const) {
    for (const text of ['2026-03-08T02:00', '2026-03-08T02:30', '2026-03-08 02:59:59']) {
      const error = refusal(text, bound);
      t.equal(error.code, 'TIME_INVALID');
      t.match(error.message, JSON.stringify(text));
      t.match(error.message, 'does not exist in America/Los_Angeles');
      t.match(error.remedy, /2026-03-08T01:59:59 or 2026-03-08T03:00:00/);
    }
  }
  t.equal(start('2026-03-08T03:00'), '2026-03-08T10:00:00Z');
  t.equal(start('2026-03-08T02:30Z'), '2026-03-08T02:30:00Z', 'with a zone it exists');
  t.end();
});

void t.test('in the autumn hour start takes the first, end the second', (t) => {
  t.equal(start('2026-11-01T01:30'), '2026-11-01T08:30:00Z');
  t.equal(end('2026-11-01T01:30'), '2026-11-01T09:30:00Z');
  t.equal(end('2026-11-01T01:30-07:00'), '2026-11-01T08:30:00Z', 'unless the offset settles it');
  t.end();
});

void t.test('what is no time is an error that says how to write one', (t) => {
  const texts = [
    '',
    'today',
    '2026-6-2',
    '2026-02-29',
    '2026-02-30T12:00',
    '2026-13-01',
    '2026-06-31',
    '2026-06-02T24:00',
    '2026-06-02T12:60',
    '2026-06-02T12',
    '2026-06-02T12:00:00.5',
    '2026-06-02T12:00PST',
    '2026-06-02T12:00+25:00',
    '2026-06-02Z',
    '06/02/2026',
    '1780426800',
  ];
  for (const text of texts) {
    for (const bound of ['start', 'end'] as const) {
      const error = refusal(text, bound);
      t.equal(error.code, 'TIME_INVALID', text);
      t.match(error.message, JSON.stringify(text));
      t.match(error.remedy, 'YYYY-MM-DD');
    }
  }
  t.end();
});

void t.test('a day begins where its midnight is skipped or comes twice', (t) => {
  t.equal(formatInstant(firstInstantOfDate('2018-11-04', 'America/Sao_Paulo')), '2018-11-04T03:00:00Z', 'begins at 01:00');
  t.equal(formatInstant(endOfDate('2018-11-03', 'America/Sao_Paulo')), '2018-11-04T03:00:00Z');
  t.equal(formatInstant(firstInstantOfDate('2026-11-01', 'America/Havana')), '2026-11-01T04:00:00Z', 'the first of two midnights');
  t.equal(endOfDate('2011-12-29', 'Pacific/Apia'), firstInstantOfDate('2011-12-31', 'Pacific/Apia'), 'a day that the island skipped');
  t.throws(() => firstInstantOfDate('2026-06-02T00:00', timeZone), { code: 'TIME_INVALID' });
  t.throws(() => endOfDate('2026-02-29', timeZone), { code: 'TIME_INVALID' });
  t.end();
});

void t.test('days follow each other without gap or overlap', (t) => {
  const days = fc.integer({ min: 0, max: 40_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  fc.assert(
    fc.property(days, fc.constantFrom(timeZone, 'Europe/Berlin', 'America/Havana', 'UTC'), (date, zone) => {
      const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
      const length = endOfDate(date, zone) - firstInstantOfDate(date, zone);
      return endOfDate(date, zone) === firstInstantOfDate(next, zone) && [23, 24, 25].includes(length / 3_600);
    }),
    { numRuns: 2_000 },
  );
  t.end();
});

void t.test('an allocation year starts at the latest such midnight that is not after', (t) => {
  function yearOf(at: string, monthAndDay: string): string {
    return formatInstant(allocationYearStart(Date.parse(at) / 1_000, { timeZone, allocationYearStart: monthAndDay }));
  }
  t.equal(yearOf('2026-06-01T06:59:59Z', '06-01'), '2025-06-01T07:00:00Z', 'the last second of the year before');
  t.equal(yearOf('2026-06-01T07:00:00Z', '06-01'), '2026-06-01T07:00:00Z', 'its first instant');
  t.equal(yearOf('2027-02-01T00:00:00Z', '06-01'), '2026-06-01T07:00:00Z');
  t.equal(yearOf('2026-10-01T06:59:59Z', '10-01'), '2025-10-01T07:00:00Z');
  t.equal(yearOf('2026-10-01T07:00:00Z', '10-01'), '2026-10-01T07:00:00Z');
  t.equal(yearOf('2026-01-01T05:00:00Z', '10-01'), '2025-10-01T07:00:00Z');
  t.equal(yearOf('2027-01-01T05:00:00Z', '01-01'), '2026-01-01T08:00:00Z', 'in the zone it is still the old year');
  t.equal(yearOf('2028-02-29T12:00:00Z', '03-01'), '2027-03-01T08:00:00Z');
  t.end();
});

void t.test('an allocation year starts on a day of every year', (t) => {
  for (const text of ['02-29', '02-30', '13-01', '6-1', '00-10', '06/01', '2026-06-01', '']) {
    t.throws(() => assertAllocationYearStart(text), { code: 'CONFIG_INVALID', remedy: /06-01 or 10-01/ }, text);
    t.throws(() => allocationYearStart(0, { timeZone, allocationYearStart: text }), { code: 'CONFIG_INVALID' }, text);
  }
  t.throws(() => assertAllocationYearStart('02-29'), { message: /not a day of every year/ });
  t.doesNotThrow(() => assertAllocationYearStart('12-31'));
  t.end();
});
