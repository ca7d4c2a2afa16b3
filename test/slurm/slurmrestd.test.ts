import t, { type Test } from 'tap';
import type { Row } from '../../src/core/job.js';
import type { SlurmrestdSource } from '../../src/plugins/sources/slurmrestd/index.js';
import { aSlurmrestdSource, reading, rowsOf } from '../support/slurmrestd.js';
import { bootCluster, daemon, slurm, type Cluster } from './cluster.js';
import { seed } from './seed.js';
import { readTruth, type TruthRow } from './truth.js';

const cluster = bootCluster();
if ('leftOut' in cluster) {
  t.pass(`slurmrestd against a real cluster: ${cluster.leftOut}`);
} else {
  t.teardown(() => {
    if (cluster.bootedHere) slurm(cluster, ['bash', 'test/slurm/down.sh']);
  });
  await seed(cluster);
  await testOn(cluster);
}

async function testOn(place: Cluster): Promise<void> {
  const truth = readTruth(place);
  const accounts = [...new Set(truth.map((row) => row.account))];
  const from = Math.min(...truth.map((row) => row.submittedAt)) - 1;
  const wanted = truth.filter((row) => row.endedAt > 0 || row.state === 'RUNNING' || row.state === 'SUSPENDED');

  for (const url of [place.restUrl, `unix:${place.restSocket}`]) {
    for (const sliceSeconds of [86_400, 7]) {
      await t.test(`every row that ended or runs comes back: ${url.replace(/\/.*/, '')} slices of ${sliceSeconds} s`, async (t) => {
        const source = sourceOf(place, { url, sliceSeconds });
        const rows = await rowsOf(source.jobs({ ...reading(), accounts, window: { from, to: now() + 60 } }));
        const found = new Map(rows.map((row) => [`${row.jobId}@${row.submittedAt}`, row]));
        for (const row of wanted) {
          const read = found.get(`${row.jobId}@${row.submittedAt}`);
          t.ok(read !== undefined, `row ${row.jobId} ${row.state} is there`);
          if (read !== undefined) assertLikeTruth(t, read, row);
        }
        t.equal(found.size, rows.length, 'no row comes twice');
        await source.close();
      });
    }
  }

  await t.test('every row of a job comes by its id', async (t) => {
    const source = sourceOf(place, { url: place.restUrl });
    const rows = await rowsOf(source.jobsById([...new Set(truth.map((row) => String(row.jobId)))], reading()));
    const keys = new Set(rows.map((row) => `${row.jobId}@${row.submittedAt}`));
    t.strictSame(
      truth.map((row) => `${row.jobId}@${row.submittedAt}`).filter((key) => !keys.has(key)),
      [],
    );
    t.strictSame(await rowsOf(source.jobsById(['abc', '1;2', '1-4', '0', '99999999999'], reading())), [], 'and what is no id harms nobody');
    t.ok((await source.check({ signal: new AbortController().signal })).every((result) => result.ok));
    await source.close();
  });

  await t.test('an expired token is renewed by its command', async (t) => {
    const token = ['bash', '-c', 'scontrol token lifespan=$((RANDOM % 2 + 1))'];
    const source = sourceOf(place, { url: place.restUrl, token: { command: token } });
    t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
    await source.close();
  });

  await t.test('an expired token that nothing renews is an error, not an empty answer', async (t) => {
    const token = slurm(place, ['scontrol', 'token', 'lifespan=1']).trim().replace('SLURM_JWT=', '');
    const { exp: expired } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number };
    while (now() <= expired) slurm(place, ['sleep', '0.3']);
    const source = aSlurmrestdSource({ url: place.restUrl, version: 'v0.0.38' }, { env: { TOKEN: token } });
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'UNAUTHORISED' });
    await source.close();
  });

  await t.test('without slurmdbd there is an error, not an empty answer', async (t) => {
    const source = sourceOf(place, { url: place.restUrl, timeoutSeconds: 20 });
    t.teardown(() => daemon(place, 'start', 'slurmdbd'));
    t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
    daemon(place, 'kill', 'slurmdbd');
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'SOURCE_UNREACHABLE' });
    await t.rejects(rowsOf(source.jobs({ ...reading(), accounts, window: { from, to: now() } })), { code: 'SOURCE_UNREACHABLE' });
    await source.close();
  });
}

function sourceOf(place: Cluster, config: Parameters<typeof aSlurmrestdSource>[0]): SlurmrestdSource {
  Object.assign(process.env, { SLURM_CONF: place.environment['SLURM_CONF'] });
  return aSlurmrestdSource({ token: { command: ['scontrol', 'token', 'lifespan=600'] }, ...config });
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function assertLikeTruth(t: Test, row: Row, truth: TruthRow): void {
  t.match(row, {
    account: truth.account,
    user: truth.user,
    state: truth.state,
    partition: truth.partition,
    qos: truth.qos,
    endedAt: truth.endedAt === 0 ? null : truth.endedAt,
    // Slurm cancelled it before it had its nodes, but keeps the count.
    allocatedNodeCount: truth.nodeList === 'None assigned' ? 0 : truth.nodeCount,
  });
}
