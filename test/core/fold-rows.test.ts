import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { foldRows } from '../../src/core/fold-rows.js';
import { HOUR, NOON, aJob } from '../support/jobs.js';

void t.test('a requeue chain is its last run with nodes, with its own times (money 1)', async (t) => {
  const first = aJob({ state: 'REQUEUED', submittedAt: NOON, startedAt: NOON, endedAt: NOON + 5 });
  const second = aJob({ submittedAt: NOON + 5, startedAt: NOON + 200, endedAt: NOON + 300 });
  const [folded, ...more] = foldRows([second, first]);
  t.equal(more.length, 0);
  t.match(folded, { ended: true, ran: true, requeued: true, resized: false });
  t.match(folded?.job, { submittedAt: NOON + 5, startedAt: NOON + 200, endedAt: NOON + 300, state: 'COMPLETED' });
});

void t.test('a requeued job cancelled while pending again is charged for its last run, and is CANCELLED (money 1)', async (t) => {
  const first = aJob({ state: 'REQUEUED', endedAt: NOON + 100 });
  const second = aJob({
    state: 'CANCELLED',
    submittedAt: NOON + 100,
    startedAt: null,
    endedAt: NOON + 900,
    allocatedNodeCount: 0,
    cpuCount: 0,
    nodeList: null,
  });
  const [folded] = foldRows([first, second]);
  t.match(folded, { ended: true, ran: true });
  t.match(folded?.job, { state: 'CANCELLED', startedAt: NOON, endedAt: NOON + 100, cpuCount: 1 });
});

void t.test('a resize chain has its first submit and start, its last CPUs, nodes and end (money 1)', async (t) => {
  const first = aJob({
    state: 'RESIZING',
    submittedAt: NOON,
    startedAt: NOON,
    endedAt: NOON + 24,
    cpuCount: 2,
    nodeList: 'n[0101-0102]',
    allocatedNodeCount: 2,
  });
  const second = aJob({ submittedAt: NOON + 24, startedAt: NOON, endedAt: NOON + 60, nodeList: 'n0101' });
  const [folded] = foldRows([first, second]);
  t.match(folded, { resized: true, requeued: false });
  t.match(folded?.job, { submittedAt: NOON, startedAt: NOON, endedAt: NOON + 60, cpuCount: 1, nodeList: 'n0101' });
});

void t.test('PREEMPTED and NODE_FAIL are continued only by a row submitted within the hour (money 1)', async (t) => {
  for (const state of ['PREEMPTED', 'NODE_FAIL'] as const) {
    const first = aJob({ state, endedAt: NOON + 100 });
    t.equal(foldRows([first, aJob({ submittedAt: NOON + 100 + HOUR })]).length, 1, `${state}, an hour later`);
    t.equal(foldRows([first, aJob({ submittedAt: NOON + 101 + HOUR })]).length, 2, `${state}, a second more`);
  }
});

void t.test('a chain whose newest row is REQUEUED, RESIZING, pending or running has not ended (money 1)', async (t) => {
  for (const newest of [
    aJob({ state: 'REQUEUED' }),
    aJob({ state: 'RESIZING' }),
    aJob({ state: 'PENDING', startedAt: null, endedAt: null }),
    aJob({ state: 'RUNNING', endedAt: null }),
  ]) {
    t.equal(foldRows([newest])[0]?.ended, false, newest.state);
  }
});

void t.test('another second row is another job with a reused id; owners are told apart (money 1)', async (t) => {
  t.equal(foldRows([aJob(), aJob({ submittedAt: NOON + HOUR })]).length, 2);
  t.equal(foldRows([aJob(), aJob({ user: 'bob', uid: 10002 })]).length, 2);
  t.equal(foldRows([aJob(), aJob({ cluster: 'lawrencium' })]).length, 2);
});

void t.test(
  'rows alike are one row, the last read counts; REVOKED is dropped; an end before the start is a zero length (money 1)',
  async (t) => {
    const jobs = foldRows([
      aJob({ state: 'RUNNING', endedAt: null }),
      aJob({ state: 'FAILED' }),
      aJob({ state: 'REVOKED', submittedAt: NOON - 2 * HOUR }),
    ]);
    t.match(jobs, [{ job: { state: 'FAILED' } }]);
    t.same(foldRows([aJob({ state: 'REVOKED' })]), []);
    t.match(foldRows([aJob({ startedAt: NOON + 100, endedAt: NOON })])[0]?.job, { startedAt: NOON, endedAt: NOON });
  },
);

void t.test('a job never ran only if no row of its chain ever had nodes (money 10)', async (t) => {
  const pending = aJob({ state: 'CANCELLED', startedAt: null, nodeList: null, allocatedNodeCount: 0, cpuCount: 0 });
  t.equal(foldRows([pending])[0]?.ran, false);
  t.equal(foldRows([aJob({ state: 'REQUEUED' }), { ...pending, submittedAt: NOON + HOUR }])[0]?.ran, true);
});

void t.test('folding neither loses nor repeats a row, whatever the order of reading', async (t) => {
  const row = fc.record({
    submittedAt: fc.integer({ min: NOON, max: NOON + 20 }),
    state: fc.constantFrom('COMPLETED', 'REQUEUED', 'RESIZING', 'PREEMPTED', 'PENDING'),
    account: fc.constantFrom('fc_alpha', 'co_beta'),
  });
  fc.assert(
    fc.property(fc.uniqueArray(row, { selector: (fields) => `${fields.submittedAt} ${fields.account}`, maxLength: 12 }), (all) => {
      const rows = all.map((fields) => aJob(fields as Parameters<typeof aJob>[0]));
      const folded = foldRows(rows);
      const seen = folded.flatMap((job) => job.rows);
      const times = (list: readonly { submittedAt: number; account: string }[]): string[] =>
        list.map((r) => `${r.submittedAt} ${r.account}`).sort();
      assert.deepEqual(times(seen), times(rows));
      assert.deepEqual(foldRows([...rows].reverse()), folded);
    }),
    { numRuns: 300 },
  );
  t.pass('300 random chains');
});
