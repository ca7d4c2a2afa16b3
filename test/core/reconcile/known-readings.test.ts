import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { KnownReadings } from '../../../src/core/reconcile/known-readings.js';
import { mergeReading, type Exception, type FreshReading, type KnownReading } from '../../../src/core/reconcile/reading.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const OF = { target: 'https://portal.example/api/', cluster: 'savio' };
const exception = (jobId: string, startedAt: number): Exception => ({
  jobId,
  theirs: { startedAt, amount: 1234n, cpuHours: 0.1 + 0.2 },
  ours: null,
});
const READING: KnownReading = {
  from: 1000,
  readAt: 9000,
  exceptions: [
    exception('7', 2000),
    { jobId: '8_1', theirs: null, ours: { startedAt: 3000, low: 0n, high: 1n, cpuHours: 1 / 3 } },
    { jobId: '"\\', theirs: null, ours: null },
  ],
  exact: new Set(['5', '6']),
};

function place(): { directory: string; file: () => string } {
  const directory = temporaryDirectory();
  return { directory, file: () => join(directory, 'readings', readdirSync(join(directory, 'readings'))[0] ?? '') };
}

void t.test('what is remembered comes back, to the bit, for its sink alone, and only its owner may read it', (t) => {
  const { directory, file } = place();
  const first = KnownReadings.load(directory, OF);
  t.equal(first.get('fc_alpha'), null);
  first.set('fc_"alpha"', READING);
  first.set('co_beta', { ...READING, exceptions: [] });
  t.same(first.get('fc_"alpha"'), READING, 'before it is written, too');
  first.save();
  t.equal(statSync(file()).mode & 0o777, 0o600);
  t.same(readdirSync(join(directory, 'readings')).length, 1, 'nothing half-written is left');
  const second = KnownReadings.load(directory, OF);
  t.same(second.get('fc_"alpha"'), READING);
  second.set('co_beta', READING);
  second.save();
  const third = KnownReadings.load(directory, OF);
  t.same(third.get('co_beta'), READING);
  t.same(third.get('fc_"alpha"'), READING, 'what was not touched stays');
  for (const other of [
    { ...OF, cluster: null },
    { ...OF, target: 'https://other.example/api/' },
  ])
    t.equal(KnownReadings.load(directory, other).get('co_beta'), null);
  t.end();
});

void t.test('a file that somebody else wrote is an error with the line, and a remedy', (t) => {
  for (const [spoil, line] of [
    [(text: string) => text.replace('"version":1', '"version":2'), 1],
    [(text: string) => text.replace('12.34', 'twelve'), 2],
    [(text: string) => text.slice(0, -40), 2],
    [(text: string) => `${text}nonsense\n`, 3],
  ] as const) {
    const { directory, file } = place();
    const readings = KnownReadings.load(directory, OF);
    readings.set('fc_alpha', READING);
    readings.save();
    writeFileSync(file(), spoil(readFileSync(file(), 'utf8')));
    t.throws(() => KnownReadings.load(directory, OF).get('fc_alpha'), {
      code: 'INPUT_INVALID',
      message: new RegExp(`line ${line}`),
      remedy: /rm /,
    });
  }
  t.end();
});

const FRESH: FreshReading = {
  window: { from: 1000, to: 10_000 },
  read: [],
  touched: new Set(),
  exceptions: [],
  exactTies: new Set(),
  written: new Set(),
  now: 10_000,
};

void t.test('nothing is known of an account before all of it has been read once', (t) => {
  t.equal(mergeReading(null, { ...FRESH, read: [{ from: 1000, to: 9999 }] }), null);
  const whole = mergeReading(null, { ...FRESH, read: [FRESH.window], exceptions: [exception('7', 2000)], written: new Set(['1']) });
  t.same(whole, { from: 1000, readAt: 10_000, exceptions: [exception('7', 2000)], exact: new Set(['1']) });
  t.end();
});

void t.test('what was looked at is known anew, the rest stays as it was known', (t) => {
  const known = { ...READING, exceptions: ['1', '2', '3'].map((jobId) => exception(jobId, Number(jobId) * 1000)) };
  const merged = mergeReading(known, {
    ...FRESH,
    read: [{ from: 1900, to: 2100 }],
    touched: new Set(['3', '6']),
    exceptions: [exception('9', 2050)],
    exactTies: new Set(['4']),
    written: new Set(['4']),
  });
  t.same(merged?.exceptions.map(({ jobId }) => jobId), ['1', '9']); // prettier-ignore
  t.same(merged?.exact, new Set(['5', '4']), '6 was seen at another cent');
  t.match(merged, { from: 1000, readAt: 9000 });
  t.end();
});

void t.test('only a reading of everything that was known renews its time', (t) => {
  const at = (from: number) => mergeReading(READING, { ...FRESH, window: { from, to: 10_000 }, read: [{ from, to: 10_000 }] });
  t.match(at(1000), { from: 1000, readAt: 10_000 });
  t.match(at(500), { from: 500, readAt: 10_000 });
  t.match(at(1500), { from: 1000, readAt: 9000 });
  t.end();
});
