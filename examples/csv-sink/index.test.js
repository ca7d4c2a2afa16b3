import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { AUTUMN_HOURS, openSinkPlugin, sinkSuite } from 'brc-sync/testkit';
import plugin from './index.js';

const START = AUTUMN_HOURS.first.from;
const directory = await mkdtemp(join(tmpdir(), 'csv-sink-'));
test.after(() => rm(directory, { recursive: true }));
const open = (file, logger) => openSinkPlugin(plugin, { config: { file }, baseDirectory: directory, ...(logger && { logger }) });

/** One that ran for an hour on one CPU. */
function aRecord(jobId, startedAt, fields = {}) {
  return {
    ...{ jobId, account: 'fc_alpha', userId: '1001', amount: '1.00', state: 'RUNNING', partition: 'savio3', qos: 'normal' },
    ...{ submittedAt: startedAt - 60, startedAt, endedAt: startedAt + 3600, nodes: ['n0001.savio3', 'n0002.savio3'], cpuCount: 1 },
    ...{ requestedNodeCount: 1, allocatedNodeCount: 1, rawHours: 1, cpuHours: 1, ...fields },
  };
}

function put(sink, after) {
  const { jobId, account, userId } = after;
  const change = { kind: 'create', jobId, account, userId, before: null, after, drift: [], suDifference: after.amount };
  return sink.put(change, { signal: AbortSignal.timeout(1_000) });
}

const records = [
  aRecord('101', START + 60),
  aRecord('102', START + 3660, { state: 'a "quoted", one', nodes: [], endedAt: null }),
  aRecord('103', START + 36_000, { account: 'co_beta', userId: null }),
];
for (const record of records) await put(open('whole.csv'), record);
await writeFile(join(directory, 'torn.csv'), (await readFile(join(directory, 'whole.csv'), 'utf8')).slice(0, -10));

test('conformance', async (t) => {
  const known = {
    records,
    window: { from: START, to: START + 7200 },
    statuses: ['RUNNING', 'COMPLETED'],
    spare: aRecord('104', START + 900),
  };
  const makeSink = ({ fault, logger }) => open(fault === 'torn' ? 'torn.csv' : 'whole.csv', logger);
  await sinkSuite(t, makeSink, { known, capabilities: ['recordsOfAccount', 'record'], faults: ['torn'] });
});

test('the last row of a job is its record', async () => {
  await put(open('new.csv'), records[0]);
  await put(open('new.csv'), { ...records[0], amount: '0.00' });
  assert.equal((await open('new.csv').record('101', { signal: AbortSignal.timeout(1_000) })).amount, '0.00');
  assert.equal((await readFile(join(directory, 'new.csv'), 'utf8')).split('\n').length, 3);
});
