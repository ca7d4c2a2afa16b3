import t from 'tap';
import { explainJob, type Explanation } from '../../src/core/explain.js';
import type { Row } from '../../src/core/job.js';
import type { JobSink } from '../../src/core/job-sink.js';
import { formatPrice, formatUnrounded, parsePrice } from '../../src/core/service-units.js';
import { DEFAULT_SITE } from '../../src/core/site.js';
import { pricesOf } from '../support/context.js';
import { HOUR, NOON, aJob, aRecord, anOpenRecord } from '../support/jobs.js';
import { memorySink, memorySource } from '../support/memory-plugins.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function explain(rows: readonly Row[], sink: JobSink, jobId = '100'): Promise<Explanation> {
  const site = { ...DEFAULT_SITE, freeQos: ['free'] };
  const shared = { plugin: 'memory', site, cluster: null, digest: '' };
  return explainJob({
    jobId,
    opened: {
      pluginsFile: 'plugins.json',
      script: null,
      source: { name: 'slurm', instance: memorySource(rows), ...shared },
      sink: { name: 'portal', instance: sink, ...shared },
      close: () => Promise.resolve(),
    },
    prices: pricesOf({ savio3: 1 }),
    clock: { now: () => NOON + 10 * HOUR },
    signal: new AbortController().signal,
    directory: { stateDirectory: temporaryDirectory() },
    logger: SILENT,
    onSkip: () => undefined,
  });
}

const silent = (): void => undefined;
const SILENT = { debug: silent, info: silent, warn: silent, error: silent };

void t.test('prices and unrounded amounts as exact text', (t) => {
  for (const price of ['0.75', '12', '0.000001', '1.2']) t.equal(formatPrice(parsePrice(price)), price);
  t.equal(formatUnrounded(parsePrice('0.75'), 20, 30), '0.125');
  t.equal(formatUnrounded(parsePrice('1'), 1, 1), '0.000277777777…');
  t.equal(formatUnrounded(parsePrice('3.666667'), 0, 100), '0');
  t.equal(formatUnrounded(parsePrice('1000'), 1_000_000, 36_000_000), '10000000000000');
  t.end();
});

void t.test('a record that agrees; details; a job that still runs; one that never ran; a free QOS', async (t) => {
  t.match((await explain([aJob()], memorySink([aRecord()]))).decision, { what: 'nothing', why: 'The record says what it should.' });
  const details = await explain([aJob()], memorySink([aRecord({ qos: 'other' })]));
  t.match(details, { drift: [{ field: 'qos', weight: 'detail', is: 'other' }], decision: { what: 'nothing', why: /--details/ } });
  const running = await explain([aJob({ state: 'RUNNING', endedAt: null })], memorySink([anOpenRecord()]));
  t.match(running, { jobs: [{ ended: false, charge: null }], drift: [], decision: { why: 'Slurm says it is RUNNING.' } });
  const waited = aJob({ state: 'CANCELLED', startedAt: null, nodeList: null, allocatedNodeCount: 0, cpuCount: 0 });
  t.match(await explain([waited], memorySink([])), {
    jobs: [{ ran: false, charge: { free: 'never-ran' } }],
    decision: { why: /before it ran/ },
  });
  t.match((await explain([aJob({ qos: 'free' })], memorySink([]))).jobs, [{ charge: { price: '1', free: 'free-qos', amount: '0.00' } }]);
});

void t.test('a sink that knows no accounts, and one that cannot look up an id', async (t) => {
  const known = memorySink([anOpenRecord()]);
  t.notOk('accounts' in known);
  t.match((await explain([aJob()], known)).decision, { what: 'update', why: /^`run update` and `run full` would/ });
  const listed = await explain([aJob()], memorySink([anOpenRecord()], { cannotLookUp: true }));
  t.match(listed, { record: { jobId: '100' }, notes: [/cannot look up/] });
  const none = await explain([aJob()], memorySink([], { cannotLookUp: true }));
  t.match(none.decision, { what: 'nothing', why: /cannot look up an id/ });
});

void t.test('a decrease that the floor would swallow is told as what it is', async (t) => {
  const accounts = [{ name: 'fc_alpha', allocationStart: NOON - 100 * HOUR, allocationEnd: null }];
  const usage: JobSink['usage'] = () => Promise.resolve({ used: '5.00', users: new Map() });
  const { findings, decision } = await explain([aJob()], { ...memorySink([anOpenRecord()], { accounts }), usage });
  t.match(findings, [{ kind: 'would-clamp', rule: /^money 19/ }]);
  t.match(decision, { what: 'nothing', why: /would-clamp/, change: null });
});

void t.test('a job that stands under its display id gets no second record', async (t) => {
  const task = aJob({ arrayJobId: '90', arrayTaskId: 3 });
  const { otherRecords, decision } = await explain([task], memorySink([aRecord({ jobId: '90_3' })]));
  t.match(otherRecords, [{ jobId: '90_3' }]);
  t.match(decision, { what: 'nothing', why: /stands in the sink as 90_3/ });
});

void t.test('of two jobs of the id, the drift is that of the job whose record it is', async (t) => {
  const other = aJob({ submittedAt: NOON + 5 * HOUR, startedAt: NOON + 6 * HOUR, endedAt: NOON + 7 * HOUR, user: 'bob', uid: 10002 });
  const { jobs, drift } = await explain([aJob(), other], memorySink([aRecord({ amount: '3.00' })]));
  t.match(
    jobs.map(({ identity, rows }) => `${rows.join()} ${identity}`),
    ['1 same', '2 other'],
  );
  t.match(drift, [{ field: 'amount', is: '3.00', shouldBe: '1.00' }]);
});

void t.test('two jobs of an id without a record: the newer is created, and its partition has no price', async (t) => {
  const other = aJob({
    submittedAt: NOON + 5 * HOUR,
    startedAt: NOON + 6 * HOUR,
    endedAt: NOON + 7 * HOUR,
    account: 'fc_beta',
    partition: 'nowhere',
  });
  const { jobs, findings, decision } = await explain([aJob(), other], memorySink([]));
  t.match(jobs, [
    { rows: [1], account: 'fc_alpha', identity: null, charge: { amount: '1.00', unrounded: '1', orLower: null } },
    { rows: [2], account: 'fc_beta', identity: null, charge: { price: null, free: 'no-price', amount: '0.00' } },
  ]);
  t.match(
    findings.map(({ kind }) => kind),
    ['unknown-partition', 'id-reused'],
  );
  t.match(decision, { what: 'create', change: { account: 'fc_beta' } });
});

void t.test('a record that Slurm knows nothing of; a raw record that stands under a display id, too', async (t) => {
  const alone = await explain([], memorySink([aRecord()]));
  t.match(alone, { rows: [], jobs: [], record: { jobId: '100' }, findings: [{ kind: 'missing-in-source', rule: /^money 5/ }] });
  const task = aJob({ arrayJobId: '90', arrayTaskId: 3 });
  const twice = await explain([task], memorySink([aRecord(), aRecord({ jobId: '90_3' })]));
  t.match(twice, {
    record: { jobId: '100' },
    otherRecords: [{ jobId: '90_3' }],
    findings: [{ kind: 'duplicate-array-id', jobId: '90_3' }],
  });
});
