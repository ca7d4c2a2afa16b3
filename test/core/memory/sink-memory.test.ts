import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Change } from '../../../src/core/change.js';
import type { PutOutcome } from '../../../src/core/job-sink.js';
import { Journal } from '../../../src/core/journal.js';
import { SinkMemory } from '../../../src/core/memory/sink-memory.js';
import { HOUR, NOON, aRecord } from '../../support/jobs.js';

const PLACE = { target: 'https://portal.example/api/', cluster: null };
const REFUSED: PutOutcome = { status: 'rejected', cause: 'not a member', message: 'User 1 is no member.', remedy: 'Add.' };

function change(jobId: string, amount = '2.00', account = 'fc_alpha'): Change {
  const after = aRecord({ jobId, amount, account });
  return { kind: 'update', jobId, account, userId: '10001', before: null, after, drift: ['amount'], suDifference: '1.00' };
}

interface Site {
  readonly state: string;
  /** Leaves a journal of a run; null: sent, and never answered. */
  readonly journal: (
    runId: string,
    entries: readonly (readonly [Change, PutOutcome | null])[],
    at?: number,
    target?: string,
  ) => Promise<string>;
  readonly open: (mayWrite?: boolean) => Promise<SinkMemory>;
  readonly warnings: string[];
  readonly file: () => string;
}

function site(t: Test): Site {
  const state = t.testdir();
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const logger = { debug: quiet, info: quiet, error: quiet, warn: (message: string) => void warnings.push(message) };
  return {
    state,
    warnings,
    journal: async (runId, entries, at = NOON, target = PLACE.target) => {
      mkdirSync(join(state, 'runs', runId), { recursive: true });
      const path = join(state, 'runs', runId, 'journal.ndjson');
      const journal = await Journal.create(path, { runId, of: null, sink: { name: 'portal', target, cluster: null } }, { now: () => at });
      for (const [each, outcome] of entries) {
        const sequence = await journal.intent(each, { place: 0, usageMoves: '0.00', allocation: null });
        if (outcome !== null) journal.outcome(sequence, outcome);
      }
      await journal.close();
      return path;
    },
    open: (mayWrite = true) => SinkMemory.open({ stateDirectory: state, place: PLACE, mayWrite, logger }),
    file: () => join(state, 'sinks', readdirSync(join(state, 'sinks'))[0] ?? ''),
  };
}

void t.test('what journals say was applied is remembered, also when they are gone', async (t) => {
  const { state, journal, open, file } = site(t);
  await journal('r1', [
    [change('1'), { status: 'applied' }],
    [change('2'), REFUSED],
    [change('3'), { status: 'unauthorised', message: 'm', remedy: 'r' }],
  ]);
  await journal('other', [[change('9'), { status: 'applied' }]], NOON, 'https://other.example/api/');
  await open();
  t.equal(statSync(file()).mode & 0o777, 0o600);
  rmSync(join(state, 'runs'), { recursive: true });
  const memory = await open();
  t.same(memory.lastWritten('1'), {
    isKnown: true,
    amount: '2.00',
    submittedAt: NOON - HOUR,
    startedAt: NOON,
    endedAt: NOON + HOUR,
    at: NOON,
  });
  for (const jobId of ['2', '3', '9']) t.equal(memory.lastWritten(jobId), null);
  t.ok(memory.isKnownRefusal(change('2'), 'not a member'));
});

void t.test('who may not write learns all the same, and leaves no file', async (t) => {
  const { state, journal, open } = site(t);
  await journal('r1', [[change('1'), { status: 'applied' }]]);
  t.match((await open(false)).lastWritten('1'), { amount: '2.00' });
  t.same(readdirSync(state), ['runs']);
});

void t.test('a later journal counts, whatever was read first; what nobody knows to have arrived is not known', async (t) => {
  const { journal, open } = site(t);
  await journal('r2', [[change('1', '5.00'), { status: 'applied' }]], NOON + 60);
  await open();
  await journal('r1', [[change('1', '4.00'), { status: 'applied' }]], NOON);
  t.match((await open()).lastWritten('1'), { amount: '5.00' });
  for (const [runId, outcome] of [
    ['r3', null],
    ['r4', { status: 'unsettled', message: 'm' }],
    ['r5', { status: 'not-as-sent', message: 'm', fields: ['amount'] }],
  ] as const) {
    await journal(runId, [[change(runId), { status: 'applied' }]], NOON);
    t.match((await open()).lastWritten(runId), { amount: '2.00' });
    await journal(`${runId}b`, [[change(runId, '6.00'), outcome]], NOON + 60);
    t.equal((await open()).lastWritten(runId), null, runId);
  }
});

void t.test('a journal that grew is read again; one that did not, is not', async (t) => {
  const { journal, open, file } = site(t);
  const path = await journal('r1', [[change('1'), null]]);
  await open();
  const before = readFileSync(file(), 'utf8');
  await open();
  t.equal(readFileSync(file(), 'utf8'), before);
  rmSync(path);
  await journal('r1', [[change('1'), { status: 'applied' }]]);
  t.match((await open()).lastWritten('1'), { amount: '2.00' });
});

void t.test(
  'a refusal is known for the same cause and change, until the change is applied or the allocation has other dates',
  async (t) => {
    const { journal, open } = site(t);
    const account = { name: 'fc_alpha', allocationStart: NOON, allocationEnd: null };
    const refuse = (runId: string, at: number): Promise<string> =>
      journal(
        runId,
        [
          [change('1'), REFUSED],
          [change('2', '2.00', 'fc_beta'), REFUSED],
        ],
        at,
      );
    (await open()).noteAllocations([account]);
    await refuse('r1', NOON);
    const memory = await open();
    memory.noteAllocations([account]);
    t.ok(memory.isKnownRefusal(change('1'), 'not a member'));
    t.notOk(memory.isKnownRefusal(change('1'), 'no allocation'));
    t.notOk(memory.isKnownRefusal(change('1', '3.00'), 'not a member'));

    memory.noteAllocations([{ ...account, allocationEnd: NOON + HOUR }]);
    for (const each of [memory, await open()]) {
      t.notOk(each.isKnownRefusal(change('1'), 'not a member'));
      t.ok(each.isKnownRefusal(change('2', '2.00', 'fc_beta'), 'not a member'));
    }
    await refuse('r2', NOON + 60);
    t.ok((await open()).isKnownRefusal(change('1'), 'not a member'));
    await journal('r3', [[change('1'), { status: 'applied' }]], NOON + 120);
    t.notOk((await open()).isKnownRefusal(change('1'), 'not a member'));
  },
);

void t.test('a memory that a crash cut off anywhere is made whole from the journals', async (t) => {
  const { journal, open, file } = site(t);
  await journal('r1', [
    [change('1'), { status: 'applied' }],
    [change('2'), REFUSED],
  ]);
  await open();
  const { size } = statSync(file());
  for (let length = 0; length < size; length += 11) {
    truncateSync(file(), length);
    const memory = await open();
    t.match(memory.lastWritten('1'), { amount: '2.00' });
    t.ok(memory.isKnownRefusal(change('2'), 'not a member'));
    for (const line of readFileSync(file(), 'utf8').trimEnd().split('\n')) t.doesNotThrow(() => void JSON.parse(line));
  }
});

void t.test('of a damaged journal that is remembered which its chain proves, with a warning', async (t) => {
  const { journal, open, warnings } = site(t);
  const path = await journal('r1', [
    [change('1'), { status: 'applied' }],
    [change('2'), { status: 'applied' }],
  ]);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/("jobId":"2".*"amount":)"2.00"/, '$1"9.00"'));
  const memory = await open();
  t.match(memory.lastWritten('1'), { amount: '2.00' });
  t.equal(memory.lastWritten('2'), null);
  t.match(warnings, [/not remembered whole/]);
});

void t.test('the file is written anew when most of it is outdated, and says the same', async (t) => {
  const { state, open, file } = site(t);
  const line = (index: number): string => {
    const times = { submittedAt: null, startedAt: null, endedAt: null, at: '2026-09-01T12:00:00Z' };
    return `${JSON.stringify({ type: 'written', jobId: String(index % 10), amount: `${index}.00`, ...times })}\n`;
  };
  const run = { createdAt: '2026-09-01T12:00:00Z', rows: 1, records: 1, priceLists: [] };
  const memory = await open();
  for (const [runId, whole] of [
    ['a', true],
    ['b', true],
    ['c', false],
    ['d', false],
  ] as const)
    memory.noteRun({ ...run, runId, whole });
  appendFileSync(file(), Array.from({ length: 11_000 }, (_, index) => line(index)).join(''));
  mkdirSync(join(state, 'runs'));
  const anew = await open();
  t.equal(readFileSync(file(), 'utf8').trimEnd().split('\n').length, 13);
  for (const each of [anew, await open()]) {
    t.match(each.lastWritten('9'), { amount: '10999.00' });
    t.same([each.newestRun?.runId, each.newestWhole?.runId], ['d', 'b']);
  }
});

void t.test('a line that is no JSON is refused with what to do', async (t) => {
  const { open, file } = site(t);
  await open();
  appendFileSync(file(), 'nonsense\n');
  await t.rejects(open(), { code: 'INPUT_INVALID', message: /line 2 is no JSON/, remedy: /journals/ });
});
