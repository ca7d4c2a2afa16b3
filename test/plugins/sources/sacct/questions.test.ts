import t from 'tap';
import fc from 'fast-check';
import { compileChecker } from '../../../../src/core/plugin-config.js';
import { canBeJobId } from '../../../../src/plugins/sources/sacct/job-ids.js';
import { timeSlices } from '../../../../src/plugins/sources/sacct/time-slices.js';
import definition from '../../../../src/plugins/sources/sacct/index.js';
import { ProcessSlots } from '../../../../src/plugins/sources/sacct/process-slots.js';
import { collect, FakeSlurm, HEADER, line, NOW, readJobs, reading } from './fake-slurm.js';

const FIXED = `-P --noconvert --delimiter=@@ --format=${HEADER.replaceAll('@@', ',')}`;
const ENDED = '-s BF,CA,CD,DL,F,NF,OOM,PR,TO,RQ,RS,RV';
const october = Date.UTC(2026, 9) / 1000;
const november = Date.UTC(2026, 10) / 1000;

void t.test('jobs: what runs, then what ended, month by month, both bounds inclusive', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line()}'` });
  await readJobs(slurm.source(), { accounts: ['fc_alpha', 'co_beta'], from: october - 10 });
  const asked = `-a -X -D --local ${FIXED} -A fc_alpha,co_beta`;
  t.strictSame(slurm.calls(), [
    `${asked} -s R,S -S uts${NOW} -E uts${NOW + 3600}`,
    `${asked} ${ENDED} -S uts${october - 10} -E uts${october - 1}`,
    `${asked} ${ENDED} -S uts${october} -E uts${november - 1}`,
    `${asked} ${ENDED} -S uts${november} -E uts${NOW - 1}`,
  ]);
});

void t.test('jobs: clusters, extra arguments and shorter slices', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: `header; echo '${line()}'`,
    sacctmgr: 'case "$*" in *cluster*) echo savio; echo lrc;; *) settings;; esac',
  });
  await readJobs(slurm.source({ clusters: ['savio', 'lrc'], extraArguments: ['--use-local-uid'], sliceDays: 7 }), {
    from: NOW - 8 * 86_400,
  });
  t.match(slurm.calls()[0], / -M savio --use-local-uid -P /u);
  t.match(slurm.calls()[1], / -M lrc --use-local-uid -P /u);
  t.equal(slurm.calls().length, 6, 'each cluster by itself: what runs, and two slices');
  const federated = new FakeSlurm(t.testdir({ federated: {} }) + '/federated', { sacct: `header; echo '${line()}'` });
  await readJobs(federated.source({ extraArguments: ['--federation'] }));
  t.notMatch(federated.calls()[0], '--local');
});

void t.test('the environment holds nothing that changes the answer', async (t) => {
  const spoilers = {
    SLURM_JWT: 'x',
    SACCT_FORMAT: 'x',
    SACCT_FEDERATION: '1',
    SLURM_CLUSTERS: 'x',
    SLURM_BITSTR_LEN: '1',
    TZ: 'Asia/Tokyo',
  };
  const before = { ...process.env };
  t.teardown(() => (process.env = before));
  Object.assign(process.env, spoilers);
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line()}'` });
  await readJobs(slurm.source({ slurmConf: 'etc/slurm.conf' }));
  const names = [...slurm.read('sacct.env').matchAll(/^(\w+)=/gmu)].map(([, name = '']) => name);
  // The test runner adds its own to every child.
  const own = new Set(names.filter((name) => !/^(_|_?TAP\w*|NODE_OPTIONS|PWD|OLDPWD|SHLVL|HOME)$/u.test(name)));
  t.strictSame([...own].sort(), ['LC_ALL', 'PATH', 'SLURM_CONF', 'SLURM_TIME_FORMAT', 'TZ']);
  t.match(slurm.read('sacct.env'), `SLURM_CONF=${slurm.directory}/etc/slurm.conf\n`);
  t.match(slurm.read('sacct.env'), 'SLURM_TIME_FORMAT=%s\n');
  t.match(slurm.read('sacct.env'), 'TZ=UTC\n');
});

void t.test('a wrapper gets the arguments as they are, past any shell', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; echo '${line()}'` });
  await readJobs(slurm.source({ command: [`${slurm.directory}/sacct`, '$(id)', 'a b'] }));
  t.match(slurm.calls()[0], '$(id) a b -a -X -D');
});

void t.test('accounts that sacct would misread are refused, not asked for', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header' });
  for (const account of ['a,b', 'a b', 'x[1-2]', '-A', '']) {
    await t.rejects(readJobs(slurm.source(), { accounts: ['fc_alpha', account] }), { code: 'INPUT_INVALID' }, JSON.stringify(account));
  }
  t.strictSame(slurm.calls(), []);
});

void t.test('jobsById: in chunks, only ids that Slurm gives, only rows that were asked for', async (t) => {
  const rows = [
    line({ JobIDRaw: 7 }),
    line({ JobIDRaw: 8, JobID: '5_3' }),
    line({ JobIDRaw: 9, JobID: '5_4' }),
    line({ JobIDRaw: 10, JobID: '9+1' }),
  ];
  const slurm = new FakeSlurm(t.testdir(), { sacct: `header; printf '%s\\n' ${rows.map((row) => `'${row}'`).join(' ')}` });
  const ids = ['7', '5_3', '9+1', '7', '0', '007', 'abc', '1-4', '5_[3-4]', '4294967296', '4294967294', '-1', ''];
  const found = await collect(slurm.source({ idsPerCall: 2 }).jobsById(ids, reading()));
  t.strictSame(new Set(found.map((row) => row.jobId)), new Set(['7', '8', '10']));
  t.strictSame(
    slurm.calls().map((call) => / -j (\S+) -E uts(\d+)$/u.exec(call)?.slice(1)),
    [
      ['7,5_3', String(NOW + 86_400)],
      ['9+1', String(NOW + 86_400)],
    ],
  );
  t.strictSame(await collect(slurm.source().jobsById(['x', '0'], reading())), []);
  t.equal(slurm.calls().length, 2, 'nothing is asked where no id is one');
});

void t.test('ids: what Slurm could have given a job', (t) => {
  const id = fc.integer({ min: 1, max: 4_294_967_293 });
  const part = fc.integer({ min: 0, max: 4_294_967_293 });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(id, part, fc.constantFrom('', '_', '+'), (job, index, sign) =>
        canBeJobId(sign === '' ? `${job}` : `${job}${sign}${index}`),
      ),
    ),
  );
  t.doesNotThrow(() => fc.assert(fc.property(fc.string(), (text) => !canBeJobId(text) || /^\d+([_+]\d+)?$/u.test(text))));
  t.end();
});

void t.test('slices: together the window, each within a month, in order', (t) => {
  const instant = fc.integer({ min: 1_000_000, max: 4_000_000_000 });
  const sliceDays = fc.option(fc.integer({ min: 1, max: 366 }), { nil: undefined });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(instant, instant, sliceDays, (one, other, days) => {
        const window = { from: Math.min(one, other), to: Math.max(one, other) };
        const slices = timeSlices(window, { now: NOW, sliceDays: days });
        const joined = slices.every((slice, index) => slice.from < slice.to && slice.from === (slices[index - 1]?.to ?? window.from));
        const ends = (slices.at(-1)?.to ?? window.from) === window.to;
        const inside = slices.filter(({ from }) => from >= Date.UTC(2010, 0) / 1000 && from <= NOW);
        return joined && ends && inside.every(({ from, to }) => to - from <= (days ?? 31) * 86_400);
      }),
    ),
  );
  t.strictSame(timeSlices({ from: 0, to: 1000 }, { now: NOW }), [], 'sacct takes no instants of 1970');
  t.strictSame(timeSlices({ from: november, to: november }, { now: NOW }), []);
  t.strictSame(timeSlices({ from: NOW + 5_000_000, to: 9e9 }, { now: NOW }), [{ from: NOW + 5_000_000, to: 9e9 }]);
  t.end();
});

void t.test('configuration: extra arguments cannot change what is selected or how it is printed', (t) => {
  const check = compileChecker(definition.configSchema);
  t.strictSame(check({}), []);
  t.strictSame(check({ extraArguments: ['--federation', '-v'] }), []);
  for (const argument of ['-o', '--format=JobID', '--form', '-vo', '-P', '-n', '-S', '-E', '-s', '--json', '--yaml', '-u', 'x']) {
    t.equal(check({ extraArguments: [argument] })[0]?.pointer, '/extraArguments/0', argument);
  }
  for (const config of [
    { maxProcesses: 3 },
    { idsPerCall: 1001 },
    { command: [] },
    { command: 'sacct' },
    { clusters: ['a,b'] },
    { surprise: 1 },
  ]) {
    t.not(check(config).length, 0, JSON.stringify(config));
  }
  t.end();
});

void t.test('the cluster is known where exactly one is configured', (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: 'header' });
  t.equal(slurm.source({ clusters: ['savio'] }).cluster, 'savio');
  t.equal(slurm.source({ clusters: ['savio', 'lrc'] }).cluster, undefined);
  t.equal(slurm.source({ clusters: ['all'] }).cluster, undefined);
  t.equal(slurm.source().cluster, undefined);
  t.end();
});

void t.test('process slots: the third waits for the first, an abort ends the waiting and takes no slot', async (t) => {
  const slots = new ProcessSlots(2);
  const { signal } = new AbortController();
  const first = await slots.take(signal);
  const second = await slots.take(signal);
  const giveUp = new AbortController();
  const abandoned = slots.take(giveUp.signal);
  let granted = false;
  const third = slots.take(signal).then((release) => {
    granted = true;
    return release;
  });
  giveUp.abort(new Error('stop'));
  await t.rejects(abandoned, { message: 'stop' });
  t.equal(granted, false);
  first();
  (await third)();
  second();
  t.equal(granted, true);
  await t.rejects(slots.take(AbortSignal.abort(new Error('stopped before'))), { message: 'stopped before' });
});

void t.test('at most so many processes run at once', async (t) => {
  const body = `echo start >>log; header; echo '${line()}'; echo end >>log`;
  for (const maxProcesses of [1, 2]) {
    const slurm = new FakeSlurm(t.testdir({ [maxProcesses]: {} }) + `/${maxProcesses}`, { sacct: body });
    const source = slurm.source({ maxProcesses });
    await Promise.all(Array.from({ length: 6 }, () => readJobs(source)));
    let running = 0;
    const most = Math.max(
      ...slurm
        .read('log')
        .trim()
        .split('\n')
        .map((word) => (running += word === 'start' ? 1 : -1)),
    );
    t.ok(most <= maxProcesses, `${most} at once`);
  }
});
