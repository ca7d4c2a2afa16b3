/** What hangs on a real cluster: an error at the deadline, whoever it is that says nothing. */
import t from 'tap';
import type { JobSource } from '../../src/core/job-source.js';
import { reading, rowsOf } from '../support/slurmrestd.js';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, daemon, type Cluster } from './cluster.js';
import { seed } from './seed.js';
import { now, sacctSource, slurmrestdSource } from './sources.js';

const booted = bootCluster();
if ('leftOut' in booted) {
  testUnless(booted.leftOut, 'hanging daemons of a real cluster');
} else {
  await seed(booted);
  testHanging(booted);
}

function testHanging(cluster: Cluster): void {
  const sources: Readonly<Record<string, () => JobSource>> = {
    sacct: () => sacctSource(cluster, { timeoutSeconds: 4 }),
    slurmrestd: () => slurmrestdSource(cluster, { timeoutSeconds: 4 }),
  };
  const window = { from: now() - 86_400, to: now() };
  for (const [frozen, names] of [
    ['slurmdbd', ['sacct', 'slurmrestd']],
    ['mariadbd', ['sacct', 'slurmrestd']],
    ['slurmrestd', ['slurmrestd']],
  ] as const) {
    void t.test(`${frozen} hangs: an error at the deadline from ${names.join(' and ')}`, async (t) => {
      const used = names.map((name) => sources[name]!());
      for (const source of used) t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0, 'all is well before');
      daemon(cluster, 'freeze', frozen);
      const began = Date.now();
      try {
        const read = (source: JobSource) => rowsOf(source.jobs({ ...reading(), accounts: ['fc_alpha'], window }));
        await Promise.all(used.map((source) => t.rejects(read(source), { code: 'SOURCE_UNREACHABLE' })));
      } finally {
        daemon(cluster, 'thaw', frozen);
      }
      t.ok(Date.now() - began < 15_000, `${Date.now() - began} ms`);
      for (const source of used) {
        t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0, 'all is well again');
        await source.close?.();
      }
    });
  }
}
