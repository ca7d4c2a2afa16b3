import t from 'tap';
import type { Row } from '../../../../src/core/job.js';
import { FakeSlurm, HEADER, line, NOW, readJobs, reading, collect } from './fake-slurm.js';

void t.test('every way in which sacct fails has its code and a remedy', async (t) => {
  // Words and exit statuses of Slurm 22.05.8 and 25.11.7.
  const failures = [
    {
      sacct: 'echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1',
      code: 'SOURCE_UNREACHABLE',
      message: /slurmdbd does not answer/u,
    },
    {
      sacct: 'echo "sacct: error: Sending PersistInit msg: Unable to connect to database" >&2; exit 1',
      code: 'SOURCE_UNREACHABLE',
      message: /lost its database/u,
    },
    {
      sacct: 'header; echo "sacct: error: Too wide of a date range in query" >&2; exit 95',
      code: 'CONFIG_INVALID',
      message: /MaxQueryTimeRange/u,
    },
    {
      sacct: 'header; echo "slurm_load: Too wide of a date range in query" >&2; exit 1',
      code: 'CONFIG_INVALID',
      message: /MaxQueryTimeRange/u,
    },
    { sacct: 'echo "sacct: error: Protocol authentication error" >&2; exit 1', code: 'UNAUTHORISED', message: /does not accept who asks/u },
    {
      sacct: 'echo "sacct: error: If munged is up, restart with --num-threads=10" >&2; exit 1',
      code: 'UNAUTHORISED',
      message: /does not accept/u,
    },
    { sacct: 'echo \'Invalid field requested: "planned"\' >&2; exit 1', code: 'CONFIG_INVALID', message: /does not understand/u },
    {
      sacct: 'echo "sacct: fatal: Could not establish a configuration source" >&2; exit 1',
      code: 'CONFIG_INVALID',
      message: /no slurm.conf/u,
    },
    { sacct: 'exit 3', code: 'SOURCE_UNREACHABLE', message: /failed \(exit status 3\)/u },
    { sacct: 'kill -9 $$', code: 'SOURCE_UNREACHABLE', message: /killed by SIGKILL/u, remedy: /memory/u },
    { sacct: `header; echo '${line()}'; exit 2`, code: 'SOURCE_UNREACHABLE', message: /exit status 2/u },
    { sacct: 'true', code: 'SOURCE_UNREACHABLE', message: /printed nothing, not even a header/u },
    { sacct: `echo "Welcome to login1"; header; echo '${line()}'`, code: 'INPUT_INVALID', message: /header/u, remedy: /wrapper/u },
    { sacct: `echo '${HEADER.replace('@@State', '')}'`, code: 'INPUT_INVALID', message: /header/u },
    { sacct: `header; echo '${line()}'; printf '%s' '${line().slice(0, 60)}'`, code: 'INPUT_INVALID', message: /middle of a line/u },
    { sacct: `header; printf '%s' '${line()}'`, code: 'INPUT_INVALID', message: /middle of a line/u },
    { sacct: `header; echo '${line()}@@x'`, code: 'INPUT_INVALID', message: /sacct line 2: .*20 fields where the header has 19/u },
    { sacct: `header; echo '${line({ JobIDRaw: 'x' })}'`, code: 'INPUT_INVALID', message: /JobIDRaw/u },
    { sacct: `header; echo '${line({ End: '2026-11-19T12:00:00' })}'`, code: 'INPUT_INVALID', message: /local time/u },
  ];
  for (const { sacct, ...error } of failures) {
    const slurm = new FakeSlurm(t.testdir(), { sacct });
    await t.rejects(readJobs(slurm.source()), { remedy: /\w{4}/u, ...error }, sacct);
    await t.rejects(collect(slurm.source().jobsById(['7'], reading())), { code: error.code }, `${sacct}, by id`);
  }
});

void t.test('rows that came before a failure are followed by the error', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line()}'; case "$*" in *"-s R,S"*) ;; *) exit 1;; esac` });
  const rows: Row[] = [];
  const read = async (): Promise<void> => {
    for await (const batch of slurm.source().jobs({ ...reading(), accounts: ['fc_alpha'], window: { from: NOW - 86_400, to: NOW } }))
      rows.push(...batch);
  };
  await t.rejects(read(), { code: 'SOURCE_UNREACHABLE' });
  t.equal(rows.length, 1);
});

void t.test('a program that is not there, or cannot be run', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header' });
  const notThere = { code: 'SOURCE_UNREACHABLE', message: /there is no such program/u, remedy: /"command"/u };
  await t.rejects(readJobs(slurm.source({ command: ['/nonexistent/sacct'] })), notThere);
  await t.rejects(readJobs(slurm.source({ sacctmgr: ['/nonexistent/sacctmgr'] })), notThere);
  await t.rejects(readJobs(slurm.source({ command: [slurm.directory] })), { code: 'SOURCE_UNREACHABLE', message: /EACCES/u });
});

void t.test('an empty answer counts once sacct has shown that it sees jobs', async (t) => {
  const blind = new FakeSlurm(t.testdir({ blind: {} }) + '/blind', { sacct: 'header' });
  const seesNothing = { code: 'SOURCE_UNREACHABLE', message: /no job of anybody, of a whole year/u };
  await t.rejects(readJobs(blind.source()), seesNothing);
  await t.rejects(collect(blind.source().jobsById(['7'], reading())), seesNothing);

  const others = line({ JobIDRaw: 8, Account: 'co_beta' });
  const seeing = new FakeSlurm(t.testdir({ seeing: {} }) + '/seeing', {
    sacct: `header; case "$*" in *"-A "*|*"-j 7 "*) ;; *) echo '${others}';; esac`,
  });
  const source = seeing.source();
  t.strictSame(await readJobs(source), []);
  const calls = seeing.calls().length;
  t.strictSame(await collect(source.jobsById(['7'], reading())), []);
  t.equal(seeing.calls().length, calls + 2, 'asked twice, and the control is believed for a while');
});

void t.test('an answer without rows among others is asked for again: slurmdbd may have failed it without a word', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: `
      header
      case "$*" in
        *"-s R,S"*) ;;
        *"-j 7,8 "*) if test -e failed-by-id; then echo '${line()}'; else touch failed-by-id; fi;;
        *"-j "*) echo '${line({ JobIDRaw: 9 })}';;
        *) if test -e failed-by-time; then echo '${line()}'; else touch failed-by-time; fi;;
      esac`,
  });
  const source = slurm.source({ idsPerCall: 2 });
  t.same((await readJobs(source, { from: NOW - 60 * 86_400 })).map((row) => row.jobId), ['7']); // prettier-ignore
  t.same(
    (await collect(source.jobsById(['9', '10', '7', '8'], reading()))).map((row) => row.jobId),
    ['9', '7'],
  );
});

void t.test('a job that was shown must be shown again', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; test -e broken || echo '${line()}'` });
  const source = slurm.source();
  t.equal((await readJobs(source)).length, 1);
  slurm.write('broken', '');
  await t.rejects(readJobs(source), { code: 'SOURCE_UNREACHABLE', message: /not even job 7/u });
  t.match(slurm.calls().at(-1), / -j 7 /u);
});

void t.test('unknown clusters are an error, since sacct answers with no jobs', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line()}'` });
  await t.rejects(readJobs(slurm.source({ clusters: ['savio', 'nosuch'] })), {
    code: 'CONFIG_INVALID',
    message: /no cluster nosuch,/u,
    remedy: /there are: savio/u,
  });
  await t.rejects(readJobs(slurm.source({ clusters: ['savio', 'nosuch'] })), { code: 'CONFIG_INVALID' });
  t.strictSame(slurm.calls(), []);
  await t.resolves(readJobs(slurm.source({ clusters: ['all'] })));
});

void t.test('PrivateData=jobs is an error unless the user is an Operator', async (t) => {
  const sacctmgr = `case "$*" in *cluster*) echo savio;; *configuration*) settings | sed 's/none/jobs,usage/';; *"show user boss"*) echo Operator;; *"show user"*) echo None;; esac`;
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line()}'`, sacctmgr });
  await t.rejects(readJobs(slurm.source({ user: 'guest' })), {
    code: 'UNAUTHORISED',
    message: /hides other people's jobs/u,
    remedy: /Operator/u,
  });
  await t.resolves(readJobs(slurm.source({ user: 'boss' })));
  await t.resolves(readJobs(slurm.source({ user: 'slurm' })), 'SlurmUser sees everything');
  await t.resolves(readJobs(slurm.source({ user: 'root' })));
  const wrapped = { sacctmgr: ['env', `${slurm.directory}/sacctmgr`] };
  await t.rejects(readJobs(slurm.source(wrapped)), { code: 'UNAUTHORISED', message: /does not know as whom/u, remedy: /"user"/u });
  await t.resolves(readJobs(slurm.source({ ...wrapped, user: 'boss' })));
});

void t.test('what fails before the first answer is asked again', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: `header; echo '${line()}'`,
    sacctmgr: 'test -e up || { echo "Connection refused" >&2; exit 1; }; case "$*" in *cluster*) echo savio;; *) settings;; esac',
  });
  const source = slurm.source();
  await t.rejects(readJobs(source), { code: 'SOURCE_UNREACHABLE' });
  slurm.write('up', '');
  await t.resolves(readJobs(source));
  await t.resolves(readJobs(source));
  t.equal(slurm.calls('sacctmgr').filter((call) => call.includes('cluster')).length, 2, 'and then believed');
});

void t.test('a job without an account is left out and told', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line({ Account: '' })}'; echo '${line({ JobIDRaw: 8 })}'` });
  const skipped: string[] = [];
  const found = await collect(
    slurm.source().jobsById(['7', '8'], { ...reading(), onSkip: ({ where, position }) => void skipped.push(`${where} ${position}`) }),
  );
  t.strictSame(
    found.map((row) => row.jobId),
    ['8'],
  );
  t.strictSame(skipped, ['sacct 2']);
});

void t.test('complaints beside a good answer are warnings', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `echo "sacct: odd" >&2; header; echo '${line()}'` });
  await readJobs(slurm.source());
  t.match(slurm.warnings[0], /complained: sacct: odd/u);
});
