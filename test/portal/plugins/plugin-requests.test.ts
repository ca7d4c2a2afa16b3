import t from 'tap';
import { jobcompRequest } from './jobcomp.js';
import { pluginEvents } from './plugin-events.js';
import type { PluginEvent } from './plugin-events.js';
import { MORNING, pendingCancelled, rowOf } from './row-of.js';
import { spankRequest } from './spank.js';

const PRICES = { savio: '0.75' };

void t.test('SPANK sends an estimate without end, requested nodes and hours', (t) => {
  t.strictSame(spankRequest(rowOf(), PRICES, 120), {
    method: 'POST',
    path: '/jobs/',
    body: {
      jobslurmid: '1001',
      submitdate: '2026-07-01T07:00:00+00:00',
      startdate: '2026-07-01T07:01:00+00:00',
      userid: '10001',
      accountid: 'fc_alpha',
      amount: '30.00',
      jobstatus: 'RUNNING',
      partition: 'savio',
      qos: 'savio_normal',
      nodes: [{ name: 'n0001.savio1' }],
      num_cpus: 20,
      num_alloc_nodes: 1,
    },
  });
  t.ok(Number(spankRequest(rowOf(), PRICES, null).body.amount) > 100_000_000, 'an unlimited job costs more than the portal takes');
  t.throws(() => spankRequest(pendingCancelled(), PRICES, 60), /never started/u);
  t.end();
});

void t.test('jobcomp sends every field, hours in 32 bits', (t) => {
  const row = rowOf({ state: 'TIMEOUT', endedAt: MORNING + 60 + 2464 });
  t.strictSame(jobcompRequest(row, PRICES), {
    method: 'PUT',
    path: '/jobs/1001/',
    body: {
      jobslurmid: '1001',
      submitdate: '2026-07-01T07:00:00+00:00',
      startdate: '2026-07-01T07:01:00+00:00',
      enddate: '2026-07-01T07:42:04+00:00',
      userid: '10001',
      accountid: 'fc_alpha',
      amount: '10.27',
      jobstatus: 'COMPLETING',
      partition: 'savio',
      qos: 'savio_normal',
      nodes: [{ name: 'n0001.savio1' }],
      num_cpus: 20,
      num_req_nodes: 1,
      num_alloc_nodes: 1,
      raw_time: 0.68444443,
      cpu_time: 13.688889,
    },
  });
  t.throws(() => jobcompRequest(rowOf({ endedAt: null }), PRICES), /has not ended/u);
  t.throws(() => jobcompRequest(rowOf({ uid: null }), PRICES), /no uid/u);
  t.end();
});

void t.test('every end is COMPLETING', (t) => {
  for (const state of ['COMPLETED', 'FAILED', 'TIMEOUT', 'CANCELLED', 'OUT_OF_MEMORY', 'NODE_FAIL', 'PREEMPTED'] as const) {
    t.equal(jobcompRequest(rowOf({ state }), PRICES).body.jobstatus, 'COMPLETING', state);
  }
  t.end();
});

void t.test('a job cancelled while pending starts and ends at the cancel, with one nameless node', (t) => {
  const { body } = jobcompRequest(pendingCancelled({ endedAt: MORNING + 500 }), PRICES);
  t.equal(body.startdate, '2026-07-01T07:08:20+00:00');
  t.equal(body.enddate, '2026-07-01T07:08:20+00:00');
  t.strictSame(body.nodes, [{ name: '' }]);
  t.equal(body.amount, '0.00');
  t.end();
});

const shown = ({ at, plugin, request: { body } }: PluginEvent): unknown[] => [
  at - MORNING,
  plugin,
  body.jobstatus,
  body.amount,
  body.submitdate,
  body.startdate,
  body.enddate,
];

void t.test('a requeue is told in between, and the next run has its own submit', (t) => {
  const rows = [rowOf({ submittedAt: MORNING + 3660, startedAt: MORNING + 4000, endedAt: MORNING + 4720 }), rowOf({ state: 'REQUEUED' })];
  t.strictSame(pluginEvents(rows, { prices: PRICES }).map(shown), [
    [60, 'spank', 'RUNNING', '15.00', '2026-07-01T07:00:00+00:00', '2026-07-01T07:01:00+00:00', undefined],
    [3660, 'jobcomp', 'REQUEUED', '15.00', '2026-07-01T07:00:00+00:00', '2026-07-01T07:01:00+00:00', '2026-07-01T08:01:00+00:00'],
    [4000, 'spank', 'RUNNING', '15.00', '2026-07-01T08:01:00+00:00', '2026-07-01T08:06:40+00:00', undefined],
    [4720, 'jobcomp', 'COMPLETING', '3.00', '2026-07-01T08:01:00+00:00', '2026-07-01T08:06:40+00:00', '2026-07-01T08:18:40+00:00'],
  ]);
  t.end();
});

void t.test('a preempted job that goes on is PREEMPTED, one that does not is COMPLETING', (t) => {
  const first = rowOf({ state: 'PREEMPTED' });
  const states = (next: number): unknown[] =>
    pluginEvents([first, rowOf({ submittedAt: next, startedAt: null, endedAt: null, state: 'PENDING', allocatedNodeCount: 0 })], {
      prices: PRICES,
    }).map((event) => event.request.body.jobstatus);
  t.strictSame(states(MORNING + 3660 + 3600), ['RUNNING', 'PREEMPTED']);
  t.strictSame(states(MORNING + 3660 + 3601), ['RUNNING', 'COMPLETING']);
  t.end();
});

void t.test('a resize is told with the projected end; the run keeps its submit and start', (t) => {
  const rows = [
    rowOf({ state: 'RESIZING', cpuCount: 40, endedAt: MORNING + 660 }),
    rowOf({ submittedAt: MORNING + 660, startedAt: MORNING + 660, endedAt: MORNING + 3660, cpuCount: 20 }),
  ];
  t.strictSame(pluginEvents(rows, { prices: PRICES, timeLimitMinutes: () => 120 }).map(shown), [
    [60, 'spank', 'RUNNING', '60.00', '2026-07-01T07:00:00+00:00', '2026-07-01T07:01:00+00:00', undefined],
    [660, 'jobcomp', 'RESIZING', '60.00', '2026-07-01T07:00:00+00:00', '2026-07-01T07:01:00+00:00', '2026-07-01T09:01:00+00:00'],
    [3660, 'jobcomp', 'COMPLETING', '15.00', '2026-07-01T07:00:00+00:00', '2026-07-01T07:01:00+00:00', '2026-07-01T08:01:00+00:00'],
  ]);
  t.end();
});

void t.test('what still runs has only its start, what still waits has nothing', (t) => {
  const rows = [
    rowOf({ jobId: '1', state: 'RUNNING', endedAt: null }),
    rowOf({ jobId: '2', state: 'PENDING', startedAt: null, endedAt: null, allocatedNodeCount: 0 }),
    rowOf({ jobId: '3', state: 'REVOKED' }),
  ];
  t.strictSame(
    pluginEvents(rows, { prices: PRICES }).map(({ plugin, row }) => [plugin, row.jobId]),
    [['spank', '1']],
  );
  t.end();
});
