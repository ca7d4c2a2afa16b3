import t from 'tap';
import type { SacctConfig } from '../../../../src/plugins/sources/sacct/config.js';
import { FakeSlurm } from './fake-slurm.js';

const signal = new AbortController().signal;

function ask(slurm: FakeSlurm, ids: readonly string[], config: Partial<SacctConfig> = {}, cluster: string | null = 'savio') {
  return slurm.source(config).aliveIds(ids, { cluster, signal });
}

void t.test('which jobs slurmctld knows: all of the named cluster, whatever their state', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header', squeue: 'printf "%s\\n" "CLUSTER: savio" 7 8 12' });
  t.strictSame(await ask(slurm, ['7', '9', '12']), new Set(['7', '12']));
  t.strictSame(slurm.calls('squeue'), ['-M savio -h -a -t all -o %A']);
});

void t.test('asked once as long as it knows them all, and anew about any other', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header', squeue: 'echo 7; test ! -e later || echo 8' });
  const source = slurm.source();
  const options = { cluster: 'savio', signal };
  for (let turn = 0; turn < 3; turn += 1) t.strictSame(await source.aliveIds(['7'], options), new Set(['7']));
  t.equal(slurm.calls('squeue').length, 1);
  slurm.write('later', '');
  t.strictSame(await source.aliveIds(['7', '8'], options), new Set(['7', '8']), 'a job that began meanwhile');
  t.equal(slurm.calls('squeue').length, 2);
});

void t.test('nothing is known where the answer is not certain; it is said once, and not asked again', async (t) => {
  const privateQueue = `case "$*" in *cluster*) echo savio;; *configuration*) settings | sed '1s/none/jobs,usage/';; *"user boss"*) echo Operator;; *"show user"*) echo None;; esac`;
  const cases = [
    ['slurmctld is down', { squeue: 'echo 7; echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1' }, {}],
    ['an unknown cluster', { squeue: 'echo "squeue: error: No cluster \'savio\' known by database." >&2; exit 1' }, {}],
    ['it says something else', { squeue: 'echo Welcome; echo 7' }, {}],
    ['jobs may be hidden', { squeue: 'echo 7', sacctmgr: privateQueue }, { user: 'guest' }],
    ['another cluster, whose slurm.conf may hide them', { squeue: 'echo 7' }, { clusters: ['savio'], user: 'guest' }],
    ['there is no squeue', {}, { squeue: ['/nonexistent/squeue'] }],
    ['none is configured', {}, { squeue: [] }],
    ['no sacctmgr tells who asks', { squeue: 'echo 7' }, { sacctmgr: [] }],
  ] as const;
  for (const [index, [title, bodies, config]] of cases.entries()) {
    const slurm = new FakeSlurm(`${t.testdir({ [index]: {} })}/${index}`, { sacct: 'header', ...bodies });
    const source = slurm.source(config);
    for (let turn = 0; turn < 2; turn += 1) t.equal(await source.aliveIds(['7', '9'], { cluster: 'savio', signal }), null, title);
    t.match(
      slurm.warnings.filter((warning) => /runaways show by their age only/u.test(warning)),
      { length: 1 },
      title,
    );
    t.ok(slurm.calls('squeue').length <= 1, title);
  }
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header', squeue: 'echo 7', sacctmgr: privateQueue });
  t.strictSame(await ask(slurm, ['7'], { user: 'boss', clusters: ['savio'] }), new Set(['7']), 'an Operator sees all');
  for (const cluster of [null, 'a;b', '-x']) t.equal(await ask(slurm, ['7'], {}, cluster), null, `cluster ${cluster}`);
});

void t.test('an abort is no answer', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header', squeue: 'echo 7' });
  await t.rejects(slurm.source().aliveIds(['7'], { cluster: 'savio', signal: AbortSignal.abort(new Error('enough')) }), {
    message: 'enough',
  });
});
