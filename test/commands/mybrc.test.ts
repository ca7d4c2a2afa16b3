import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { RunSummary } from '../../src/core/report.js';
import { portalSite, type PortalSite } from '../support/portal-site.js';
import type { PlannedChange } from '../support/site-folder.js';

const PERIOD = ['--start', '2026-11-22', '--end', '2026-11-22'];
const DEPRECATED = /^The sink mybrc is deprecated: .*coldfront.*$/gm;

function changesOf({ files }: RunSummary): PlannedChange[] {
  return readFileSync(files.plan, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PlannedChange & { readonly type: string })
    .filter(({ type }) => type === 'change');
}

function writes({ portal }: PortalSite): string[] {
  return portal.requests.filter(({ method }) => method === 'PUT').map(({ path }) => path.replace(/^\/[^/]+/, ''));
}

void t.test('the same scenario through both sinks gives the same changes, and leaves the same records and usage', async (t) => {
  const ended = [];
  for (const sink of ['portal', 'old']) {
    const site = await portalSite(t);
    const { code, stdout, stderr } = await site.brcSync('run', 'update', '--source', 'fixture', '--sink', sink, ...PERIOD, '--json');
    t.equal(code, 0, stderr);
    t.equal(stderr, '', 'with --json nobody is told that it is deprecated');
    const summary = JSON.parse(stdout) as RunSummary;
    const usage = ['fc_alpha', 'co_beta'].map((account) => String(site.portal.state.accountUsage(account)));
    ended.push({
      changes: changesOf(summary),
      findings: summary.totals.findings,
      puts: writes(site).sort(),
      jobs: site.portal.state.jobs(),
      usage,
    });
  }
  const [portal, old] = ended;
  t.equal(portal?.changes.length, 7);
  t.same(old, portal);
});

void t.test('what the old API lacks is said before anything is read, with exit code 2', async (t) => {
  const site = await portalSite(t);
  const full = await site.brcSync('run', 'full', '--source', 'fixture', '--sink', 'old', ...PERIOD);
  t.equal(full.code, 2);
  t.match(full.stderr, /cannot list the records of an account, which `run full` needs/);
  t.equal(full.stderr.match(DEPRECATED)?.length, 1);
  const verify = await site.brcSync('verify', '--sink', 'old');
  t.equal(verify.code, 2);
  t.equal(site.portal.requests.length, 0);

  const update = await site.brcSync('run', 'update', '--source', 'fixture', '--sink', 'old', ...PERIOD);
  t.equal(update.code, 0, update.stderr);
  t.equal(update.stderr.match(DEPRECATED)?.length, 1);
  const before = site.portal.requests.length;
  const revert = await site.brcSync('revert', 'last', '--yes');
  t.equal(revert.code, 2);
  t.match(revert.stderr, /cannot look up a record by its id/);
  t.equal(site.portal.requests.length, before);
});

void t.test('without --start the period begins on January 1', async (t) => {
  const site = await portalSite(t);
  const { stdout } = await site.brcSync(
    'run',
    'update',
    '--source',
    'fixture',
    '--sink',
    'old',
    '--end',
    '2026-11-22',
    '--dry-run',
    '--json',
  );
  t.match((JSON.parse(stdout) as RunSummary).window, { from: '2026-01-01T08:00:00Z', to: '2026-11-23T08:00:00Z' });
  const portal = await site.brcSync(
    'run',
    'update',
    '--source',
    'fixture',
    '--sink',
    'portal',
    '--end',
    '2026-11-22',
    '--dry-run',
    '--json',
  );
  t.match((JSON.parse(portal.stdout) as RunSummary).window.from, '2026-06-01T07:00:00Z');
});

void t.test('a request of which nobody knows what became is sent again by resume: it charges once', async (t) => {
  const whole = await portalSite(t);
  await whole.brcSync('run', 'update', '--source', 'fixture', '--sink', 'old', ...PERIOD);

  const site = await portalSite(t, { latencyMs: 150 });
  const run = spawn(process.execPath, [resolve('bin/run.js'), 'run', 'update', '--source', 'fixture', '--sink', 'old', ...PERIOD], {
    env: { ...process.env, ...site.surroundings },
  });
  while (writes(site).length < 2) await pause(5);
  // Both are on their way, and none is answered.
  run.kill('SIGKILL');
  await once(run, 'exit');

  // The next of either account may have been announced already.
  const announced = intentsOf(site);
  t.ok(announced >= 2 && announced <= 4);

  const resumed = await site.brcSync('resume', '--json');
  t.equal(resumed.code, 0, resumed.stderr);
  const { applied, notes } = JSON.parse(resumed.stdout) as RunSummary;
  t.match(applied, { planned: 7, applied: 7 });
  t.match(notes, [new RegExp(`^${announced} requests .* had no known outcome; they were sent again, which charges once\\.$`)]);
  t.equal(writes(site).length, 9);
  t.same(site.portal.state.jobs().sort(byId), whole.portal.state.jobs().sort(byId));
  for (const account of ['fc_alpha', 'co_beta']) t.equal(site.portal.state.accountUsage(account), whole.portal.state.accountUsage(account));
});

/** How many the journal of the only run holds whole. */
function intentsOf({ folder }: PortalSite): number {
  const runs = join(folder, 'state', 'runs');
  const [id = ''] = readdirSync(runs);
  return readFileSync(join(runs, id, 'journal.ndjson'), 'utf8').match(/"type":"intent".*\n/g)?.length ?? 0;
}

function byId(one: { readonly jobslurmid: string }, other: { readonly jobslurmid: string }): number {
  return Number(one.jobslurmid) - Number(other.jobslurmid);
}
