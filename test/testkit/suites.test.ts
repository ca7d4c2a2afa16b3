import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import t from 'tap';
import type { SinkRecord } from '../../src/core/record.js';
import { AUTUMN_HOURS, sinkCases, sourceCases, type ConformanceCase, type Fault } from '../../src/testkit.js';
import { aJob, aRecord, HOUR, NOON } from '../support/jobs.js';
import { Counter, memorySink, memorySource, SECRET, type Sin } from './sinful-plugins.js';

const FAULTS: readonly Fault[] = ['torn', 'reset', 'duplicate', 'unreachable', 'denied', 'hang', 'lost-answer'];
const ALL = { from: 0, to: 2_000_000_000 };

const rows = [
  aJob({ jobId: '1', endedAt: AUTUMN_HOURS.first.from + 60 }),
  aJob({ jobId: '2', endedAt: AUTUMN_HOURS.first.from + 120 }),
  aJob({ jobId: '3', endedAt: AUTUMN_HOURS.second.from + 60 }),
  aJob({ jobId: '9', endedAt: null, state: 'RUNNING' }),
  ...['4', '5', '6', '7', '8'].map((jobId, index) => aJob({ jobId, endedAt: NOON + index * HOUR })),
];
const records = rows.map(({ jobId }, index) =>
  aRecord({ jobId, startedAt: NOON + index * HOUR, state: index % 2 === 0 ? 'RUNNING' : 'FAILED' }),
);

function casesOfSource(...sins: Sin[]): ConformanceCase[] {
  const counter = new Counter();
  return sourceCases({
    create: (trial) => memorySource(rows, trial, counter, new Set(sins)),
    known: { rows, window: ALL },
    capabilities: [],
    faults: FAULTS,
    secrets: sins.length === 0 || sins.includes('tells-secret') ? [SECRET] : [],
    reads: () => counter.reads,
  });
}

function casesOfSink(...sins: Sin[]): ConformanceCase[] {
  const counter = new Counter();
  const store: SinkRecord[] = [...records];
  return sinkCases({
    create: (trial) => memorySink(store, trial, counter, new Set(sins)),
    known: { records, window: ALL, statuses: ['RUNNING', 'FAILED'], spare: aRecord({ jobId: '1000' }) },
    capabilities: ['recordsOfAccount', 'record'],
    faults: FAULTS,
    reads: () => counter.reads,
  });
}

async function failuresOf(cases: readonly ConformanceCase[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, run } of cases) await run().catch(() => failed.push(title));
  return failed;
}

void t.test('a source and a sink that do nothing wrong pass', async (t) => {
  t.strictSame(await failuresOf(casesOfSource()), []);
  t.strictSame(await failuresOf(casesOfSink()), []);
});

/** Each sin, and the case that has to find it. */
const SINS_OF_SOURCES: Readonly<Partial<Record<Sin, RegExp>>> = {
  eager: /asks nothing before a batch is wanted/,
  'runs-ahead': /waits for a slow reader/,
  'loses-last': /rows that ended in the window, and rows that still run/,
  doubles: /rows that ended in the window/,
  'closed-window': /its first instant and not its last/,
  'mixes-autumn': /the hour that autumn repeats/,
  'deaf-midway': /an aborted signal ends the reading within a second/,
  holds: /leaves after the first batch is let go/,
  'torn-is-shorter': /^torn: every row/,
  'bare-error': /^unreachable: an error that says so/,
  'deaf-hanging': /^hang: /,
  'tells-secret': /no secret is printed/,
};
const SINS_OF_SINKS: Readonly<Partial<Record<Sin, RegExp>>> = {
  'loses-last': /recordsOfAccount: agrees/,
  'torn-is-shorter': /^torn: lists are whole/,
  'bare-error': /^unreachable: reading/,
  'creates-twice': /created twice is there once/,
  'half-written': /killed between intent and outcome/,
  'forgets-record': /killed between intent and outcome/,
  'rejects-when-lost': /^lost-answer: /,
};

for (const [side, sins, casesOf] of [
  ['source', SINS_OF_SOURCES, casesOfSource],
  ['sink', SINS_OF_SINKS, casesOfSink],
] as const) {
  void t.test(`each sin of a ${side} is found`, async (t) => {
    const found = await Promise.all(
      Object.entries(sins).map(async ([sin, title]) => {
        const cases = casesOf(sin as Sin).filter((each) => title.test(each.title));
        return { sin, count: cases.length, failed: await failuresOf(cases) };
      }),
    );
    for (const { sin, count, failed } of found) t.ok(count > 0 && failed.length > 0, `${sin}: ${failed.join('; ')}`);
  });
}

void t.test('under node:test: `test` is a runner, and the cases run one after the other', async (t) => {
  const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const directory = t.testdir({
    'memory.test.mjs': `
      import test from 'node:test';
      import { sinkCases, sinkSuite } from ${url('../../src/testkit.js')};
      const sink = { async *openRecords({ signal }) { signal.throwIfAborted(); }, put: async () => ({ status: 'logged' }), check: async () => [] };
      const expectations = { known: { records: [], window: { from: 0, to: 1 }, statuses: [] }, capabilities: [] };
      test('suite', (t) => sinkSuite(t, () => sink, expectations));
      for (const { title, run } of sinkCases({ create: () => sink, ...expectations })) test(title, run);
      await sinkSuite(test, () => sink, expectations);`,
  });
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--test', join(directory, 'memory.test.mjs')], { env });
  t.match(stdout, /[#ℹ] fail 0/);
  t.match(stdout, /recordsOfAccount: not offered, and so said/);
});
