import { readFileSync } from 'node:fs';
import t from 'tap';
import { BrcSyncError } from '../../../src/core/errors.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { answering, openJobs } from '../../support/open-jobs.js';
import { runCore } from '../../support/run-core.js';

void t.test('refusals are grouped by cause, and the rest goes on', async (t) => {
  const { rows, records } = openJobs(30, 3);
  const sink = answering(memorySink(records), (change) =>
    change.account === 'fc_a1'
      ? {
          status: 'rejected',
          cause: 'not a member',
          message: `User 10001 is not a member of account ${change.account}.`,
          remedy: 'Add the user.',
        }
      : { status: 'applied' },
  );
  const { summary, exitCode } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(summary.applied, { applied: 20, rejected: 10, left: 0, suNet: '-460.00' });
  t.match(summary.applied?.problems, [
    { outcome: 'rejected', cause: 'not a member', count: 10, suDifference: '-230.00', remedy: 'Add the user.' },
  ]);
  t.equal(summary.applied?.problems[0]?.first.length, 5);
  t.equal(exitCode, 3);
});

void t.test('an unsettled put is read back: applied where the sink holds it, sent once more where it does not', async (t) => {
  const { rows, records } = openJobs(2);
  const memory = memorySink(records);
  const sink = answering(memory, async (change, attempt) => {
    if (attempt > 1) return { status: 'applied' };
    if (change.jobId === '1000') memory.records.set(change.jobId, change.after);
    return { status: 'unsettled', message: 'The connection was reset.' };
  });
  const { summary } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(summary.applied, { applied: 2, unsettled: 0 });
  t.same(
    memory.puts.map((change) => change.jobId),
    ['1001'],
  );
});

void t.test('a sink that is down stops the run, which says what is left; the next one finishes', async (t) => {
  const { rows, records } = openJobs(100, 10);
  const memory = memorySink(records);
  let down = true;
  const sink = answering(memory, () => (down ? { status: 'unsettled', message: '503 Service Unavailable' } : { status: 'applied' }));
  const first = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(first.summary.applied, { applied: 0, stopped: { why: 'unreachable' } });
  t.ok((first.summary.applied?.left ?? 0) > 70);
  t.equal(first.exitCode, 6);
  down = false;
  t.match((await runCore({ source: memorySource(rows), sink, request: { command: 'update' } })).summary.applied, { applied: 100 });
});

void t.test('refused credentials stop the run', async (t) => {
  const { rows, records } = openJobs(60, 3);
  const sink = answering(memorySink(records), (change) =>
    change.jobId > '1030' ? { status: 'unauthorised', message: 'Expired token.', remedy: 'Renew it.' } : { status: 'applied' },
  );
  const { summary, exitCode } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  const { applied, left, stopped } = summary.applied!;
  t.same([applied + left, stopped?.why, stopped?.message], [60, 'unauthorised', 'Expired token.']);
  t.equal(exitCode, 6);
});

void t.test('a plugin that throws its errors instead of answering with them is understood', async (t) => {
  const { rows, records } = openJobs(1);
  const sink = {
    ...memorySink(records),
    put: () => Promise.reject(new BrcSyncError('UNAUTHORISED', { message: 'Invalid token.', remedy: 'Renew it.' })),
  };
  const { summary } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(summary.applied, { applied: 0, stopped: { why: 'unauthorised', message: 'Invalid token.' } });
});

void t.test('an answer that holds something else than was sent is told', async (t) => {
  const { rows, records } = openJobs(1);
  const sink = answering(memorySink(records), () => ({ status: 'not-as-sent', message: 'It holds 24.00.', fields: ['amount'] }));
  const { summary, exitCode } = await runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
  t.match(summary.applied?.problems, [{ outcome: 'not-as-sent', cause: 'stored otherwise: amount' }]);
  t.equal(exitCode, 3);
});

void t.test('--limit counts what took effect: refused changes do not use it up', async (t) => {
  const { rows, records } = openJobs(20, 2);
  const sink = answering(memorySink(records), (change) =>
    change.account === 'fc_a0' ? { status: 'rejected', cause: 'no', message: 'no', remedy: 'no' } : { status: 'applied' },
  );
  const { summary } = await runCore({ source: memorySource(rows), sink, request: { command: 'update', limit: 8 } });
  t.equal(summary.applied?.applied, 8);
  t.ok((summary.applied?.left ?? 0) > 0);
});

void t.test('an interrupted run stops taking changes, writes its summary and can be run again', async (t) => {
  const { rows, records } = openJobs(200, 4);
  const controller = new AbortController();
  const memory = memorySink(records);
  const sink = answering(memory, () => {
    if (memory.puts.length === 20) controller.abort(new BrcSyncError('INTERRUPTED', { message: 'interrupted', remedy: 'Again.' }));
    return { status: 'applied' };
  });
  let summaryPath = '';
  const run = runCore({
    source: memorySource(rows),
    sink,
    request: { command: 'update' },
    signal: controller.signal,
    onDirectory: (directory) => (summaryPath = directory.summary),
  });
  await t.rejects(run, { code: 'INTERRUPTED' });
  const { applied } = JSON.parse(readFileSync(summaryPath, 'utf8')) as { applied: { applied: number; left: number; stopped: object } };
  t.match(applied.stopped, { why: 'interrupted' });
  t.equal(applied.applied + applied.left, 200);
  t.equal(applied.applied, memory.puts.length);
  t.match((await runCore({ source: memorySource(rows), sink: memory, request: { command: 'update' } })).summary.applied, {
    applied: applied.left,
  });
});
