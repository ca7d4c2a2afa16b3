/** The sacct source on a real cluster; what sacct does when pressed is tested without one in test/plugins. */
import t, { type Test } from 'tap';
import type { JobSource, ReadOptions } from '../../src/core/job-source.js';
import { aliasIds, type Row } from '../../src/core/job.js';
import type { SacctConfig } from '../../src/plugins/sources/sacct/config.js';
import type { SacctSource } from '../../src/plugins/sources/sacct/index.js';
import { sourceCases } from '../../src/testkit.js';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, daemon, sql, type Cluster } from './cluster.js';
import { seed } from './seed.js';
import { asNobody, sacctSource, still } from './sources.js';
import { keyOf, readTruthRows } from './truth-rows.js';
import { withSetting } from './with-setting.js';

const booted = bootCluster();
if ('leftOut' in booted) {
  testUnless(booted.leftOut, 'sacct on a real cluster');
} else {
  await seed(booted);
  testSacct(booted);
}

function testSacct(cluster: Cluster): void {
  const rows = readTruthRows(cluster).map(still);
  const accounts = [...new Set(rows.map((row) => row.account))];
  const ends = rows.map((row) => row.endedAt ?? 0).sort((one, other) => one - other);
  const all = { from: Math.min(...rows.map((row) => row.submittedAt)) - 86_400, to: (ends.at(-1) ?? 0) + 1 };

  void t.test('jobs: every row that ended or runs, field for field, also those that plain windows hide', async (t) => {
    for (const account of accounts) {
      const found = await collect(create(cluster).jobs({ ...reading(), accounts: [account], window: all }));
      assertSameRows(
        t,
        found,
        rows.filter((row) => row.account === account),
      );
    }
    const hidden = rows.filter((row) => row.endedAt !== null && (row.eligibleAt === null || row.eligibleAt > row.endedAt));
    t.ok(hidden.length > 3, `${hidden.length} rows that only a question about the end brings`);
  });

  void t.test('jobsById: every job by each of its ids, alone and all at once', async (t) => {
    const source = create(cluster, { idsPerCall: 20 });
    const ids = [...new Set(rows.map((row) => row.jobId))];
    assertSameRows(t, await collect(source.jobsById(ids, reading())), rows);
    const shown = rows.flatMap(aliasIds);
    assertSameRows(
      t,
      await collect(source.jobsById(shown, reading())),
      rows.filter((row) => aliasIds(row).length > 0),
    );
    for (const id of shown) {
      const found = await collect(source.jobsById([id], reading()));
      assertSameRows(
        t,
        found,
        rows.filter((row) => aliasIds(row).includes(id)),
      );
    }
  });

  const known = { rows, window: { from: ends.find((end) => end > 0) ?? 0, to: ends.at(-2) ?? 0 } };
  for (const { title, run } of sourceCases({
    create: () => Promise.resolve(create(cluster)),
    known,
    capabilities: ['accounts', 'aliveIds', 'partitions'],
  })) {
    void t.test(`conformance: ${title}`, run);
  }

  void t.test('check: all is well', async (t) => {
    const results = await create(cluster).check(reading());
    t.strictSame(
      results.filter(({ ok }) => !ok),
      [],
    );
    t.match(results.find(({ name }) => name === 'clusters')?.message, 'savio');
  });

  void t.test('without slurmdbd, without its database, without its table: an error each time, and then all is well again', async (t) => {
    const stories = [
      {
        break: () => daemon(cluster, 'kill', 'slurmdbd'),
        mend: () => daemon(cluster, 'start', 'slurmdbd'),
        message: /slurmdbd does not answer/u,
      },
      { break: () => daemon(cluster, 'stop', 'mariadbd'), mend: () => daemon(cluster, 'start', 'mariadbd'), message: /lost its database/u },
      {
        break: () => sql(cluster, 'rename table savio_job_table to elsewhere;'),
        mend: () => sql(cluster, 'rename table elsewhere to savio_job_table;'),
        message: /empty answers are not believed/u,
      },
    ];
    for (const story of stories) {
      const before = create(cluster, { timeoutSeconds: 30 });
      t.equal((await collect(before.jobs({ ...reading(), accounts, window: all }))).length, rows.length);
      story.break();
      try {
        for (const source of [before, create(cluster, { timeoutSeconds: 30 })]) {
          const began = Date.now();
          const error = { code: 'SOURCE_UNREACHABLE', message: story.message };
          await t.rejects(collect(source.jobs({ ...reading(), accounts, window: all })), error);
          await t.rejects(collect(source.jobsById(['1', '2'], reading())), error);
          t.ok(Date.now() - began < 60_000);
        }
        t.ok((await create(cluster).check(reading())).some(({ ok }) => !ok) || /believed/u.test(story.message.source));
      } finally {
        story.mend();
      }
    }
    t.equal((await collect(create(cluster).jobs({ ...reading(), accounts, window: all }))).length, rows.length);
  });

  void t.test('a cluster that does not exist is an error', async (t) => {
    const source = create(cluster, { clusters: ['savio', 'nosuch'] });
    await t.rejects(collect(source.jobs({ ...reading(), accounts, window: all })), { code: 'CONFIG_INVALID', remedy: /there are: savio/u });
    t.equal((await collect(create(cluster, { clusters: ['savio'] }).jobs({ ...reading(), accounts, window: all }))).length, rows.length);
  });

  void t.test('what slurmdbd keeps from a user without rights is an error, not a shorter list', async (t) => {
    const nobody = { command: asNobody('sacct'), sacctmgr: asNobody('sacctmgr'), user: 'nobody' };
    const read = (config: Partial<SacctConfig>): Promise<Row[]> =>
      collect(create(cluster, config).jobs({ ...reading(), accounts, window: all }));
    t.equal((await read(nobody)).length, rows.length, 'nothing is private');
    await withSetting(cluster, 'PrivateData=jobs', async () => {
      await t.rejects(read(nobody), { code: 'UNAUTHORISED', message: /PrivateData=jobs/u });
      t.equal((await read({})).length, rows.length, 'root sees everything');
    });
    await withSetting(cluster, 'MaxQueryTimeRange=1-0', async () => {
      await t.rejects(read(nobody), { code: 'CONFIG_INVALID', message: /MaxQueryTimeRange/u, remedy: /sliceDays/u });
      const now = Math.floor(Date.now() / 1000);
      const today = { ...reading(), accounts, window: { from: now - 43_200, to: now + 60 } };
      const found = await collect(create(cluster, { ...nobody, sliceDays: 1 }).jobs(today));
      t.equal(found.length, rows.filter(({ endedAt }) => (endedAt ?? 0) < today.window.to).length);
    });
  });
}

function create(cluster: Cluster, config: Partial<SacctConfig> = {}): JobSource & Pick<SacctSource, 'accounts'> {
  const source = sacctSource(cluster, config);
  return {
    jobs: (options) => stilled(source.jobs(options)),
    jobsById: (ids, options) => stilled(source.jobsById(ids, options)),
    accounts: (options) => source.accounts(options),
    aliveIds: (ids, options) => source.aliveIds(ids, options),
    partitions: (options) => source.partitions(options),
    check: (options) => source.check(options),
    close: () => source.close(),
  };
}

async function* stilled(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  for await (const batch of batches) yield batch.map(still);
}

function reading(): ReadOptions {
  return { signal: new AbortController().signal, onSkip: () => undefined };
}

async function collect(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

function assertSameRows(t: Test, found: readonly Row[], wanted: readonly Row[]): void {
  const sorted = (rows: readonly Row[]): Row[] =>
    [...rows].sort((one, other) => (keyOf(one.jobId, one.submittedAt) < keyOf(other.jobId, other.submittedAt) ? -1 : 1));
  t.strictSame(sorted(found), sorted(wanted));
}
