import { chmodSync, chownSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DEFAULT_SITE } from '../../src/core/site.js';
import { checkNode } from '../../src/core/doctor/check-machine.js';
import { checkPrices } from '../../src/core/doctor/check-prices.js';
import { checkState } from '../../src/core/doctor/check-state.js';
import type { Check, CheckLevel } from '../../src/core/doctor/check.js';
import { brcSync } from '../support/cli.js';
import { follow } from '../support/doctor-condition.js';
import { CONFIGURATION, FILES, PORTAL } from '../support/doctor-setup-conditions.js';
import { DoctorSite } from '../support/doctor-site.js';
import { PRICES, SLURM } from '../support/doctor-site-conditions.js';
import { replyJson, serve } from '../support/http-server.js';
import { cutLastOutcome } from '../support/old-runs.js';
import { runsSite } from '../support/runs-site.js';

const EXIT_CODES: Readonly<Record<CheckLevel, number>> = { ok: 0, warning: 0, failure: 2 };

void t.test('a site where all is well, and one condition after the other that its remedy mends', async (t) => {
  const site = await DoctorSite.open(t);
  const well = await site.doctor();
  t.same(
    well.checks.filter(({ level }) => level !== 'ok'),
    [],
  );
  t.equal(well.code, 0);
  for (const condition of [...CONFIGURATION, ...PORTAL, ...SLURM, ...PRICES, ...FILES]) {
    // Who is not asked costs no processes.
    const whom = /^slurm|partitions|plugins/.test(condition.check) ? [] : ['--sink', 'mybrc'];
    await condition.break(site);
    const ill = await site.doctor(...whom);
    const found = ill.checks.find(({ name, level }) => name === condition.check && level !== 'ok');
    t.match(found, { level: condition.level, message: condition.says, remedy: condition.remedy }, condition.title);
    t.equal(ill.code, condition.exit ?? EXIT_CODES[condition.level], `${condition.title}: exit code`);
    await condition.mend(site, found?.remedy ?? '');
    const mended = await site.doctor(...whom);
    t.same(
      mended.checks.filter(({ level }) => level !== 'ok'),
      [],
      `${condition.title}: the remedy helps`,
    );
    t.equal(mended.code, 0);
  }
});

void t.test('what a test cannot do to its machine', async (t) => {
  t.match(checkNode('18.20.1'), { level: 'failure', remedy: /Node\.js 20/ });
  t.match(checkNode('20.0.0'), { level: 'ok' });
  const directory = t.testdir();
  const space = (mib: number) => checkState(directory, () => mib * 1024 * 1024).find(({ name }) => name === 'space');
  t.match(space(10), { level: 'failure', message: '10 MB are free', remedy: /runs prune/ });
  t.match(space(500), { level: 'warning', remedy: /runs prune/ });
  t.match(space(5000), { level: 'ok' });
  const now = Date.UTC(2026, 10, 26) / 1000;
  const prices = (from: string, ...more: { from: string | null; file: string }[]) =>
    checkPrices('mybrc', {
      now,
      partitions: null,
      site: { ...DEFAULT_SITE, prices: [...more, { from, file: 'examples/bank-config.toml' }] },
    });
  t.match(await prices('2026-09-01'), [{ level: 'warning', message: /what ended before 2026-09-01/, remedy: /older list/ }]);
  t.match(await prices('2026-09-01', { from: null, file: 'examples/bank-config.toml' }), [{ level: 'ok', message: /from 2026-09-01T07/ }]);
  t.match(await prices('2026-06-01'), [{ level: 'ok', message: /in force from 2026-06-01T07/ }]);
});

const isRoot = process.getuid?.() === 0;
void t.test(`a state directory of somebody else${isRoot ? '' : ' (left out: only root can give one away)'}`, (t) => {
  if (!isRoot) {
    t.end();
    return;
  }
  const directory = t.testdir();
  chownSync(directory, 65_534, 65_534);
  const [found] = checkState(directory, () => 2 ** 40);
  t.match(found, { level: 'warning', message: /belongs to uid 65534/, remedy: /chown -R 0 / });
  chownSync(directory, 0, 0);
  t.match(checkState(directory, () => 2 ** 40)[0], { level: 'ok' });
  t.end();
});

void t.test('a portal whose clock differs, and one that never answers', async (t) => {
  const site = await DoctorSite.open(t);
  const late = await serve((request, response) => {
    response.setHeader('Date', new Date(Date.now() + 120_000).toUTCString());
    const empty = { count: 0, next: null, previous: null, results: [], total_amount: 0, total_cpu_time: 0 };
    replyJson(response, request.url?.includes('/jobs/') === true ? empty : []);
  });
  t.teardown(() => late.close());
  site.sink((config) => (config.baseUrl = `${late.url}api/`));
  const differs = await site.doctor('--sink', 'mybrc');
  t.equal(differs.code, 0);
  t.match(
    differs.checks.find(({ level }) => level !== 'ok'),
    { name: 'mybrc clock', level: 'warning', message: /1(19|20|21) s ahead/, remedy: /NTP/ },
  );

  site.sink((config) => (config.baseUrl = site.portal.baseUrl));
  const source = site.path('hanging.mjs');
  writeFileSync(source, HANGING);
  site.edit(({ instances }) => instances.push({ name: 'hanging', plugin: source, config: {} }));
  const hung = await site.freshDoctor('--source', 'hanging', '--sink', 'mybrc', '--timeout', '1');
  t.equal(hung.code, 6, 'it ends, although the plugin does not');
  t.match(
    hung.checks.find(({ level }) => level !== 'ok'),
    { name: 'hanging', level: 'failure', message: 'no answer within 1 s', remedy: /--timeout/ },
  );
  t.ok(
    hung.checks.some(({ name, level }) => name === 'mybrc portal' && level === 'ok'),
    'the others are told',
  );
});

/** A source that never answers, listens to no signal, and keeps the process alive. */
const HANGING = `export default { apiVersion: 1, kind: 'source', name: 'hanging', description: 'Hangs.', configSchema: { type: 'object' }, useFactory: () => ({
  async *jobs() {}, async *jobsById() {}, check: () => new Promise(() => setInterval(() => {}, 1000)) }) };
`;

void t.test('what runs left: a refusal, a run broken off, a failure, a damaged journal', async (t) => {
  const site = await runsSite(t, { changes: 3 });
  const found = async (name: string): Promise<Check | undefined> => {
    const { stdout, code } = await site.command('doctor', '--json', '--plugins', join(site.folder, 'plugins.json'));
    t.equal(code, 0);
    return (JSON.parse(stdout) as { checks: Check[] }).checks.find((check) => check.name === name);
  };
  const type = (remedy: string | null | undefined): string[] =>
    /brc-sync ((?:[\w:/.=-]+ ?)+)/
      .exec(remedy ?? '')?.[1]
      ?.trim()
      .split(' ') ?? [];
  t.equal((await site.run('update')).code, 4);
  const refused = await found('guard');
  t.match(refused, { level: 'warning', message: /guard refused/, remedy: /--allow/ });
  const shown = await site.command(...type(refused?.remedy?.replace(' shows', '')).slice(0, 3));
  const allow = /--allow (\S+)/.exec(shown.stdout)?.[1] ?? '';
  t.equal((await site.run('update', '--allow', allow)).code, 0);
  t.match(await found('guard'), { level: 'ok' });

  const [runId = ''] = readdirSync(join(site.state, 'runs')).sort().reverse();
  cutLastOutcome(join(site.state, 'runs', runId, 'journal.ndjson'));
  rmSync(join(site.state, 'runs', runId, 'summary.json'));
  const broken = await found('runs');
  t.match(broken, { level: 'warning', message: /broken off/, remedy: `brc-sync resume ${runId}` });
  const plugins = ['--plugins', join(site.folder, 'plugins.json'), '--allow', 'changes=99'];
  t.equal((await site.command(...type(broken?.remedy), ...plugins)).code, 0);
  t.match(await found('runs'), { level: 'ok', message: 'none is unfinished' });

  t.equal((await site.run('update', '--prices', '/nonexistent')).code, 2);
  const failed = await found('runs');
  t.match(failed, { level: 'warning', message: /run update .* failed: .*nonexistent/, remedy: /^brc-sync run update/ });
  t.equal((await site.command(...type(failed?.remedy), ...plugins)).code, 0);
  t.match(await found('runs'), { level: 'ok', message: 'none is unfinished' });

  const journal = join(site.state, 'runs', runId, 'journal.ndjson');
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"amount":"', '"amount":"9'));
  const damaged = await found('journals');
  t.match(damaged, { level: 'warning', message: /was changed, removed or added/, remedy: /mv .*, and run full/ });
  follow(null, damaged?.remedy ?? '');
  await site.run('full', '--allow', 'changes=99');
  t.match(await found('journals'), { level: 'ok' });
});

void t.test('for people: a line a check, what to do below it, and a count', async (t) => {
  const site = await DoctorSite.open(t);
  chmodSync(site.path('portal.token'), 0o644);
  const { code, stdout } = await brcSync(['doctor'], '.', site.environment);
  t.equal(code, 0);
  t.match(stdout, /^ok +slurm permission +sees everybody's jobs/m);
  t.match(stdout, /^warning +mybrc token +[^→]*\n +→ Close it: chmod 600 /m);
  t.match(stdout, /\n\n\d+ ok, 1 warning, 0 failures\.\n$/);
  t.notMatch(stdout, site.keyOf('staff'));
  const other = await brcSync(['doctor', '--sink', 'nobody'], '.', site.environment);
  t.equal(other.code, 2);
  t.match(other.stdout, /^failure +configuration +.*no instance "nobody"/m);
});
