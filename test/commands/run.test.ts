import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { brcSync, PACKAGE, reconcile, siteFolder, start } from '../support/site-folder.js';
import { openJob, portalPage, sacctText } from '../support/inputs.js';

const RUN = ['--source', 'slurm', '--sink', 'portal', '--end', '2026-11-12'];
const SNAPSHOT = {
  'jobs.psv': sacctText({}, { JobIDRaw: '102' }),
  'records.json': portalPage([openJob(), openJob({ jobslurmid: '102' })]),
};

/** What `npm run quickstart` starts, in another folder. */
function quickstart(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { scripts: { quickstart: string } };
  const [, command = ''] = scripts.quickstart.split('bin/run.js ');
  return [...command.split(' '), '--plugins', join(PACKAGE, 'plugins.json')];
}

function permissions(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

void t.test('the quickstart prints its plan, and leaves files that only their owner may read', async (t) => {
  const folder = siteFolder(t, {});
  const { code, stdout } = await brcSync(folder, quickstart(), { env: { COLUMNS: '60' } });
  t.equal(code, 0);
  t.match(stdout, /18 fc_alpha RUNNING→CANCELLED amount 96\.00→0\.00 \(−96\.00 SU\)/);
  t.match(stdout, /Logged 7 changes; nothing was sent\./);
  t.notMatch(stdout, '\u001b', 'without colours, as NO_COLOR asks');
  const tables = stdout.slice(stdout.indexOf('CHANGES '), stdout.indexOf('Logged 7'));
  t.same(
    tables.split('\n').filter((line) => line.length > 60),
    [],
    'tables fit a narrow terminal',
  );

  const plan = /Plan:\s+(.*)/.exec(stdout)?.[1] ?? '';
  t.same(readdirSync(dirname(plan)).sort(), ['plan.ndjson', 'run.log', 'summary.json']);
  t.equal(permissions(dirname(plan)), '700');
  for (const file of readdirSync(dirname(plan))) t.equal(permissions(join(dirname(plan), file)), '600', file);
});

void t.test('--json: nothing but JSON on standard output; --limit applies that many changes; --exit-code tells of drift', async (t) => {
  const folder = siteFolder(t, { files: SNAPSHOT, sink: { records: 'records.json' } });
  const { code, stderr, summary } = await reconcile(folder, 'update', '--end', '2026-11-12', '--limit', '1', '--exit-code');
  t.equal(code, 7);
  t.match(stderr, /^101 fc_alpha RUNNING→COMPLETING/, 'the lines of the log sink go to standard error');
  t.match(summary.applied, { changes: 1, planned: 2, logged: 1 });
});

void t.test('without drift --exit-code gives 0; a pipe can be the source', async (t) => {
  const folder = siteFolder(t, { source: { files: '-' } });
  const none = await brcSync(folder, ['run', 'full', ...RUN, '--exit-code'], { input: sacctText() });
  t.equal(none.code, 0);
  const one = await brcSync(folder, ['run', 'full', ...RUN, '--exit-code'], { input: sacctText({}) });
  t.match(one, { code: 7, stdout: /101 fc_alpha created/ }, 'without a snapshot every ended job is new');
});

void t.test('without a snapshot update says that there are no records, and why', async (t) => {
  const folder = siteFolder(t, { files: SNAPSHOT });
  t.match(await brcSync(folder, ['run', 'update', ...RUN]), { code: 0, stdout: /no open records to update[^]*There is no snapshot/ });
});

void t.test('bad input: file, line, field, value and remedy; onError skip lists it', async (t) => {
  const files = { 'jobs.psv': sacctText({}, { JobIDRaw: '102', AllocCPUS: 'many' }) };
  const strict = await brcSync(siteFolder(t, { files }), ['run', 'full', ...RUN]);
  t.match(strict, { code: 2, stderr: /jobs\.psv line 3: AllocCPUS = "many".*\nRun sacct with -P/ });
  const lenient = siteFolder(t, { files, source: { files: 'jobs.psv', onError: 'skip' } });
  t.match(await brcSync(lenient, ['run', 'full', ...RUN]), {
    code: 3,
    stdout: /1 records of the input were skipped:\n.*jobs\.psv.*AllocCPUS/,
  });
});

for (const flag of ['--dry-run', '--debug']) {
  void t.test(`${flag} writes nothing to the sink`, async (t) => {
    const folder = siteFolder(t, { files: SNAPSHOT, sink: { records: 'records.json', file: 'changes.log' } });
    t.match(await brcSync(folder, ['run', 'update', ...RUN, flag]), { code: 0, stdout: /Dry run: 2 changes planned/ });
    t.notOk(existsSync(join(folder, 'changes.log')));
  });
}

void t.test('--account keeps to one account, and knows its name', async (t) => {
  const folder = siteFolder(t, { files: { 'jobs.psv': sacctText({}, { JobIDRaw: '102', Account: 'co_beta' }) } });
  const { changes } = await reconcile(folder, 'full', '--end', '2026-11-12', '--account', 'co_beta');
  t.same(
    changes.map(({ jobId }) => jobId),
    ['102'],
  );
  t.match(await brcSync(folder, ['run', 'full', ...RUN, '--account', 'co_bata']), { code: 2, stderr: /co_beta/ });
});

const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an instance that does not exist', ['--source', 'slurn', '--sink', 'portal'], /slurn[^]*slurm/],
  ['a price list that does not exist', [...RUN, '--prices', 'none.toml'], /none\.toml/],
  ['an empty period', [...RUN, '--start', '2026-11-13'], /period is empty/],
  ['a time that the spring change skips', [...RUN, '--start', '2026-03-08T02:30:00'], /does not exist in America\/Los_Angeles/],
  ['--strict-prices and a partition without a price', [...RUN, '--strict-prices'], /savio4 \(job 101\)/],
];
for (const [what, args, message] of REFUSED) {
  void t.test(`refused, exit 2: ${what}`, async (t) => {
    const folder = siteFolder(t, { files: { 'jobs.psv': sacctText({ Partition: 'savio4' }) } });
    t.match(await brcSync(folder, ['run', 'full', ...args]), { code: 2, stdout: '', stderr: message });
  });
}

for (const command of ['run update', 'run full', 'plugins list', 'plugins validate']) {
  void t.test(`${command} --help has an example`, async (t) => {
    const { code, stdout } = await brcSync(siteFolder(t, {}), [...command.split(' '), '--help']);
    t.equal(code, 0);
    t.match(stdout, new RegExp(`EXAMPLES\\n[^]*\\$ brc-sync ${command}`));
  });
}

void t.test('a reader that has gone (| head -1) does not crash the run', async (t) => {
  const folder = siteFolder(t, { files: SNAPSHOT, sink: { records: 'records.json' } });
  const child = start(folder, ['run', 'update', ...RUN]);
  child.stdin.end();
  const stderr = text(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  t.same(await once(child, 'exit'), [0, null]);
  t.equal(await stderr, '');
});
