import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import t from 'tap';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, daemon, slurm, takeDown } from './cluster.js';

// Beside the cluster that the other tests use: nothing of the two may meet. Not from mkdtemp, which shuts other users out.
const directory = `${tmpdir()}/brc-sync-slurm-test-${process.pid}`;
t.teardown(() => takeDown(directory));

const cluster = bootCluster(directory);
if ('leftOut' in cluster) testUnless(cluster.leftOut, 'up and down of a real cluster');
else {
  void t.test('a second up finds the same cluster, and starts again what died', (t) => {
    const before = runningHere(directory);
    t.same(bootCluster(directory), cluster);
    t.same(runningHere(directory), before);
    daemon(cluster, 'kill', 'slurmdbd');
    daemon(cluster, 'kill', 'slurmd-n0101');
    daemon(cluster, 'kill', 'slurmrestd');
    t.equal(runningHere(directory).length, before.length - 3);
    t.same(bootCluster(directory), cluster);
    t.equal(runningHere(directory).length, before.length);
    t.end();
  });

  void t.test('down ends daemons and jobs, and removes the directory', (t) => {
    slurm(cluster, ['sbatch', '--chdir=/tmp', '--output=/dev/null', '-N2'], { input: '#!/bin/bash\nsrun sleep 600\n' });
    takeDown(directory);
    t.same(runningHere(directory), []);
    t.notOk(existsSync(directory));
    t.end();
  });

  void t.test('down leaves a directory alone that up did not make', (t) => {
    const mine = t.testdir({ precious: 'file' });
    t.throws(() => takeDown(mine), /not a cluster of slurm:up/u);
    t.ok(existsSync(`${mine}/precious`));
    t.throws(() => bootCluster(mine), /exists and is not a cluster of slurm:up/u);
    t.end();
  });
}

/** Process ids whose environment names this cluster: daemons, job steps and jobs. */
function runningHere(directory: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/u.test(name) && environmentOf(name).includes(`${directory}\0`));
}

function environmentOf(processId: string): string {
  try {
    return readFileSync(`/proc/${processId}/environ`, 'latin1');
  } catch {
    return '';
  }
}
