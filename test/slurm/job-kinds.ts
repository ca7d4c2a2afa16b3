/** Every awkward kind of job: how to bring it about, and the states its rows settle in. */
import type { JobMaker } from './job-maker.js';

export interface JobKind {
  readonly name: string;
  /** States of all rows it leaves, in any order. */
  readonly states: readonly string[];
  /** Submits, and does what has to be done to the job while it lives; answers the ids that sbatch printed. */
  make(maker: JobMaker): Promise<readonly string[]>;
}

/** A job that needs nothing but its submission. */
function simple(name: string, states: readonly string[], script: string, args: readonly string[] = []): JobKind {
  return { name, states, make: (maker) => Promise.resolve([maker.submit(script, args)]) };
}

const later = '--begin=now+2hours';
const secondRunIsShort = 'test "${SLURM_RESTART_COUNT:-0}" -gt 0 || sleep 600';

export const endingKinds: readonly JobKind[] = [
  simple('completed', ['COMPLETED'], 'sleep 2', ['--account=co_beta', '--job-name=na|me\nnew\tline']),
  simple('with-steps', ['COMPLETED'], 'srun sleep 1; srun -n2 --overcommit true', ['--uid=daemon', '--account=fc_p1']),
  simple('zero-length', ['COMPLETED'], 'true'),
  simple('exit-3', ['FAILED'], 'exit 3'),
  simple('exit-200', ['FAILED'], 'exit 200', ['--account=co_beta']),
  simple('killed-by-signal', ['FAILED'], 'kill -9 $$'),
  simple('launch-failed', ['FAILED'], 'true', ['--output=/nonexistent/out', '-N2']),
  simple('timeout', ['TIMEOUT'], 'sleep 600', ['--time=1']),
  simple('deadline', ['DEADLINE'], 'true', ['--time=1', '--begin=now+62', '--deadline=now+65seconds']),
  simple('array', Array<string>(5).fill('COMPLETED'), 'sleep 2', ['--array=1-5']),
  {
    name: 'array-throttled',
    states: ['FAILED', ...Array<string>(5).fill('COMPLETED')],
    async make(maker) {
      const id = maker.submit('sleep 2; test $SLURM_ARRAY_TASK_ID != 2 || exit 7', ['--array=1-6%2']);
      await maker.forgetEligible(id, 4);
      return [id];
    },
  },
  simple('multi-node', ['COMPLETED'], 'sleep 2', ['-N3']),
  simple('two-partitions', ['COMPLETED'], 'sleep 2', ['--partition=savio3,savio3_htc', '--uid=games', '--account=fc_p0']),
  simple('heterogeneous', ['COMPLETED', 'COMPLETED'], 'sleep 2', ['-n1', ':', '-n2']),
  {
    name: 'cancelled-running',
    states: ['CANCELLED'],
    async make(maker) {
      const id = await maker.running('sleep 600');
      maker.cancel(id);
      return [id];
    },
  },
  {
    name: 'cancelled-by-owner',
    states: ['CANCELLED', 'CANCELLED'],
    async make(maker) {
      const owned = ['--uid=nobody', '--account=fc_p0'];
      const pending = maker.submit('true', [...owned, later]);
      const running = await maker.running('sleep 600', owned);
      maker.cancel(pending, 'nobody');
      maker.cancel(running, 'nobody');
      return [pending, running];
    },
  },
  {
    name: 'cancelled-at-once',
    states: ['CANCELLED'],
    make(maker) {
      const id = maker.submit('true', [later]);
      maker.cancel(id);
      return Promise.resolve([id]);
    },
  },
  cancelledPending('cancelled-held', ['--hold', '-N2', '-n4', '--partition=savio3,savio3_htc']),
  cancelledPending('cancelled-before-begin', [later]),
  { ...cancelledPending('cancelled-heterogeneous', ['--hold', '-n1', ':', '-n2']), states: ['CANCELLED', 'CANCELLED'] },
  {
    name: 'cancelled-array-before-it-split',
    states: ['CANCELLED'],
    async make(maker) {
      const id = maker.submit('true', ['--array=0-4', later]);
      await maker.recorded(id);
      maker.cancel(`${id}_2`);
      maker.cancel(id);
      return [id];
    },
  },
  {
    name: 'cancelled-array-throttled',
    states: ['CANCELLED', 'CANCELLED'],
    async make(maker) {
      const id = await maker.running('sleep 600', ['--array=1-3%1']);
      maker.cancel(id);
      return [id];
    },
  },
  {
    name: 'dependency-never-satisfied',
    states: ['FAILED', 'CANCELLED'],
    make(maker) {
      const first = maker.submit('sleep 3; exit 1');
      return Promise.resolve([first, maker.submit('true', [`--dependency=afterok:${first}`, '--kill-on-invalid-dep=yes'])]);
    },
  },
  {
    name: 'suspended',
    states: ['COMPLETED'],
    async make(maker) {
      const id = await maker.running('sleep 8');
      maker.control('suspend', id);
      await maker.seconds(6);
      maker.control('resume', id);
      return [id];
    },
  },
  {
    name: 'requeued',
    states: ['REQUEUED', 'COMPLETED'],
    async make(maker) {
      const id = await maker.running(secondRunIsShort);
      maker.control('requeue', id);
      return [id];
    },
  },
  {
    name: 'requeued-then-cancelled',
    states: ['REQUEUED', 'CANCELLED'],
    async make(maker) {
      const id = await maker.running(secondRunIsShort);
      maker.control('requeue', id);
      await maker.until(id, 'PENDING');
      maker.cancel(id);
      return [id];
    },
  },
  {
    name: 'shrunk',
    states: ['RESIZING', 'COMPLETED'],
    async make(maker) {
      const id = await maker.running('sleep 12', ['-N2']);
      await maker.seconds(4);
      maker.control('update', `JobId=${id}`, 'NumNodes=1');
      return [id];
    },
  },
  {
    // The job that gives its node away leaves a last row that is COMPLETED, has no node and never gets an end.
    name: 'grown',
    states: ['RESIZING', 'RESIZING', 'COMPLETED', 'CANCELLED'],
    async make(maker) {
      const id = maker.allocate([]);
      const giver = maker.allocate([`--dependency=expand:${id}`]);
      await maker.seconds(3);
      maker.control('update', `JobId=${giver}`, 'NumNodes=0');
      maker.control('update', `JobId=${id}`, 'NumNodes=ALL');
      await maker.seconds(3);
      maker.cancel(id);
      return [id, giver];
    },
  },
  {
    name: 'preempted',
    states: ['PREEMPTED', 'PREEMPTED', 'COMPLETED', 'COMPLETED'],
    async make(maker) {
      const here = ['--partition=savio3_htc', '-N1', '--nodelist=n0103'];
      const requeued = await maker.running(secondRunIsShort, [...here, '-n4', '--qos=savio_lowprio']);
      const cancelled = await maker.running('sleep 600', [...here, '-n4', '--qos=savio_scavenge']);
      return [requeued, cancelled, maker.submit('sleep 2', [...here, '-n8', '--qos=savio_debug'])];
    },
  },
  {
    name: 'node-failed',
    states: ['NODE_FAIL', 'NODE_FAIL', 'COMPLETED'],
    async make(maker) {
      const here = ['--partition=savio3_htc', '-N1', '--nodelist=n0104'];
      const lost = await maker.running('sleep 600', [...here, '--no-requeue']);
      const again = await maker.running(secondRunIsShort, [...here, '--requeue']);
      maker.daemon('kill', 'slurmd-n0104');
      await maker.gone(lost);
      maker.daemon('start', 'slurmd-n0104');
      return [lost, again];
    },
  },
];

/** Submitted when the others have settled: a job that waits for a whole partition would hold them up. */
export const openKinds: readonly JobKind[] = [
  simple('still-running', ['RUNNING'], 'sleep 86400', ['-N2', '--account=co_beta']),
  simple('still-running-array', ['RUNNING', 'RUNNING'], 'sleep 86400', ['--array=1-2', '--uid=nobody', '--account=fc_p2']),
  {
    name: 'still-suspended',
    states: ['SUSPENDED'],
    async make(maker) {
      const id = await maker.running('sleep 86400');
      maker.control('suspend', id);
      return [id];
    },
  },
  simple('pending-held', ['PENDING'], 'true', ['--hold']),
  simple('pending-array', ['PENDING'], 'true', ['--array=1-9:2%3', later]),
  simple('pending-resources', ['PENDING'], 'true', ['-N4', '--exclusive']),
];

/** Cancelled once slurmdbd knows it: its Start is then unset, where a job cancelled at once gets Start = End. */
function cancelledPending(name: string, args: readonly string[]): JobKind {
  return {
    name,
    states: ['CANCELLED'],
    async make(maker) {
      const id = maker.submit('true', args);
      await maker.recorded(id);
      maker.cancel(id);
      return [id];
    },
  };
}
