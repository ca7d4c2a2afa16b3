import t from 'tap';
import type { Job } from '../../../src/core/job.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { judge } from '../../../src/core/reconcile/judge.js';
import type { JudgeContext } from '../../../src/core/reconcile/context.js';
import type { Verdict } from '../../../src/core/reconcile/verdict.js';
import { NO_FLAGS, aContext } from '../../support/context.js';
import { HOUR, NOON, aJob, aRecord, anOpenRecord } from '../../support/jobs.js';

function kinds(verdict: Verdict): string[] {
  return verdict.findings.map((finding) => (finding.quiet ? `(${finding.kind})` : finding.kind)).sort();
}

function decide(jobs: Job | Job[], record: SinkRecord | null, context: Partial<JudgeContext> = {}): Verdict {
  return judge([jobs].flat(), record, aContext(context));
}

const flags = (set: Partial<typeof NO_FLAGS>): Partial<JudgeContext> => ({ flags: { ...NO_FLAGS, ...set } });

void t.test('an estimate left RUNNING becomes the charge, whole (money 11, 12, 13)', async (t) => {
  const { change, findings } = decide(aJob(), anOpenRecord());
  t.same(findings, []);
  t.match(change, {
    kind: 'update',
    suDifference: '-23.00',
    drift: ['state', 'amount', 'endedAt', 'requestedNodeCount', 'rawHours', 'cpuHours'],
  });
  t.same(change?.after, aRecord());
});

void t.test(
  'a record that agrees is equal: COMPLETING for every end, names of states, hours as 32-bit floats, nodes as a subset (money 11, 12)',
  async (t) => {
    const failed = aJob({ state: 'FAILED' });
    for (const [job, record] of [
      [failed, aRecord()],
      [failed, aRecord({ state: 'FAILED' })],
      [aJob(), aRecord({ state: 'COMPLETED' })],
      [aJob({ state: 'CANCELLED' }), aRecord({ state: 'CANCELLED by 1000' })],
      [aJob({ state: 'PREEMPTED' }), aRecord({ state: 'PREEMPTED' })],
      [aJob(), aRecord({ rawHours: Math.fround(1.0000001), cpuHours: Math.fround(1.0000001) })],
      [aJob(), aRecord({ nodes: ['n0001.savio3', '031.savio1'] })],
    ] as const) {
      t.same(decide(job, record), { change: null, findings: [], detailOnly: false });
    }
  },
);

void t.test('what is open (money 11)', async (t) => {
  t.match(decide(aJob({ state: 'FAILED' }), aRecord({ state: 'PREEMPTED' })).change, { drift: ['state'], suDifference: '0.00' });
  t.match(decide(aJob(), aRecord({ endedAt: NOON + 20 * HOUR })).change, { drift: ['endedAt'] }, 'an end in the future');
});

void t.test('material and detail drift (money 12)', async (t) => {
  t.match(decide(aJob(), aRecord({ amount: '2.00' })).change, { drift: ['amount'], suDifference: '-1.00' });
  t.match(decide(aJob(), aRecord({ cpuCount: null })).change?.drift, ['cpuCount']);
  t.match(decide(aJob(), aRecord({ startedAt: null })).change?.drift, ['startedAt']);
  const detail = aRecord({ qos: 'other', nodes: [], state: 'TIMEOUT' });
  t.match(decide(aJob(), detail), { change: null, detailOnly: true });
  t.match(decide(aJob(), detail, flags({ details: true })).change?.drift, ['state', 'nodes', 'qos']);
  t.match(decide(aJob(), { ...detail, amount: '2.00' }).change?.drift, ['amount', 'state', 'nodes', 'qos'], 'sent along');
});

void t.test('a tie may be a cent low, and keeps its cent when something else is sent (money 9)', async (t) => {
  const job = aJob({ partition: 'savio2_htc', cpuCount: 20, endedAt: NOON + 30 });
  const record = aRecord({
    amount: '0.12',
    partition: 'savio2_htc',
    cpuCount: 20,
    endedAt: NOON + 30,
    rawHours: 30 / 3600,
    cpuHours: 600 / 3600,
  });
  t.same(decide(job, record), { change: null, findings: [], detailOnly: false });
  t.match(decide(job, { ...record, amount: '0.11' }).change, { suDifference: '0.02' });
  t.match(decide(job, { ...record, startedAt: NOON - 1 }).change, {
    drift: ['startedAt'],
    suDifference: '0.00',
    after: { amount: '0.12' },
  });
});

void t.test('whose record it is (money 2)', async (t) => {
  t.same(kinds(decide(aJob(), aRecord({ submittedAt: null }))), [], 'no submit time, the start of a row');
  t.match(decide(aJob(), aRecord({ submittedAt: null })).change?.drift, ['submittedAt']);
  t.same(kinds(decide(aJob(), aRecord({ userId: '10002' }))), ['owner-differs']);
  t.same(kinds(decide(aJob(), aRecord({ account: 'co_beta' }))), ['owner-differs']);
  t.same(kinds(decide(aJob(), aRecord({ submittedAt: NOON - 500 * HOUR }))), ['id-reused']);
  t.same(kinds(decide([], aRecord())), ['missing-in-source']);
  t.equal(decide(aJob(), aRecord({ userId: '10002', amount: '9.00' })).change, null);
});

void t.test('local time taken for UTC is repaired, and said with its change (money 2)', async (t) => {
  const shift = 7 * HOUR;
  const record = aRecord({ submittedAt: NOON - HOUR - shift, startedAt: NOON - shift, endedAt: NOON + HOUR - shift });
  const verdict = decide(aJob(), record);
  t.same(kinds(verdict), ['clock-shifted']);
  t.match(verdict.change, { drift: ['submittedAt', 'startedAt', 'endedAt'], suDifference: '0.00' });
  t.same(kinds(decide(aJob(), { ...record, endedAt: NOON })), ['id-reused'], 'each time it has');
});

void t.test('submit times of different rows of one chain are not drift (money 2)', async (t) => {
  const rows = [aJob({ state: 'REQUEUED', submittedAt: NOON - 2 * HOUR, startedAt: NOON - 2 * HOUR, endedAt: NOON - HOUR }), aJob()];
  const verdict = decide(rows, aRecord({ submittedAt: NOON - 2 * HOUR }));
  t.equal(verdict.change, null);
  t.same(kinds(verdict), ['(requeued)']);
});

void t.test('of two jobs with one id the one without the record is id-reused (money 2)', async (t) => {
  const newer = aJob({ submittedAt: NOON + 2 * HOUR, startedAt: NOON + 2 * HOUR, endedAt: NOON + 3 * HOUR, user: 'bob', uid: 10002 });
  t.same(kinds(decide([aJob(), newer], aRecord())), ['id-reused']);
  const both = decide([aJob(), newer], null);
  t.match(both.change, { kind: 'create', userId: '10002' });
  t.same(kinds(both), ['id-reused']);
  const alive = { ...newer, state: 'RUNNING', endedAt: null } as const;
  t.match(decide([aJob(), alive], null), { change: null, findings: [{ kind: 'still-running', quiet: true }] });
});

void t.test('jobs of other clusters are never sent (money 3)', async (t) => {
  const foreign = aJob({ cluster: 'lawrencium' });
  t.same(kinds(decide(foreign, null)), ['other-cluster']);
  t.same(kinds(decide(foreign, aRecord())), ['other-cluster']);
  t.match(decide([aJob(), foreign], aRecord({ amount: '2.00' })).change, { suDifference: '-1.00' });
});

void t.test('a user nobody knows is neither compared nor sent (money 4)', async (t) => {
  const job = aJob({ uid: null });
  t.match(decide(job, aRecord({ amount: '7.00' })), { change: null, findings: [{ kind: 'unknown-user', suAtStake: '1.00' }] });
  t.match(decide(job, null), { change: null, findings: [{ kind: 'unknown-user', suAtStake: '1.00' }] });
});

void t.test('what ended less than ten minutes ago is left to the plugin (money 5)', async (t) => {
  const context = { now: NOON + HOUR + 599, period: { from: 0, to: NOON + HOUR + 599 } };
  t.same(kinds(decide(aJob(), anOpenRecord(), context)), ['(settling)']);
  t.same(kinds(decide(aJob(), null, context)), ['(settling)']);
  t.ok(decide(aJob(), anOpenRecord(), { ...context, now: context.now + 1 }).change);
});

void t.test('a job that never ran: 0.00 at Slurm’s end, and none is created (money 10)', async (t) => {
  const job = aJob({
    state: 'CANCELLED',
    startedAt: null,
    nodeList: null,
    allocatedNodeCount: 0,
    cpuCount: 0,
    partition: 'savio3,savio2_htc',
    requestedNodeCount: 2,
  });
  const { change } = decide(job, anOpenRecord({ requestedNodeCount: 1 }));
  t.match(change?.after, {
    amount: '0.00',
    state: 'CANCELLED',
    startedAt: NOON + HOUR,
    endedAt: NOON + HOUR,
    cpuCount: 0,
    allocatedNodeCount: 0,
    rawHours: 0,
    partition: 'savio3',
    requestedNodeCount: 1,
    nodes: [],
  });
  t.same(kinds(decide(job, null)), ['(never-started)']);
  const closed = aRecord({
    state: 'CANCELLED',
    amount: '0.00',
    startedAt: NOON + HOUR,
    endedAt: NOON + HOUR,
    cpuCount: 4,
    rawHours: 0,
    cpuHours: 0,
  });
  t.match(decide(job, closed), { change: null, detailOnly: true }, 'CPUs are a detail where the record is closed at 0.00');
});

void t.test('prices: free QOS, unknown partition, capitals (money 8)', async (t) => {
  t.match(decide(aJob({ qos: 'free' }), aRecord({ qos: 'free' })).change, { suDifference: '-1.00' });
  const unknown = aJob({ partition: 'nowhere' });
  t.match(decide(unknown, anOpenRecord({ partition: 'nowhere' })), {
    change: { suDifference: '-24.00' },
    findings: [{ kind: 'unknown-partition', quiet: false }],
  });
  const kept = decide(unknown, aRecord({ partition: 'nowhere', amount: '5.00' }));
  t.match(
    kept,
    { change: null, findings: [{ kind: 'unknown-partition', quiet: false, suAtStake: '5.00' }] },
    'keeps its amount, said aloud',
  );
  t.match(decide(unknown, aRecord({ partition: 'nowhere', amount: '0.00' })).findings, [{ kind: 'unknown-partition', quiet: true }]);
  t.match(decide(unknown, aRecord({ partition: 'nowhere', amount: '5.00', cpuCount: 2 })).change, {
    drift: ['cpuCount'],
    suDifference: '0.00',
  });
  t.match(decide(aJob({ partition: 'Savio4' }), aRecord({ partition: 'Savio4', amount: '0.00' })).findings[0]?.message, /capitals/);
  const seen: string[] = [];
  decide(unknown, null, { ...flags({ strictPrices: true }), onUnknownPartition: (partition) => seen.push(partition) });
  t.same(seen, ['nowhere']);
});

void t.test('human decisions stand (money 14)', async (t) => {
  for (const record of [aRecord({ amount: '0.00' }), anOpenRecord({ amount: '0.00' })]) {
    t.match(decide(aJob(), record), { change: null, findings: [{ kind: 'adjusted-by-hand', quiet: false, suAtStake: '1.00' }] });
    t.match(decide(aJob(), record, flags({ overwriteAdjusted: true })).change, { suDifference: '1.00' });
  }
  const own = aRecord({ amount: '0.00', endedAt: NOON });
  t.match(decide(aJob(), own).change, { suDifference: '1.00' }, 'its own dates cost nothing: not by hand');
  t.ok(decide(aJob(), aRecord({ amount: '0.00', cpuCount: null })).change, 'without CPUs nothing can be said of it');
});

void t.test('Slurm can be wrong too (money 15)', async (t) => {
  const repaired = aJob({ startedAt: NOON, endedAt: NOON });
  t.match(decide(repaired, aRecord()), { change: null, findings: [{ kind: 'repaired-in-source', suAtStake: '-1.00' }] });
  t.match(decide(repaired, anOpenRecord()), { change: null, findings: [{ kind: 'repaired-in-source' }] });
  t.match(decide(repaired, aRecord(), flags({ trustSource: true })).change, { suDifference: '-1.00' });
  t.ok(decide({ ...repaired, state: 'FAILED' }, aRecord()).change, 'only COMPLETED is what the repair writes');
  const future = aJob({ endedAt: NOON + 100 * HOUR });
  t.same(kinds(decide(future, anOpenRecord())), ['repaired-in-source']);
  t.same(kinds(decide(future, null)), ['repaired-in-source']);
});

void t.test('outside the allocation: sent whole, counted apart (money 16)', async (t) => {
  const allocation = (start: number | null, end: number | null): Partial<JudgeContext> => ({
    accounts: new Map([['fc_alpha', { name: 'fc_alpha', allocationStart: start, allocationEnd: end }]]),
  });
  t.match(decide(aJob(), anOpenRecord(), allocation(NOON + 1, null)), {
    change: { kind: 'update' },
    findings: [{ kind: 'outside-allocation', quiet: false, message: /estimate may still be charged/ }],
  });
  t.match(decide(aJob(), aRecord(), allocation(null, null)), { change: null, findings: [{ kind: 'outside-allocation', quiet: true }] });
  t.same(decide(aJob(), aRecord(), allocation(NOON, NOON + HOUR + 1)).findings, [], 'the last second counts');
  t.same(kinds(decide(aJob(), aRecord(), allocation(NOON, NOON + HOUR))), ['(outside-allocation)'], 'midnight does not');
});

void t.test('update judges the period by the end of the charged run (money 11)', async (t) => {
  const period = { from: NOON + 2 * HOUR, to: NOON + 3 * HOUR };
  t.same(kinds(decide(aJob(), anOpenRecord(), { command: 'update', period })), ['before-period']);
  t.same(kinds(decide(aJob({ endedAt: NOON + 3 * HOUR }), anOpenRecord(), { command: 'update', period })), ['(after-period)']);
  t.ok(decide(aJob({ endedAt: NOON + 3 * HOUR - 1 }), anOpenRecord(), { command: 'update', period }).change);
});

void t.test('facts name a chain’s other possible charges (money 7, 17)', async (t) => {
  const rows = [
    aJob({ state: 'REQUEUED', submittedAt: NOON - 3 * HOUR, startedAt: NOON - 3 * HOUR, endedAt: NOON - HOUR }),
    aJob({ suspendedSeconds: 1800 }),
  ];
  const { findings } = decide(rows, null);
  t.match(findings, [
    { kind: 'requeued', suAtStake: '2.00', quiet: false },
    { kind: 'suspended', suAtStake: '-0.50' },
  ]);
  const resized = [
    aJob({
      state: 'RESIZING',
      submittedAt: NOON,
      startedAt: NOON,
      endedAt: NOON + HOUR,
      cpuCount: 2,
      allocatedNodeCount: 2,
      nodeList: 'n[1-2]',
    }),
    aJob({ submittedAt: NOON + HOUR, startedAt: NOON, endedAt: NOON + 2 * HOUR }),
  ];
  t.match(decide(resized, null), { change: { suDifference: '2.00' }, findings: [{ kind: 'resized', suAtStake: '1.00' }] });
});
