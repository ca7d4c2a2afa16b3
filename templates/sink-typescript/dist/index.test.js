import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { AUTUMN_HOURS, openSinkPlugin, sinkSuite } from 'brc-sync/testkit';
import plugin from './index.js';
const HOUR = 3600;
const START = AUTUMN_HOURS.first.from;
/** One that ran for an hour on one CPU. */
function aRecord(jobId, startedAt, fields = {}) {
    return {
        ...{ jobId, account: 'fc_alpha', userId: '1001', amount: '1.00', state: 'RUNNING', partition: 'savio3', qos: 'normal' },
        ...{ submittedAt: startedAt - 60, startedAt, endedAt: startedAt + HOUR, nodes: ['n0001.savio3'], cpuCount: 1 },
        ...{ requestedNodeCount: 1, allocatedNodeCount: 1, rawHours: 1, cpuHours: 1, ...fields },
    };
}
const records = [
    aRecord('101', START + 60),
    aRecord('102', START + HOUR + 60, { state: 'COMPLETED' }),
    aRecord('103', START + 5 * HOUR, { account: 'co_beta' }),
];
const directory = await mkdtemp(join(tmpdir(), 'plugin-name-'));
test.after(() => rm(directory, { recursive: true }));
await writeFile(join(directory, 'whole.json'), JSON.stringify(records));
await writeFile(join(directory, 'torn.json'), JSON.stringify(records).slice(0, -10));
test('conformance', async (t) => {
    const makeSink = ({ fault, logger }) => openSinkPlugin(plugin, { config: { file: fault === 'torn' ? 'torn.json' : 'whole.json' }, baseDirectory: directory, logger });
    const window = { from: START, to: START + 4 * HOUR };
    const known = { records, window, statuses: ['RUNNING', 'COMPLETED'], spare: aRecord('104', START + 2 * HOUR) };
    await sinkSuite(t, makeSink, { known, capabilities: ['recordsOfAccount', 'record'], faults: ['torn'] });
});
test('the first record makes the file', async () => {
    const sink = openSinkPlugin(plugin, { config: { file: 'new.json' }, baseDirectory: directory });
    const after = aRecord('1', START);
    const owner = { jobId: '1', account: after.account, userId: '1001' };
    const change = { kind: 'create', ...owner, before: null, after, drift: [], suDifference: '1.00' };
    await sink.put(change, { signal: AbortSignal.timeout(1_000) });
    assert.deepEqual(JSON.parse(await readFile(join(directory, 'new.json'), 'utf8')), [after]);
});
