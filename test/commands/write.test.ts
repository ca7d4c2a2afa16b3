import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { acquireLock } from '../../src/core/lock.js';
import type { RunSummary } from '../../src/core/report.js';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { brcSync, type Ended } from '../support/cli.js';

const TOKEN = '1111111111111111111111111111111111111111';

interface Site {
  readonly portal: RunningPortal;
  readonly folder: string;
  /** `run update` of the demonstration's open records, with more flags. */
  readonly run: (command: 'update' | 'full', ...flags: readonly string[]) => Promise<Ended>;
  readonly puts: () => number;
}

/** The demonstration portal, and a folder with a plugins file that points at it. */
async function site(t: Test, guard: object = {}): Promise<Site> {
  const portal = await startPortal();
  t.teardown(() => portal.close());
  const folder = t.testdir();
  mkdirSync(join(folder, 'locks'));
  writeFileSync(join(folder, 'portal.token'), TOKEN, { mode: 0o600 });
  cpSync('examples/bank-config.toml', join(folder, 'bank-config.toml'));
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml', guard },
    instances: [
      { name: 'fixture', plugin: 'fixture', config: { files: resolve('examples/slurm-jobs.psv') } },
      { name: 'portal', plugin: 'coldfront', config: { baseUrl: portal.baseUrl, token: { file: 'portal.token' } } },
    ],
  };
  writeFileSync(join(folder, 'plugins.json'), JSON.stringify(plugins), { mode: 0o600 });
  const run: Site['run'] = (command, ...flags) => {
    const names = ['--source', 'fixture', '--sink', 'portal', '--plugins', join(folder, 'plugins.json')];
    const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
    return brcSync(['run', command, ...names, ...period, '--state-dir', join(folder, 'state'), ...flags], '.', {
      BRC_SYNC_LOCK_DIR: join(folder, 'locks'),
    });
  };
  return { portal, folder, run, puts: () => portal.requests.filter(({ method }) => method === 'PUT').length };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Every file below a folder, as text. */
function filesBelow(folder: string): { readonly path: string; readonly text: string; readonly mode: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 }));
}

void t.test('run update and run full write to the portal; a second run has nothing to do', async (t) => {
  const { run, puts } = await site(t);
  const update = await run('update');
  t.equal(update.code, 0, update.stderr);
  t.match(update.stdout, /Applied 7 changes \(-236\.89 SU\)\.\nPlan:\s+\S+\nJournal:\s/);
  t.equal(puts(), 7);
  t.match((await run('full')).stdout, /Applied 5 changes/);
  const again = await run('full');
  t.match(again.stdout, /together +0 /);
  t.equal(puts(), 12);
});

void t.test('a dry run and --debug read the real portal and write nothing', async (t) => {
  const { run, puts, portal } = await site(t);
  for (const flag of ['--dry-run', '--debug']) {
    const { code, stdout } = await run('update', flag);
    t.equal(code, 0);
    t.match(stdout, /Dry run: 7 changes planned, nothing was sent\./);
  }
  t.ok(portal.requests.length > 0);
  t.equal(puts(), 0);
});

void t.test('--limit: so many take effect, and the next run does the rest', async (t) => {
  const { run } = await site(t);
  t.match((await run('update', '--limit', '3')).stdout, /Applied 3 of 7 changes \(.* SU\); run again for the rest\./);
  t.match((await run('update')).stdout, /Applied 4 changes/);
});

void t.test('--target: another origin gets no configured token, and the one that is given with it', async (t) => {
  const { run, folder, puts } = await site(t);
  const other = await startPortal();
  t.teardown(() => other.close());
  const refused = await run('update', '--target', other.baseUrl);
  t.equal(refused.code, 2);
  t.match(refused.stderr, /another origin/);
  t.equal(other.requests.length, 0);
  const given = await run('update', '--target', other.baseUrl, '--token-file', join(folder, 'portal.token'));
  t.match(given.stdout, /Applied 7 changes/);
  t.equal(puts(), 0);
});

void t.test('the guard refuses with the figures and the flag, exit code 4, before the first write', async (t) => {
  const { run, puts } = await site(t, { changes: 6 });
  const { code, stdout } = await run('update');
  t.equal(code, 4);
  t.match(stdout, /Refused by the guard; nothing was written:\n {2}7 changes; the limit is 6\.\n {4}→ if that is right: --allow changes=7/);
  t.equal(puts(), 0);
  t.match((await run('update', '--allow', 'changes=7')).stdout, /Applied 7 changes/);
});

void t.test('while another run writes to the same portal: exit code 5, or --wait', async (t) => {
  const { run, folder, portal } = await site(t);
  const lock = await acquireLock({
    directory: join(folder, 'locks'),
    target: portal.baseUrl,
    cluster: null,
    runId: 'other',
    command: 'run full',
    waitSeconds: 0,
    signal: new AbortController().signal,
    onWait: () => undefined,
  });
  const refused = await run('update');
  t.equal(refused.code, 5);
  t.match(refused.stderr, /Another run holds the lock of http:\/\/127\.0\.0\.1.*run full, run other, process [0-9]+ on /);
  t.equal(portal.requests.length, 0);

  const waiting = run('update', '--wait', '60');
  await until(() => filesBelow(join(folder, 'state')).some(({ text }) => text.includes('waiting for another run')));
  lock.release();
  t.match((await waiting).stdout, /Applied 7 changes/);
  t.same(readdirSync(join(folder, 'locks')), []);
});

void t.test('the token is in no file, line or argument of a run; files are readable by their owner only', async (t) => {
  const { run, folder } = await site(t);
  const told = await run('update', '--json');
  t.notMatch(told.stdout + told.stderr, TOKEN);
  const files = filesBelow(join(folder, 'state'));
  t.same(
    files.filter(({ text }) => text.includes(TOKEN)).map(({ path }) => path),
    [],
  );
  t.same(
    files.filter(({ mode }) => mode !== 0o600).map(({ path }) => path),
    [],
  );
  const summary = JSON.parse(told.stdout) as RunSummary;
  t.match(summary, { applied: { applied: 7, problems: [], stopped: null }, guard: { refused: false, breaches: [] } });
});

void t.test('a portal that refuses the token: exit code 6, and what to do', async (t) => {
  const { run, folder } = await site(t);
  writeFileSync(join(folder, 'portal.token'), '2222222222222222222222222222222222222222');
  const { code, stderr } = await run('update');
  t.equal(code, 6);
  t.equal(stderr.match(/Invalid token/g)?.length, 1, 'it is said once');
  t.notMatch(stderr, '2222');
});
