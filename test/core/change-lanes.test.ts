import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { ChangeLanes } from '../../src/core/change-lanes.js';
import type { Change } from '../../src/core/change.js';
import { changeLine } from '../../src/core/plan-file.js';
import { aRecord } from '../support/jobs.js';

function aChange(jobId: string, account: string, nodes: readonly string[] = []): Change {
  const after = aRecord({ jobId, account, nodes });
  return { kind: 'create', jobId, account, userId: '10001', before: null, after, drift: [], suDifference: '1.00' };
}

async function open(t: Test, changes: readonly Change[]): Promise<ChangeLanes> {
  const lines = changes.map((change) => `${JSON.stringify(changeLine(change))}\n`);
  const lanes = await ChangeLanes.open(join(t.testdir({ plan: lines.join('') }), 'plan'));
  t.teardown(() => lanes.close());
  return lanes;
}

void t.test('each account’s changes, in any order of asking, however long a line is', async (t) => {
  const manyNodes = Array.from({ length: 9000 }, (_, index) => `n${index}ä.savio3`);
  const changes = Array.from({ length: 300 }, (_, index) => aChange(String(index), `fc_a${index % 3}`, index === 150 ? manyNodes : ['n1']));
  const lanes = await open(t, changes);
  t.equal(lanes.count, 300);
  for (const lane of lanes.lanes) {
    const own = changes.filter(({ account }) => account === lane.account);
    for (const index of [...own.keys(), 99, 0, 50, 51, 3])
      t.strictSame(await lanes.read(lane, index), own[index], `${lane.account} ${index}`);
  }
});

void t.test('two ask one account at once', async (t) => {
  const changes = Array.from({ length: 200 }, (_, index) => aChange(String(index), 'fc_a'));
  const lanes = await open(t, changes);
  const [lane] = lanes.lanes;
  const [first, last] = await Promise.all([lanes.read(lane!, 0), lanes.read(lane!, 199)]);
  t.strictSame([first.jobId, last.jobId], ['0', '199']);
});
