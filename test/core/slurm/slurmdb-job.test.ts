import fc from 'fast-check';
import t from 'tap';
import type { Row } from '../../../src/core/job.js';
import { InvalidRow } from '../../../src/core/slurm/invalid-row.js';
import { createSlurmdbReader } from '../../../src/core/slurm/slurmdb-job.js';
import { byKey, keyOf, readRecording, sacctRows, withoutUid } from './recordings.js';

type Json = Record<string, unknown>;

const read = createSlurmdbReader();

function jobsOf(name: string): Json[] {
  return (JSON.parse(readRecording(name)) as { jobs: Json[] }).jobs;
}

/** A recorded job with some of its top-level parts changed. */
function changed(name: string, changes: Json): Row {
  return read({ ...jobsOf(name)[0], ...changes });
}

const V38 = 'slurm-22.05.8/rest-v0.0.38-job-13.json';
const V44 = 'slurm-25.11.7/rest-v0.0.44-jobs.json';

void t.test('v0.0.38 and sacct tell the same jobs, apart from uid', (t) => {
  const rest = jobsOf('slurm-22.05.8/rest-v0.0.38-jobs.json').map(read);
  const sacct = sacctRows('slurm-22.05.8/sacct-duplicates.psv', 'UTC').map(withoutUid);
  t.equal(rest.length, 38);
  t.same(byKey(rest), byKey(sacct));
  t.end();
});

void t.test('the throttled array task and the job that never started, too', (t) => {
  const byId = sacctRows('slurm-22.05.8/sacct-by-id.psv').map(withoutUid);
  for (const jobId of ['13', '18']) {
    const [job] = jobsOf(`slurm-22.05.8/rest-v0.0.38-job-${jobId}.json`);
    t.same(
      read(job),
      byId.find((row) => row.jobId === jobId),
      jobId,
    );
  }
  t.end();
});

void t.test('v0.0.41, 42 and 44 tell the same jobs as sacct of their release', (t) => {
  const sacct = new Map(sacctRows('slurm-25.11.7/sacct-ended-epoch.psv').map((row) => [keyOf(row), withoutUid(row)]));
  for (const version of [41, 42, 44]) {
    const rows = jobsOf(`slurm-25.11.7/rest-v0.0.${version}-jobs.json`).map(read);
    const shared = rows.filter((row) => sacct.has(keyOf(row)));
    t.equal(rows.length, 25);
    t.equal(shared.length, 21);
    for (const row of shared) t.same(row, sacct.get(keyOf(row)), `v0.0.${version} ${keyOf(row)}`);
  }
  t.end();
});

void t.test('states: a stored flag wins over the base state', (t) => {
  const state = (current: unknown): string => changed(V44, { state: { current } }).state;
  t.equal(state(['PENDING', 'REQUEUED']), 'REQUEUED');
  t.equal(state(['PENDING', 'RESIZING']), 'RESIZING');
  t.equal(state(['PENDING', 'REVOKED']), 'REVOKED');
  t.equal(state(['COMPLETED', 'COMPLETING']), 'COMPLETED');
  t.equal(state('REQUEUED'), 'REQUEUED');
  for (const current of [['COMPLETING'], 'CONSTRUCTED', 'constructor']) {
    t.throws(() => state(current), { name: 'InvalidRow', field: '/state/current' }, JSON.stringify(current));
  }
  t.end();
});

void t.test('times that stand for no time', (t) => {
  const time = { submission: 1, eligible: 1, start: 1, end: 1, suspended: 0 };
  for (const unset of [
    null,
    0,
    4294967294,
    4294967295,
    'Infinity',
    { set: false, infinite: false, number: 5 },
    { set: true, infinite: true, number: 5 },
  ]) {
    const row = changed(V44, { time: { ...time, eligible: unset, start: unset, end: unset } });
    t.match(row, { submittedAt: 1, eligibleAt: null, startedAt: null, endedAt: null }, JSON.stringify(unset));
    t.throws(() => changed(V44, { time: { ...time, submission: unset } }), { name: 'InvalidRow', field: '/time/submission' });
  }
  t.match(changed(V44, { time: { ...time, start: { set: true, infinite: false, number: 5 } } }), { startedAt: 5 });
  t.end();
});

void t.test('array tasks and heterogeneous components, in both shapes', (t) => {
  const set = (number: number): Json => ({ set: true, infinite: false, number });
  const unset = { set: false, infinite: false, number: 0 };
  t.match(changed(V38, { array: { job_id: 3, task_id: 2 } }), { arrayJobId: '3', arrayTaskId: 2 });
  t.match(changed(V38, { array: { job_id: 3, task_id: 0 } }), { arrayJobId: '3', arrayTaskId: 0 });
  t.match(changed(V44, { array: { job_id: 3, task_id: set(0) } }), { arrayJobId: '3', arrayTaskId: 0 });
  t.match(changed(V44, { array: { job_id: 27, task_id: unset } }), { arrayJobId: '27', arrayTaskId: null });
  t.match(changed(V38, { het: { job_id: 9, job_offset: 1 } }), { hetJobId: '9', hetOffset: 1 });
  t.match(changed(V44, { het: { job_id: 9, job_offset: set(0) } }), { hetJobId: '9', hetOffset: 0 });
  t.match(changed(V44, { het: { job_id: 0, job_offset: unset } }), { hetJobId: null, hetOffset: null });
  t.end();
});

void t.test('what may be missing or said otherwise', (t) => {
  t.match(changed(V38, { user: '', qos: null, partition: null, nodes: '' }), { user: null, qos: '', partition: '', nodeList: null });
  t.match(changed(V38, { user: null }), { user: null });
  t.match(changed(V38, { uid: 20001 }), { uid: 20001 });
  t.match(createSlurmdbReader({ cluster: 'savio' })({ ...jobsOf(V38)[0], cluster: undefined }), { cluster: 'savio' });
  const transient = { allocation_nodes: 0, nodes: 'n0101', tres: { allocated: [], requested: [] } };
  t.match(changed(V38, transient), { nodeList: null, cpuCount: 0, requestedNodeCount: null });
  t.end();
});

void t.test('a deviation is reported by its JSON pointer', (t) => {
  const deviations: readonly (readonly [Json, string])[] = [
    [{ job_id: '13' }, '/job_id'],
    [{ job_id: 0 }, '/job_id'],
    [{ account: '' }, '/account'],
    [{ account: null }, '/account'],
    [{ time: undefined }, '/time'],
    [{ time: { submission: 1, eligible: 1, start: '5', end: 1, suspended: 0 } }, '/time/start'],
    [{ time: { submission: 1, eligible: 1, start: 1.5, end: 1, suspended: 0 } }, '/time/start'],
    [{ time: { submission: 1, eligible: 1, end: 1, suspended: 0 } }, '/time/start'],
    [{ state: { current: [] } }, '/state/current'],
    [{ allocation_nodes: null }, '/allocation_nodes'],
    [{ tres: { allocated: [], requested: [] } }, '/tres/allocated'],
    [{ tres: { allocated: [{ type: 'cpu', count: -2 }], requested: [] } }, '/tres/allocated/0/count'],
    [{ tres: { allocated: [{ type: 'cpu', count: 1 }, { count: 1 }], requested: [] } }, '/tres/allocated/1/type'],
  ];
  for (const [changes, field] of deviations) {
    t.throws(() => changed(V38, changes), { name: 'InvalidRow', field, remedy: /sacct/ }, `${JSON.stringify(changes)} → ${field}`);
  }
  for (const value of [null, undefined, 3, 'job', []]) t.throws(() => read(value), { name: 'InvalidRow' });
  t.end();
});

void t.test('whatever the JSON, the reader answers or throws an invalid row', (t) => {
  const job = jobsOf(V44)[0]!;
  const mutated = fc.tuple(fc.constantFrom(...Object.keys(job)), fc.jsonValue()).map(([key, value]) => ({ ...job, [key]: value }));
  fc.assert(
    fc.property(fc.oneof(mutated, fc.jsonValue()), (value) => {
      try {
        read(value);
      } catch (error) {
        if (!(error instanceof InvalidRow)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  t.end();
});

void t.test(
  'a requeued job cancelled while it waits has no nodes in that row, although Slurm still counts those of the run before',
  (t) => {
    const [job] = jobsOf(V38) as { tres: Json }[];
    const row = changed(V38, { allocation_nodes: 1, nodes: 'None assigned', tres: { ...job?.tres, allocated: [] } });
    t.match(row, { nodeList: null, cpuCount: 0, allocatedNodeCount: 0 });
    t.end();
  },
);
