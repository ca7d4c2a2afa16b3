import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { formatInstant } from 'brc-sync/sdk';
import { AUTUMN_HOURS, openSourcePlugin, sourceSuite } from 'brc-sync/testkit';
import plugin from './index.js';

const HOUR = 3600;
const END = AUTUMN_HOURS.first.from + 60;

/** A job that ran for an hour, as it stands in the file, and as brc-sync sees it. */
function aJob(id, end, fields = {}) {
  const job = { id, account: 'fc_alpha', user: 'ada', state: 'COMPLETED', partition: 'savio3', cpus: 4, nodes: 'n0001.savio3', ...fields };
  const times = { submittedAt: end - 2 * HOUR, startedAt: end - HOUR, endedAt: job.state === 'RUNNING' ? null : end };
  const text = (instant) => (instant === null ? null : formatInstant(instant));
  const line = { ...job, submitted: text(times.submittedAt), started: text(times.startedAt), ended: text(times.endedAt) };
  const row = {
    ...{ jobId: String(id), cluster: null, account: job.account, user: job.user, uid: null, state: job.state, partition: job.partition },
    ...{ arrayJobId: null, arrayTaskId: null, hetJobId: null, hetOffset: null, qos: 'normal', eligibleAt: times.submittedAt, ...times },
    ...{ suspendedSeconds: 0, nodeList: job.nodes, cpuCount: 4, requestedNodeCount: null, allocatedNodeCount: 1 },
  };
  return { line, row };
}

const jobs = [
  aJob(101, END),
  aJob(102, END + HOUR, { account: 'co_beta' }),
  aJob(103, END + 5 * HOUR, { state: 'TIMEOUT' }),
  aJob(104, END, { state: 'RUNNING' }),
];
const ndjson = jobs.map(({ line }) => `${JSON.stringify(line)}\n`).join('');
const directory = await mkdtemp(join(tmpdir(), 'plugin-name-'));
test.after(() => rm(directory, { recursive: true }));
await writeFile(join(directory, 'whole.ndjson'), ndjson);
await writeFile(join(directory, 'torn.ndjson'), ndjson.slice(0, -20));
await writeFile(join(directory, 'duplicate.ndjson'), `${ndjson}${JSON.stringify(jobs[0].line)}\n`);

test('conformance', async (t) => {
  // There is no file `unreachable.ndjson`.
  const makeSource = ({ fault, logger }) =>
    openSourcePlugin(plugin, { config: { files: `${fault ?? 'whole'}.ndjson` }, baseDirectory: directory, logger });
  const known = { rows: jobs.map(({ row }) => row), window: { from: END, to: END + 4 * HOUR } };
  await sourceSuite(t, makeSource, { known, capabilities: ['accounts'], faults: ['torn', 'duplicate', 'unreachable'] });
});

test('a line that is no job is an error that names it', async () => {
  await writeFile(join(directory, 'bad.ndjson'), '{"id": 1, "submitted": "yesterday"}\n');
  const source = openSourcePlugin(plugin, { config: { files: 'bad.ndjson' }, baseDirectory: directory });
  await assert.rejects(source.check({ signal: AbortSignal.timeout(1_000) }), {
    code: 'INPUT_INVALID',
    message: /bad\.ndjson:1: .*yesterday/,
  });
});
