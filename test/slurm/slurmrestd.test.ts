/** The slurmrestd source on a real cluster; what slurmrestd does when pressed is tested without one in test/plugins. */
import t, { type Test } from 'tap';
import type { Row } from '../../src/core/job.js';
import { aSlurmrestdSource, reading, rowsOf } from '../support/slurmrestd.js';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, daemon, slurm, sql, type Cluster } from './cluster.js';
import { seed } from './seed.js';
import { now, slurmrestdSource, still } from './sources.js';
import { withSetting } from './with-setting.js';
import { keyOf, readTruthRows } from './truth-rows.js';

const booted = bootCluster();
if ('leftOut' in booted) {
  testUnless(booted.leftOut, 'slurmrestd on a real cluster');
} else {
  await seed(booted);
  testSlurmrestd(booted);
}

function testSlurmrestd(cluster: Cluster): void {
  const truth = readTruthRows(cluster).map((row) => ({ ...row, uid: null }));
  const accounts = [...new Set(truth.map((row) => row.account))];
  const window = {
    from: Math.min(...truth.map((row) => row.submittedAt)) - 1,
    to: Math.max(now() + 60, ...truth.map((row) => (row.endedAt ?? 0) + 1)),
  };
  const { restUrl, restSocket } = cluster;

  for (const [name, config] of Object.entries({
    'one slice over TCP': { url: restUrl },
    'one slice over a Unix socket': { url: `unix:${restSocket}` },
    'many slices': { url: restUrl, sliceSeconds: 7 },
    'answers that must be small': { url: restUrl, maxReplyBytes: 200_000 },
  })) {
    void t.test(`jobs: every row that ended or runs, field for field apart from uid: ${name}`, async (t) => {
      const source = slurmrestdSource(cluster, config);
      assertSameRows(t, await rowsOf(source.jobs({ ...reading(), accounts, window })), truth);
      await source.close();
    });
  }

  void t.test('jobs: of a window in the past, what ended in it and what runs now', async (t) => {
    const ends = truth.map((row) => row.endedAt ?? 0).sort((one, other) => one - other);
    const [from = 0, to = 0] = [ends[Math.floor(ends.length / 3)], ends[Math.floor((2 * ends.length) / 3)]];
    const source = slurmrestdSource(cluster, { url: restUrl, sliceSeconds: 5 });
    const found = await rowsOf(source.jobs({ ...reading(), accounts, window: { from, to } }));
    assertSameRows(
      t,
      found,
      truth.filter(({ endedAt }) => endedAt === null || (endedAt >= from && endedAt < to)),
    );
    await source.close();
  });

  void t.test('jobsById: every row of every job, and no harm from what is no id', async (t) => {
    const source = slurmrestdSource(cluster, { url: restUrl });
    assertSameRows(t, await rowsOf(source.jobsById([...new Set(truth.map((row) => row.jobId))], reading())), truth);
    t.strictSame(await rowsOf(source.jobsById(['abc', '1;2', '1-4', '0', '1,2', '99999999999'], reading())), []);
    t.strictSame(await rowsOf(source.jobsById(['65000000'], reading())), []);
    await source.close();
  });

  void t.test('check: all is well', async (t) => {
    const source = slurmrestdSource(cluster, { url: restUrl });
    const results = await source.check(reading());
    t.strictSame(
      results.filter(({ ok }) => !ok),
      [],
    );
    t.match(results[0]?.message, /Slurm 22\.05\.\d+; speaks v0\.0\.38/);
    t.match(results.find(({ name }) => name === 'clusters')?.message, 'savio');
    t.strictSame((await source.accounts({ ...reading(), window })).filter((name) => accounts.includes(name)).sort(), accounts.sort());
    await source.close();
  });

  void t.test('what slurmdbd keeps from a user without rights is an error, not a shorter list', async (t) => {
    const read = async (user: string, from: number): Promise<number> => {
      const source = slurmrestdSource(cluster, { token: { command: ['scontrol', 'token', 'lifespan=600', `username=${user}`] } });
      try {
        return (await rowsOf(source.jobs({ ...reading(), accounts, window: { from, to: window.to } }))).length;
      } finally {
        await source.close();
      }
    };
    const all = await read('root', window.from);
    t.equal(await read('nobody', window.from), all, 'nothing is private');
    await withSetting(cluster, 'PrivateData=jobs', async () => {
      await t.rejects(read('nobody', window.from), { code: 'UNAUTHORISED', message: /no job of anybody else is to be seen/ });
      slurm(cluster, ['sacctmgr', '-iQ', 'add', 'coordinator', 'account=fc_p0', 'name=nobody']);
      try {
        await t.rejects(read('nobody', window.from), { code: 'UNAUTHORISED', message: /coordinator/ });
      } finally {
        slurm(cluster, ['sacctmgr', '-iQ', 'delete', 'coordinator', 'account=fc_p0', 'name=nobody']);
      }
      t.equal(await read('root', window.from), all, 'root sees everything');
    });
    await withSetting(cluster, 'MaxQueryTimeRange=1-0', async () => {
      t.equal(await read('nobody', window.from - 3 * 86_400), all, 'longer periods are asked for in parts');
    });
  });

  void t.test('a cluster that does not exist is an error', async (t) => {
    const source = slurmrestdSource(cluster, { url: restUrl, clusters: ['nosuch'] });
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'CONFIG_INVALID' });
    await source.close();
  });

  void t.test('an expired token is renewed where a command gives one, and an error where none does', async (t) => {
    const token = slurm(cluster, ['scontrol', 'token', 'lifespan=1']).trim().replace('SLURM_JWT=', '');
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number };
    while (now() <= exp) slurm(cluster, ['sleep', '0.3']);
    const expired = aSlurmrestdSource({ url: restUrl, version: 'v0.0.38' }, { env: { TOKEN: token } });
    await t.rejects(rowsOf(expired.jobsById(['1'], reading())), { code: 'UNAUTHORISED' });
    await expired.close();

    const source = slurmrestdSource(cluster, { url: restUrl, token: { command: ['scontrol', 'token', 'lifespan=1'] } });
    for (let count = 0; count < 3; count += 1) {
      t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
      slurm(cluster, ['sleep', '1.1']);
    }
    await source.close();
  });

  void t.test('without slurmrestd, slurmdbd, its database, or its table: an error each time, never fewer jobs', async (t) => {
    const stories = {
      slurmrestd: { break: () => daemon(cluster, 'kill', 'slurmrestd'), mend: () => daemon(cluster, 'start', 'slurmrestd') },
      slurmdbd: { break: () => daemon(cluster, 'kill', 'slurmdbd'), mend: () => daemon(cluster, 'start', 'slurmdbd') },
      mariadbd: { break: () => daemon(cluster, 'stop', 'mariadbd'), mend: () => daemon(cluster, 'start', 'mariadbd') },
      table: {
        break: () => sql(cluster, 'rename table savio_job_table to savio_job_table_away;'),
        mend: () => sql(cluster, 'rename table savio_job_table_away to savio_job_table;'),
      },
    };
    for (const [name, story] of Object.entries(stories)) {
      const source = slurmrestdSource(cluster, { url: restUrl, timeoutSeconds: 15 });
      t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0, `all is well before ${name}`);
      story.break();
      try {
        await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'SOURCE_UNREACHABLE' }, `${name}, by id`);
        await t.rejects(rowsOf(source.jobs({ ...reading(), accounts, window })), { code: 'SOURCE_UNREACHABLE' }, `${name}, by time`);
      } finally {
        story.mend();
      }
      await source.close();
    }
  });
}

/** The truth leaves out jobs that wait; a suspended job's seconds pass while we look. */
function assertSameRows(t: Test, found: readonly Row[], wanted: readonly Row[]): void {
  t.strictSame(
    found
      .filter(({ state }) => state !== 'PENDING')
      .map(still)
      .sort(byKey),
    wanted.map(still).sort(byKey),
  );
  t.equal(new Set(found.map(keyOfRow)).size, found.length, 'no row twice');
}

function byKey(one: Row, other: Row): number {
  return keyOfRow(one) < keyOfRow(other) ? -1 : 1;
}

function keyOfRow(row: Row): string {
  return keyOf(row.jobId, row.submittedAt);
}
