import t from 'tap';
import { call, jobBody } from './call.js';
import { readRecordedSeed } from './fixtures.js';
import { MEASURED_PACE } from './pace.js';
import { startPortal } from './start-portal.js';

const SEED = readRecordedSeed();
const PACE = { workers: 2, writeMs: 30, listedJobMs: 1, lookupMs: 1 };

void t.test('two workers serve two requests at once, however many come', async (t) => {
  const portal = await startPortal({ seed: SEED, slow: PACE });
  t.teardown(() => portal.close());
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((id) => call(portal, 'PUT', `jobs/${id}/`, { body: jobBody(String(id)) })));
  t.ok(answers.every(({ status }) => status === 200));
  t.equal(portal.mostBusy(), 2);
  t.equal(portal.state.accountUsage('fc_alpha'), 60000n);
});

void t.test('a quick lookup waits its turn behind slow writes', async (t) => {
  const portal = await startPortal({ seed: SEED, slow: PACE });
  t.teardown(() => portal.close());
  const done: string[] = [];
  const note = (what: string) => (): number => done.push(what);
  const writes = ['1', '2'].map((id) => call(portal, 'PUT', `jobs/${id}/`, { body: jobBody(id) }).then(note('write')));
  while (portal.mostBusy() < 2) await new Promise(setImmediate);
  await Promise.all([...writes, call(portal, 'GET', 'jobs/9/').then(note('lookup'))]);
  t.equal(done[0], 'write');
});

void t.test('two PUTs of one new job at once: one is stored, the other breaks down, and it is charged once', async (t) => {
  const portal = await startPortal({ seed: SEED, slow: PACE });
  t.teardown(() => portal.close());
  const both = await Promise.all([1, 2].map(() => call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') })));
  t.strictSame(both.map(({ status }) => status).sort(), [200, 500]);
  t.equal(portal.state.accountUsage('fc_alpha'), 10000n);
  t.equal((await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') })).status, 200);
  t.equal(portal.state.accountUsage('fc_alpha'), 10000n);
});

void t.test('slow is the measured speed', async (t) => {
  t.strictSame(MEASURED_PACE, { workers: 2, writeMs: 50, listedJobMs: 4, lookupMs: 16 });
  const portal = await startPortal({ seed: SEED, slow: true });
  t.teardown(() => portal.close());
  await Promise.all([1, 2, 3, 4].map((id) => call(portal, 'GET', `jobs/${id}/`)));
  t.equal(portal.mostBusy(), 2);
});

void t.test('latency adds to every request without taking a worker', async (t) => {
  const portal = await startPortal({ seed: SEED, latencyMs: 5 });
  t.teardown(() => portal.close());
  t.equal((await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') })).status, 200);
});
