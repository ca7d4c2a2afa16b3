import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Journal } from '../../../src/core/journal.js';
import { SinkMemory } from '../../../src/core/memory/sink-memory.js';
import { placeOf } from '../../../src/core/sink-key.js';
import { planPrune, removeRuns, type PruneRequest } from '../../../src/core/runs/prune.js';
import { HOUR, NOON } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { cutLastOutcome, oldRun } from '../../support/old-runs.js';
import { openJobs } from '../../support/open-jobs.js';
import { runCore } from '../../support/run-core.js';

const quiet = (): void => undefined;
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };
/** After every run of these tests. */
const now = Math.floor(Date.now() / 1000) + 600;
const ALL: PruneRequest = { olderThanDays: 0, keep: null, now };

void t.test('old runs go, the newest of each command and sink stays, and what later runs must know survives (money 14)', async (t) => {
  const state = t.testdir();
  const { rows, records } = openJobs(4);
  const sink = memorySink(records, { accounts: [{ name: 'fc_a0', allocationStart: NOON - 100 * HOUR, allocationEnd: null }] });
  const run = (command: 'update' | 'full'): ReturnType<typeof runCore> =>
    runCore({ source: memorySource(rows), sink, state, request: { command } });
  t.equal((await run('update')).summary.applied?.applied, 4);
  await run('full');
  await run('update');
  const [first = '', full = '', last = ''] = readdirSync(join(state, 'runs')).sort();
  t.same((await planPrune(state, { ...ALL, olderThanDays: 1 })).remove, [], 'not old enough');
  t.same((await planPrune(state, { ...ALL, keep: 3 })).remove, [], 'not beyond the newest');
  const plan = await planPrune(state, ALL);
  t.match(plan, { remove: [{ runId: first, outcome: 'done' }], keep: [{ runId: last }, { runId: full }] });
  t.ok(plan.keep.every(({ why }) => why === 'it is the newest of its command and sink'));

  mkdirSync(join(state, 'runs', '.removed-by-a-killed-prune'));
  removeRuns(state, [first]);
  t.same(readdirSync(join(state, 'runs')).sort(), [full, last]);
  sink.records.set('1000', { ...sink.records.get('1000')!, amount: '9.00' });
  t.match((await run('full')).findings, [{ kind: 'adjusted-by-hand', jobId: '1000', suAtStake: '-8.00' }]);
});

void t.test('what never goes, and why', async (t) => {
  const state = t.testdir();
  const { rows, records } = openJobs(7);
  const sink = memorySink(records);
  const request = { command: 'update', limit: 1 } as const;
  for (let count = 0; count < 7; count += 1) await runCore({ source: memorySource(rows), sink, state, request });
  const path = (id: string, name: string): string => join(state, 'runs', id, name);
  const [a = '', b = '', c = '', d = '', e = '', recent = '', newest = ''] = readdirSync(join(state, 'runs')).sort();
  const [unsettled, foreign, unread, damaged, gone] = [a, b, c, d, e].map((id) => oldRun(state, id)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  cutLastOutcome(path(unsettled, 'journal.ndjson'));
  rmSync(path(unsettled, 'summary.json'));
  writeFileSync(path(foreign, 'notes.txt'), 'mine');
  truncateSync(path(unread, 'journal.ndjson'), statSync(path(unread, 'journal.ndjson')).size - 1);
  writeFileSync(path(damaged, 'journal.ndjson'), '{}\n{}\n');
  rmSync(path(recent, 'summary.json'));
  mkdirSync(path('archive', 'inner'), { recursive: true });
  symlinkSync(join(state, 'sinks'), join(state, 'runs', '20250101T000000000Z-abcdef'));
  for (const id of [unsettled, damaged, unread, foreign]) touchLongAgo(join(state, 'runs', id));

  const { remove, keep } = await planPrune(state, ALL);
  t.same(
    remove.map(({ runId }) => runId),
    [gone],
  );
  const why = new Map(keep.map((each) => [each.runId, each.why]));
  t.match(why.get(newest), /newest of its command/);
  t.match(why.get(recent), /less than a day old/);
  t.match(why.get(unsettled), /nobody knows what became/);
  t.match(why.get(foreign), /not brc-sync’s/);
  t.match(why.get(unread), /not in the memory of its sink yet/);
  t.match(why.get(damaged), /damaged/);
  t.equal(why.size, 6);
});

void t.test('a run and those that went on with it stay together', async (t) => {
  const state = t.testdir();
  const leave = async (runId: string, of: string | null, more: string | null): Promise<void> => {
    const path = join(state, 'runs', runId);
    mkdirSync(path, { recursive: true });
    const header = { runId, of, sink: { name: 'portal', target: null, cluster: null } };
    await (await Journal.create(join(path, 'journal.ndjson'), header, { now: () => NOON })).close();
    if (more !== null) writeFileSync(join(path, more), '');
    touchLongAgo(path);
  };
  const id = (end: string): string => `20260101T000000000Z-00000${end}`;
  await leave(id('1'), null, null);
  await leave(id('2'), id('1'), 'notes.txt');
  await leave(id('3'), null, null);
  await SinkMemory.open({
    stateDirectory: state,
    place: placeOf({ name: 'portal', target: null, cluster: null }),
    mayWrite: true,
    logger: SILENT,
  });
  const { remove, keep } = await planPrune(state, ALL);
  t.match(remove, [{ runId: id('3') }]);
  t.match(keep, [
    { runId: id('2'), why: /not brc-sync’s/ },
    { runId: id('1'), why: `run ${id('2')} went on with it` },
  ]);
});

function touchLongAgo(path: string): void {
  for (const name of readdirSync(path)) utimesSync(join(path, name), 1_767_225_600, 1_767_225_600);
}
