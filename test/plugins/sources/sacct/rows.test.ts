import t from 'tap';
import { collect, FakeSlurm, line, NOW, readJobs, reading } from './fake-slurm.js';

/** A sacct that answers each kind of question with these lines. */
function answering(answers: { readonly running?: string[]; readonly ended?: string[]; readonly byId?: string[] }): string {
  const echo = (lines: readonly string[] = []): string => ['header', ...lines.map((each) => `echo '${each}'`)].join('; ');
  return `case "$*" in *"-s R,S"*) ${echo(answers.running)};; *" -j "*) ${echo(answers.byId)};; *) ${echo(answers.ended)};; esac`;
}

const running = { State: 'RUNNING', End: 'Unknown' };

void t.test('jobs: what ended in the window and what runs, each row once', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: answering({
      running: [
        line({ JobIDRaw: 1, ...running }),
        line({ JobIDRaw: 2, ...running }),
        line({ JobIDRaw: 3 }),
        line({ JobIDRaw: 5, ...running, Account: 'fc_Alpha' }),
      ],
      ended: [line({ JobIDRaw: 2 }), line({ JobIDRaw: 4 }), line({ JobIDRaw: 6, End: NOW }), line({ JobIDRaw: 9, Account: 'fc_Alpha' })],
    }),
  });
  const rows = await readJobs(slurm.source());
  t.strictSame(
    rows.map((row) => `${row.jobId} ${row.state}`),
    ['2 COMPLETED', '4 COMPLETED', '1 RUNNING'],
    '2 ended while we read; 3 ended; 6 ended after the window; the database does not tell Alpha from alpha',
  );
  t.equal(slurm.calls().length, 2, 'nothing was interrupted');
});

void t.test('jobs: a job that waits for its next run is found by id', async (t) => {
  const requeued = { State: 'REQUEUED', Submit: NOW - 3000 };
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: answering({
      running: [line({ JobIDRaw: 3, ...running })],
      ended: [
        line({ JobIDRaw: 1, ...requeued }),
        line({ JobIDRaw: 2, ...requeued }),
        line({ JobIDRaw: 3, ...requeued }),
        line({ JobIDRaw: 4, State: 'PREEMPTED' }),
        line({ JobIDRaw: 2 }),
      ],
      byId: [
        line({ JobIDRaw: 1, ...requeued }),
        line({ JobIDRaw: 1, State: 'PENDING', Start: 'Unknown', End: 'Unknown', AllocNodes: 0, NodeList: 'None assigned' }),
        line({ JobIDRaw: 4, State: 'PREEMPTED' }),
      ],
    }),
  });
  const rows = await readJobs(slurm.source());
  t.match(slurm.calls().at(-1), / -j 1,4 /u, '2 was continued in the same slice, 3 runs');
  t.strictSame(
    rows.map((row) => `${row.jobId} ${row.state}`),
    ['1 REQUEUED', '2 REQUEUED', '3 REQUEUED', '4 PREEMPTED', '2 COMPLETED', '3 RUNNING', '1 PENDING'],
  );
});

void t.test('many rows come in many batches, none lost where the pipe cuts a line', async (t) => {
  const count = 20_000;
  const slurm = new FakeSlurm(t.testdir(), { sacct: `case "$*" in *"-s R,S"*) header;; *) cat lines;; esac` });
  const lines = Array.from({ length: count }, (_, index) => line({ JobIDRaw: index + 1, NodeList: `n${'x'.repeat(index % 97)}` }));
  slurm.write('lines', `${slurm.read('header')}${lines.join('\n')}\n`);
  let batches = 0;
  const seen = new Set<string>();
  for await (const batch of slurm.source().jobs({ ...reading(), accounts: ['fc_alpha'], window: { from: NOW - 86_400, to: NOW } })) {
    batches += 1;
    for (const row of batch) seen.add(row.jobId);
  }
  t.equal(seen.size, count);
  t.ok(batches > 10, `${batches}`);
});

void t.test('accounts: those of sacctmgr, or of the jobs where it does not tell', async (t) => {
  const sacct = answering({
    running: [line({ ...running, Account: 'fc_c' })],
    ended: [line({ JobIDRaw: 1, Account: 'fc_b' }), line({ JobIDRaw: 2, Account: 'fc_a' })],
  });
  const sacctmgr = `case "$*" in *cluster*) echo savio;; *configuration*) settings;; *account*) printf 'root\\nfc_b\\nfc_a\\nfc_b\\n';; *) echo None;; esac`;
  const slurm = new FakeSlurm(t.testdir(), { sacct, sacctmgr });
  const options = { ...reading(), window: { from: NOW - 86_400, to: NOW } };
  t.strictSame(await slurm.source().accounts(options), ['fc_a', 'fc_b', 'root']);
  t.match(slurm.calls('sacctmgr').at(-1), 'list account withdeleted');
  t.strictSame(slurm.calls(), []);
  t.strictSame(await slurm.source({ sacctmgr: [] }).accounts(options), ['fc_a', 'fc_b', 'fc_c']);
  t.match(slurm.warnings[0], /no sacctmgr/u);
  slurm.write('settings', slurm.read('settings').replaceAll('none', 'accounts'));
  t.strictSame(await slurm.source({ user: 'guest' }).accounts(options), ['fc_a', 'fc_b', 'fc_c'], 'hidden from this user');
});

void t.test('check: version, slurmdbd, clusters, permission, range, jobs and clock', async (t) => {
  const sacct = `case "$*" in --version) echo slurm 22.05.8;; *"-s R,S"*) header; echo '${line({ ...running, Start: NOW + 90 })}';; *) header; echo '${line()}';; esac`;
  const sacctmgr = `case "$*" in *cluster*) echo savio;; *configuration*) settings;; *) echo None;; esac`;
  const slurm = new FakeSlurm(t.testdir(), { sacct, sacctmgr });
  const signal = new AbortController().signal;
  const told = async (source = slurm.source({ user: 'guest' })): Promise<Record<string, string>> =>
    Object.fromEntries((await source.check({ signal })).map(({ name, ok, message }) => [name, `${ok ? 'ok' : 'not ok'}: ${message}`]));
  t.match(await told(), {
    sacct: 'ok: slurm 22.05.8',
    slurmdbd: 'ok: answers',
    clusters: 'ok: savio',
    permission: "ok: sees everybody's jobs (PrivateData: none)",
    'query range': 'ok: unlimited',
    jobs: 'ok: 2 ended in the last hour or run',
    clock: "not ok: Slurm's clock is at least 90 s ahead of this machine's",
  });
  slurm.write('settings', 'SlurmDBD configuration:\nSLURMDBD_VERSION = 22.05.8\nPrivateData = jobs\nMaxQueryTimeRange = 7-00:00:00\n');
  t.match(await told(slurm.source({ user: 'guest', clusters: ['savio', 'x'] })), {
    slurmdbd: 'ok: answers, version 22.05.8',
    clusters: 'not ok: x unknown',
    permission: "not ok: does not see other people's jobs",
    'query range': 'not ok: MaxQueryTimeRange is 7-00:00:00',
  });
  t.match(await told(slurm.source({ user: 'guest', sliceDays: 7 })), { 'query range': /^ok: 7-00:00:00, long enough/u });
  t.match(await told(slurm.source({ user: 'root' })), { 'query range': /does not bind an Operator/u });
  t.match(await told(slurm.source({ sacctmgr: ['env', `${slurm.directory}/sacctmgr`] })), { permission: /^not ok: .*cannot be told/u });
  t.match(await told(slurm.source({ sacctmgr: [] })), { slurmdbd: /not asked/u });
  t.match(await told(slurm.source({ command: ['/nonexistent'] })), {
    sacct: /^not ok: .*no such program/u,
    jobs: /^not ok/u,
    slurmdbd: /^ok/u,
  });
});

void t.test('a repeated question about one id has one answer', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: answering({ byId: [line()] }) });
  t.equal((await collect(slurm.source().jobsById(['7', '7'], reading()))).length, 1);
});
