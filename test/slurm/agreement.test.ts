/** sacct and slurmrestd on the same real cluster: each tells everything, and both tell the same. */
import t, { type Test } from 'tap';
import type { JobSource } from '../../src/core/job-source.js';
import { isEndedState, type Row } from '../../src/core/job.js';
import { FixtureSource } from '../../src/plugins/sources/fixture/index.js';
import { fences, section } from '../support/readme.js';
import { reading, rowsOf } from '../support/slurmrestd.js';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, slurm, type Cluster } from './cluster.js';
import { seed } from './seed.js';
import { now, sacctSource, slurmrestdSource, still } from './sources.js';
import { readTruth } from './truth.js';
import { keyOf, readTruthRows } from './truth-rows.js';

const booted = bootCluster();
if ('leftOut' in booted) {
  testUnless(booted.leftOut, 'sacct and slurmrestd on a real cluster');
} else {
  await seed(booted);
  testAgreement(booted);
}

function testAgreement(cluster: Cluster): void {
  const truth = readTruthRows(cluster).filter(({ jobId }) => Number(jobId) < 1_000_000);
  const accounts = [...new Set(truth.map(({ account }) => account))];
  const window = {
    from: Math.min(...truth.map(({ submittedAt }) => submittedAt)),
    to: Math.max(now() + 60, ...truth.map(({ endedAt }) => (endedAt ?? 0) + 1)),
  };
  const readBoth = async (read: (source: JobSource) => AsyncIterable<readonly Row[]>): Promise<readonly [Row[], Row[]]> => {
    const sources = [sacctSource(cluster), slurmrestdSource(cluster)] as const;
    try {
      return await Promise.all([rowsOf(read(sources[0])), rowsOf(read(sources[1]))]);
    } finally {
      await Promise.all(sources.map((source) => source.close()));
    }
  };

  void t.test('of all accounts and times: every row that ended or still runs, and the same in both', async (t) => {
    const [bySacct, byRest] = await readBoth((source) => source.jobs({ ...reading(), accounts, window }));
    const wanted = truth.map(keyOfRow).sort();
    for (const [name, rows] of Object.entries({ sacct: bySacct, slurmrestd: byRest })) {
      t.strictSame(
        rows
          .filter(({ state }) => state !== 'PENDING')
          .map(keyOfRow)
          .sort(),
        wanted,
        `${name} tells every row once`,
      );
    }
    assertAgree(t, bySacct, byRest);

    // A plain window takes what became eligible before its end, of each job the newest row only (contract slurm.md 2.1, 2.4).
    const newest = new Map(truth.map((row) => [row.jobId, row]));
    const hidden = truth.filter((row) => row.eligibleAt === null || row.eligibleAt > now() || newest.get(row.jobId) !== row);
    t.ok(hidden.length >= 10, `${hidden.length} of them are hidden by plain windows`);
  });

  void t.test('each account by itself, in each half of the time', async (t) => {
    const ends = truth.flatMap(({ endedAt }) => endedAt ?? []).sort((one, other) => one - other);
    const middle = ends[Math.floor(ends.length / 2)] ?? 0;
    for (const account of accounts) {
      for (const half of [
        { from: window.from, to: middle },
        { from: middle, to: window.to },
      ]) {
        const [bySacct, byRest] = await readBoth((source) => source.jobs({ ...reading(), accounts: [account], window: half }));
        assertAgree(t, bySacct.filter(endedOrRuns), byRest.filter(endedOrRuns));
      }
    }
  });

  void t.test('by id: every row there is, also of jobs that wait', async (t) => {
    const all = readTruth(cluster).filter(({ jobId }) => jobId < 1_000_000);
    const ids = [...new Set(all.map(({ jobId }) => String(jobId)))];
    const [bySacct, byRest] = await readBoth((source) => source.jobsById(ids, reading()));
    for (const [name, rows] of Object.entries({ sacct: bySacct, slurmrestd: byRest })) {
      t.strictSame(rows.map(keyOfRow).sort(), all.map(({ jobId, submittedAt }) => keyOf(jobId, submittedAt)).sort(), name);
    }
    assertAgree(t, bySacct, byRest);
  });

  void t.test('files: what sacct --json prints, and what the README tells to print, say what the source sacct says', async (t) => {
    const ids = [...new Set(truth.map(({ jobId }) => jobId))];
    const json = slurm(cluster, ['sacct', '-D', '-X', '--json', '-j', ids.join(',')]);
    const lines = slurm(cluster, ['sh', '-c', documentedCommand('2020-01-01', 'now')]);
    const directory = t.testdir({ 'jobs.json': json, 'jobs.psv': lines });
    const bySacct = (await readBoth((source) => source.jobsById(ids, reading())))[0].map(still);
    const ended = bySacct.filter(({ endedAt }) => endedAt !== null && endedAt <= now());
    const bySource = { 'jobs.json': bySacct.map((row) => ({ ...row, uid: null })), 'jobs.psv': ended };
    for (const [files, wanted] of Object.entries(bySource)) {
      const config = { files, format: 'auto', onError: 'fail', cluster: 'savio' } as const;
      const source = new FixtureSource(config, { timeZone: 'UTC', allocationYearStart: '06-01' }, directory);
      t.strictSame(sorted((await rowsOf(source.jobsById(ids, reading()))).map(still)), sorted(wanted), files);
      await source.close();
    }
  });
}

/** Field for field, apart from the uid, which slurmrestd never tells. */
function assertAgree(t: Test, bySacct: readonly Row[], byRest: readonly Row[]): void {
  const comparable = (rows: readonly Row[]): Row[] => sorted(rows.map((row) => ({ ...still(row), uid: null })));
  t.strictSame(comparable(byRest), comparable(bySacct));
}

function sorted(rows: readonly Row[]): Row[] {
  return [...rows].sort((one, other) => (keyOfRow(one) < keyOfRow(other) ? -1 : 1));
}

/** The README's command that makes a file for the source fixture, of another period. */
function documentedCommand(start: string, end: string): string {
  const command = fences(section('Plugin fixture'), '').find((text) => text.includes('sacct ')) ?? '';
  return command.replace(/-S \S+ -E \S+/u, `-S ${start} -E ${end}`).replace(/ > \S+\s*$/u, '');
}

/** A finished row without an end is of no time: either source may bring it. */
function endedOrRuns({ state, endedAt }: Row): boolean {
  return endedAt !== null || !isEndedState(state);
}

function keyOfRow({ jobId, submittedAt }: Row): string {
  return keyOf(jobId, submittedAt);
}
