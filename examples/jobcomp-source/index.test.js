import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { AUTUMN_HOURS, openSourcePlugin, sourceSuite } from 'brc-sync/testkit';
import plugin from './index.js';

const END = AUTUMN_HOURS.first.from + 1800;

/** What the documents of jobcomp.ndjson say; its first job ended at END. */
function aRow(jobId, endedAt, fields = {}) {
  return {
    ...{ jobId, cluster: 'savio', arrayJobId: null, arrayTaskId: null, hetJobId: null, hetOffset: null, account: 'fc_alpha', user: 'ada' },
    ...{ uid: 1001, state: 'COMPLETED', partition: 'savio3', qos: 'normal', submittedAt: endedAt - 3700, eligibleAt: endedAt - 3700 },
    ...{ startedAt: endedAt - 3600, endedAt, suspendedSeconds: 0, nodeList: 'n0001.savio3', cpuCount: 4, requestedNodeCount: null },
    ...{ allocatedNodeCount: 1, ...fields },
  };
}

const rows = [
  aRow('101', END),
  aRow('102', END + 3600, { account: 'co_beta' }),
  aRow('104', END + 10_800, { arrayJobId: '103', arrayTaskId: 7 }),
  aRow('106', END + 13_800, { hetJobId: '105', hetOffset: 1, state: 'TIMEOUT' }),
  aRow('107', END + 14_800, { state: 'CANCELLED', eligibleAt: null, startedAt: null, nodeList: null, cpuCount: 0, allocatedNodeCount: 0 }),
];
const dump = await readFile(new URL('jobcomp.ndjson', import.meta.url), 'utf8');
const directory = await mkdtemp(join(tmpdir(), 'jobcomp-source-'));
test.after(() => rm(directory, { recursive: true }));
await writeFile(join(directory, 'whole.ndjson'), dump);
await writeFile(join(directory, 'torn.ndjson'), dump.slice(0, -100));
await writeFile(join(directory, 'duplicate.ndjson'), dump + dump.split('\n')[0]);

test('conformance', async (t) => {
  // There is no file `unreachable.ndjson`.
  const makeSource = ({ fault, logger }) =>
    openSourcePlugin(plugin, { config: { files: `${fault ?? 'whole'}.ndjson` }, baseDirectory: directory, logger });
  const known = { rows, window: { from: END, to: END + 13_800 } };
  await sourceSuite(t, makeSource, { known, capabilities: ['accounts'], faults: ['torn', 'duplicate', 'unreachable'] });
});

test('a document without times is an error that names its line', async () => {
  await writeFile(join(directory, 'bad.ndjson'), '\n{"jobid": 1}\n');
  const source = openSourcePlugin(plugin, { config: { files: 'bad.ndjson' }, baseDirectory: directory });
  await assert.rejects(source.check({ signal: AbortSignal.timeout(1_000) }), {
    code: 'INPUT_INVALID',
    message: /bad\.ndjson:2: job 1 has no submit/,
  });
});
