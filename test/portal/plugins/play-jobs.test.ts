import t from 'tap';
import { readRecordedSeed } from '../fixtures.js';
import { startPortal } from '../start-portal.js';
import { playJobs } from './play-jobs.js';
import { MORNING, pendingCancelled, rowOf } from './row-of.js';

const SEED = readRecordedSeed();
const SETTINGS = { token: SEED.tokens.staff!.key, prices: { savio: '0.75' }, uidOf: () => 10001 };

void t.test('the portal ends up with what the plugins told it', async (t) => {
  const portal = await startPortal({ seed: SEED });
  t.teardown(() => portal.close());
  const rows = [
    rowOf({ jobId: '1', uid: null }),
    rowOf({ jobId: '2', state: 'REQUEUED' }),
    rowOf({ jobId: '2', submittedAt: MORNING + 3660, startedAt: MORNING + 4000, endedAt: MORNING + 4720, nodeList: 'n0[010,031].savio1' }),
    pendingCancelled({ jobId: '3' }),
    rowOf({ jobId: '4', state: 'RUNNING', endedAt: null }),
  ];
  const played = await playJobs(rows, { ...SETTINGS, baseUrl: portal.baseUrl });
  t.strictSame(played.map(({ plugin, row, outcome }) => `${plugin} ${row.jobId} ${String(outcome)}`).sort(), [
    'jobcomp 1 200',
    'jobcomp 2 200',
    'jobcomp 2 200',
    'jobcomp 3 400',
    'spank 1 201',
    'spank 2 201',
    'spank 2 400',
    'spank 4 201',
  ]);
  t.match(portal.state.job('2'), {
    submitdate: '2026-07-01T08:01:00Z',
    amount: '3.00',
    jobstatus: 'COMPLETING',
    nodes: [{ name: 'n0001.savio1' }, { name: 'n0010' }, { name: '031.savio1' }],
  });
  t.equal(portal.state.job('3'), null, 'a job cancelled while pending is never recorded');
  t.equal(portal.state.accountUsage('fc_alpha'), 1500n + 300n + 1500n);
  t.equal(portal.state.userUsage('fc_alpha', 'alice'), 3300n);
});

void t.test('a lost request is lost: none is repeated', async (t) => {
  const portal = await startPortal({ seed: SEED, faults: { seed: 1, rate: 1, kinds: ['hang-before'] } });
  t.teardown(() => portal.close());
  const rows = [rowOf({ jobId: '1' }), rowOf({ jobId: '2', startedAt: MORNING + 61 })];
  const played = await playJobs(rows, {
    ...SETTINGS,
    baseUrl: portal.baseUrl,
    deadlineMs: 50,
    lose: ({ plugin, row }) => plugin === 'jobcomp' && row.jobId === '1',
  });
  t.strictSame(
    played.map(({ plugin, row, outcome }) => `${plugin} ${row.jobId} ${String(outcome)}`),
    ['spank 1 unanswered', 'spank 2 unanswered', 'jobcomp 1 lost', 'jobcomp 2 unanswered'],
  );
  t.equal(portal.requests.length, 3);
});
