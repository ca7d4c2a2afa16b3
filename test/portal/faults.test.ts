import t from 'tap';
import { call, jobBody } from './call.js';
import type { Answer } from './call.js';
import { readListsJobs, readRecordedSeed } from './fixtures.js';
import { FAULT_KINDS, Faults } from './faults.js';
import type { FaultKind } from './faults.js';
import type { JobView } from './job.js';
import { startPortal } from './start-portal.js';
import type { RunningPortal } from './start-portal.js';

const SEED = readRecordedSeed();

/** Started well, so that a test can look at what one fault makes of one request. */
async function portalWith(kind: FaultKind, jobs: readonly JobView[] = []): Promise<RunningPortal> {
  return startPortal({
    seed: { ...SEED, jobs: jobs.map((job) => ({ ...job })) },
    now: '2026-11-23T00:00:00Z',
    faults: { seed: 7, rate: 1, kinds: [kind], retryAfterSeconds: 3 },
  });
}

const put = (portal: RunningPortal, deadlineMs = 30_000): Promise<Answer> =>
  call(portal, 'PUT', 'jobs/1/', { body: jobBody('1'), deadlineMs });

for (const [kind, stored] of [
  ['reset-before', false],
  ['reset-after', true],
  ['hang-before', false],
  ['hang-after', true],
] as const) {
  void t.test(`${kind}: no answer, and the job is ${stored ? 'charged' : 'unknown'}`, async (t) => {
    const portal = await portalWith(kind);
    t.teardown(() => portal.close());
    // Long enough for a busy machine to send it: only a portal that hangs is waited for in vain.
    await t.rejects(put(portal, 1000));
    t.equal(portal.state.job('1') !== null, stored);
    t.equal(portal.state.accountUsage('fc_alpha'), stored ? 10000n : 0n);
    t.strictSame(portal.requests, [{ method: 'PUT', path: '/api/jobs/1/', status: 0, fault: kind }]);
  });
}

for (const [kind, status, stored] of [
  ['status-500', 500, false],
  ['status-502', 502, false],
  ['status-503', 503, false],
  ['status-504-after', 504, true],
  ['html-page', 200, false],
] as const) {
  void t.test(`${kind}: a page of HTML with ${status}`, async (t) => {
    const portal = await portalWith(kind);
    t.teardown(() => portal.close());
    const answer = await put(portal);
    t.equal(answer.status, status);
    t.match(answer.headers.get('content-type'), /^text\/html/u);
    t.match(answer.text, /^<!DOCTYPE html>/u);
    t.equal(portal.state.job('1') !== null, stored);
  });
}

void t.test('429 names its wait in seconds or as a date', async (t) => {
  const inSeconds = await portalWith('retry-after-seconds');
  const asDate = await portalWith('retry-after-date');
  t.teardown(() => Promise.all([inSeconds.close(), asDate.close()]));
  t.equal((await put(inSeconds)).headers.get('retry-after'), '3');
  const answer = await put(asDate);
  t.equal(answer.status, 429);
  t.match(answer.headers.get('retry-after'), /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/u);
});

void t.test('truncated JSON: stored, but the answer cannot be read', async (t) => {
  const portal = await portalWith('truncated-json');
  t.teardown(() => portal.close());
  const answer = await put(portal);
  t.equal(answer.status, 200);
  t.throws(() => answer.json());
  t.ok(portal.state.job('1'));
});

void t.test('an expired token: 401, nothing stored', async (t) => {
  const portal = await portalWith('expired-token');
  t.teardown(() => portal.close());
  const answer = await put(portal);
  t.equal(answer.status, 401);
  t.strictSame(answer.json(), { detail: 'Expired token.' });
  t.equal(portal.state.job('1'), null);
});

async function listed(kind: FaultKind): Promise<{ count: number; next: string | null; ids: string[] }> {
  const portal = await portalWith(kind, readListsJobs());
  const answer = await call(portal, 'GET', 'jobs/');
  await portal.close();
  const { count, next, results } = answer.json() as { count: number; next: string | null; results: JobView[] };
  return { count, next, ids: results.map((job) => job.jobslurmid) };
}

void t.test('rows across pages: one twice, one missing; a next that names another host', async (t) => {
  const twice = await listed('duplicate-row');
  t.strictSame([twice.count, twice.ids.length, new Set(twice.ids).size], [245, 100, 99]);
  const missing = await listed('missing-row');
  t.strictSame([missing.count, missing.ids.length], [245, 99]);
  t.equal((await listed('foreign-next')).next, 'https://portal.example.org/api/jobs/?page=2');
});

void t.test('the seed and the requests alone decide on the faults, not their order', (t) => {
  const requests = Array.from({ length: 300 }, (_, index) => ['PUT', `/api/jobs/${index % 100}/`] as const);
  const met = (order: readonly (readonly [string, string])[], seed: number): string[] => {
    const faults = new Faults({ seed, rate: 0.3 });
    return order.map(([method, url]) => `${url} ${String(faults.pick(method, url))}`).sort();
  };
  t.strictSame(met([...requests].reverse(), 1), met(requests, 1));
  t.notSame(met(requests, 2), met(requests, 1));
  const kinds = new Set(met(requests, 1).map((line) => line.split(' ')[1]));
  t.ok(kinds.size > 10, 'many kinds');
  t.notOk(
    [...kinds].some((kind) => kind === 'missing-row' || kind === 'foreign-next'),
    'lists only',
  );
  t.end();
});

void t.test('lists meet every kind of fault, as often as the rate says, and no more than the most', (t) => {
  const faults = new Faults({ seed: 5, rate: 0.5 });
  const met = Array.from({ length: 2000 }, (_, page) => faults.pick('GET', `/api/jobs/?page=${page}`)).filter((kind) => kind !== null);
  t.strictSame([...new Set(met)].sort(), [...FAULT_KINDS].sort());
  t.ok(met.length > 900 && met.length < 1100, String(met.length));
  const few = new Faults({ seed: 5, rate: 1, most: 3 });
  t.equal(Array.from({ length: 10 }, () => few.pick('GET', '/api/jobs/')).filter((kind) => kind !== null).length, 3);
  t.equal(new Faults({ seed: 5, rate: 1, kinds: ['missing-row'] }).pick('PUT', '/api/jobs/1/'), null);
  t.end();
});

void t.test('a stubborn fault is met again and again, and then no more for its own sake', (t) => {
  const lengths = Array.from({ length: 50 }, (_, job) => {
    const faults = new Faults({ seed: job, rate: 1, stubborn: 1 });
    const kinds = Array.from({ length: 20 }, () => faults.pick('PUT', `/api/jobs/${job}/`));
    return kinds.findIndex((kind) => kind !== kinds[0]);
  });
  t.ok(Math.min(...lengths) >= 2, 'at least twice');
  t.ok(new Set(lengths).size > 5, 'for various times');
  const calm = new Faults({ seed: 1, rate: 1, kinds: ['status-500'], stubborn: 1, most: 3 });
  t.strictSame(
    Array.from({ length: 5 }, () => calm.pick('GET', '/api/users/')).filter((kind) => kind !== null).length,
    3,
    'no more than the most',
  );
  t.end();
});

void t.test('faults can be taken away', async (t) => {
  const portal = await portalWith('status-500');
  t.teardown(() => portal.close());
  t.equal((await put(portal)).status, 500);
  portal.setFaults(null);
  t.equal((await put(portal)).status, 200);
  portal.setFaults({ seed: 1, rate: 1, kinds: ['status-502'] });
  t.equal((await put(portal)).status, 502);
});
