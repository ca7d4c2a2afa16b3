import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { brcSync as inFolder, type Ended } from '../support/site-folder.js';
import { PORTAL_TOKEN } from '../support/portal-site.js';
import { NO_TERMINAL, Terminal } from '../support/terminal.js';
import { testUnless } from '../support/test-unless.js';

const DOWN = '\u001b[B';
const ENTER = '\r';

interface Desk {
  readonly folder: string;
  readonly portal: RunningPortal;
  readonly env: Readonly<Record<string, string>>;
  /** Flags that answer everything. */
  readonly flags: readonly string[];
}

/** A folder with what an administrator has at hand, and a portal. */
async function desk(t: Test): Promise<Desk> {
  const portal = await startPortal();
  t.teardown(() => portal.close());
  const folder = t.testdir({ locks: {}, 'my.token': `${PORTAL_TOKEN}\n` });
  cpSync('examples/bank-config.toml', join(folder, 'prices.toml'));
  const env = { BRC_SYNC_STATE_DIR: join(folder, 'state'), BRC_SYNC_LOCK_DIR: join(folder, 'locks'), BRC_SYNC_PLUGINS: '' };
  const flags = ['--deployment', 'mybrc', '--portal-url', portal.baseUrl, '--slurm', 'fixture'].concat([
    '--jobs',
    resolve('examples/slurm-jobs.psv'),
    '--prices',
    'prices.toml',
  ]);
  return { folder, portal, env, flags };
}

function without(flags: readonly string[], name: string): string[] {
  const at = flags.indexOf(name);
  return flags.filter((_, index) => index !== at && index !== at + 1);
}

void t.test('every answer by a flag: nothing is asked, files are written, and what they say works', async (t) => {
  const { folder, env, flags, portal } = await desk(t);
  const { code, stdout, stderr } = await inFolder(folder, ['init', ...flags, '--token-file', 'my.token'], { env });
  t.equal(code, 0, stderr);
  t.match(stdout, /ok {2}mybrc permission: the account of the token is staff/);
  t.match(stdout, /Next, a dry run, .*\n +brc-sync run full --source fixture --sink mybrc --dry-run/);
  t.match(stdout, /17 \* \* \* \* .* run update --source fixture --sink mybrc .*\n.*30 2 \* \* \* .* run full/);
  t.notMatch(stdout + stderr, PORTAL_TOKEN);
  const written = JSON.parse(readFileSync(join(folder, 'plugins.json'), 'utf8')) as object;
  t.same(written, {
    site: { timeZone: 'America/Los_Angeles', allocationYearStart: '06-01', prices: 'prices.toml' },
    instances: [
      { name: 'fixture', plugin: 'fixture', config: { files: resolve('examples/slurm-jobs.psv') } },
      { name: 'mybrc', plugin: 'coldfront', config: { baseUrl: portal.baseUrl, token: { file: 'my.token' } } },
    ],
  });
  t.notOk(existsSync(join(folder, 'portal.token')), 'a token that lies in a file stays there');
  t.equal((await inFolder(folder, ['run', 'full', '--source', 'fixture', '--sink', 'mybrc', '--dry-run'], { env })).code, 0);

  const again = await inFolder(folder, ['init', ...flags, '--token-file', 'my.token'], { env });
  t.equal(again.code, 2);
  t.match(again.stderr, /plugins\.json is there already, and is not written over/);
  t.same(JSON.parse(readFileSync(join(folder, 'plugins.json'), 'utf8')), written);
});

void t.test('the way of somebody new, who types what the program says', async (t) => {
  const { folder, env, flags, portal } = await desk(t);
  const plain = { ...env, BRC_SYNC_PLUGINS: join(folder, 'plugins.json') };
  const type = (line: string): Promise<Ended> => inFolder(folder, line.trim().split(' ').slice(1), { env: plain });
  const begun = await inFolder(folder, ['init', ...flags, '--token-file', 'my.token'], { env });
  chmodSync(join(folder, 'my.token'), 0o600);
  const looked = await type(/brc-sync doctor/.exec(begun.stdout)?.[0] ?? '');
  t.equal(looked.code, 0);
  t.match(looked.stdout, /there is none yet; the first: brc-sync run full .* --dry-run/);
  const dry = await type(/brc-sync run full .* --dry-run .*/.exec(begun.stdout)?.[0] ?? '');
  t.match(dry.stdout, /Dry run: \d+ changes planned, nothing was sent\. The same command without --dry-run applies them\./);
  const wet = await type(/brc-sync run full .* --dry-run .*/.exec(begun.stdout)?.[0].replace('--dry-run ', '') ?? '');
  t.equal(wet.code, 0, wet.stderr);
  t.ok(portal.requests.some(({ method }) => method === 'PUT'));
  const shown = await type(/brc-sync report --html \S+/.exec(begun.stdout)?.[0] ?? '');
  t.equal(shown.code, 0, shown.stderr);
  t.match(readFileSync(join(folder, 'page.html'), 'utf8'), /^<!doctype html>/i);
  t.match((await type(/brc-sync status/.exec(begun.stdout)?.[0] ?? '')).stdout, /run full +fixture → mybrc .* done/);
});

void t.test('a token from standard input goes into a file for its owner only; --json tells where', async (t) => {
  const { folder, env, flags } = await desk(t);
  const args = ['init', ...flags, '--token-file', '-', '--directory', 'etc', '--schedule', 'systemd', '--json'];
  const { code, stdout, stderr } = await inFolder(folder, args, { env, input: `${PORTAL_TOKEN}\n` });
  t.equal(code, 0, stderr);
  const told = JSON.parse(stdout) as { token: string; plugins: string; schedule: string[] };
  t.match(told, { source: 'fixture', sink: 'mybrc', token: join(folder, 'etc/portal.token'), plugins: join(folder, 'etc/plugins.json') });
  t.match(told.schedule.join('\n'), /systemctl enable --now brc-sync-update\.timer brc-sync-full\.timer/);
  t.equal(statSync(told.token).mode & 0o777, 0o600);
  t.equal(readFileSync(told.token, 'utf8'), `${PORTAL_TOKEN}\n`);
  t.match(
    JSON.parse(readFileSync(told.plugins, 'utf8')),
    { site: { prices: resolve(folder, 'prices.toml') } },
    'what lies elsewhere is named whole',
  );

  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'portal.token'), 'mine');
  const kept = await inFolder(folder, ['init', ...flags, '--token-file', '-', '--directory', 'other'], { env, input: PORTAL_TOKEN });
  t.equal(kept.code, 2);
  t.match(kept.stderr, /portal\.token is there already/);
  t.same(readdirSync(other), ['portal.token']);
  t.equal(readFileSync(join(other, 'portal.token'), 'utf8'), 'mine');
});

void t.test('without a terminal nothing is asked: what is missing is told', async (t) => {
  const { folder, env, flags } = await desk(t);
  const missing = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await inFolder(folder, ['init', ...args], { env });
    t.equal(code, 2);
    return /flags are missing: (.*)\.\n/.exec(stderr)?.[1] ?? stderr;
  };
  t.equal(await missing(), '--deployment, --token-file, --prices, --slurm');
  t.equal(await missing(...flags), '--token-file');
  t.equal(await missing(...without(flags, '--jobs'), '--token-file', 'my.token'), '--jobs');
  t.equal(
    await missing('--deployment', 'other', '--token-file', 'my.token', '--prices', 'p', '--slurm', 'slurmrestd'),
    '--portal-url, --slurm-url',
  );
  t.match(await missing(...flags, '--token', PORTAL_TOKEN), /Nonexistent flag: --token/);
});

void t.test('each answer is tried, and a wrong one writes nothing', async (t) => {
  const { folder, env, flags, portal } = await desk(t);
  const tried = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await inFolder(folder, ['init', '--token-file', 'my.token', ...args], { env });
    t.notOk(existsSync(join(folder, 'plugins.json')));
    return `${code} ${stderr}`;
  };
  const change = (name: string, value: string): string[] => [...without(flags, name), name, value];
  t.match(await tried(...change('--portal-url', 'http://127.0.0.1:1/api/')), /^6 Error: mybrc portal: .*nobody listens.*\nCheck "baseUrl"/);
  t.match(await tried(...change('--portal-url', portal.baseUrl.replace('api/', ''))), /^2 Error: mybrc address: /);
  t.match(await tried(...change('--prices', 'none.toml')), /^2 Error: mybrc prices: .*cannot be read/);
  t.match(await tried(...change('--jobs', 'none.psv')), /^2 Error: fixture files: /);
  t.match(await tried(...change('--slurm', 'slurmrestd'), '--slurm-url', 'http://127.0.0.1:1'), /^6 Error: slurmrestd slurmrestd: /);
  t.match(await tried(...flags, '--time-zone', 'Europe/Nowhere'), /^2 Error: .*time zone/s);
  writeFileSync(join(folder, 'my.token'), '3'.repeat(40));
  t.match(await tried(...flags), /^6 Error: mybrc token: .*Invalid token/);
});

void t.test('another deployment has its own resources and year', async (t) => {
  const { folder, env, flags } = await desk(t);
  const args = [...without(flags, '--deployment'), '--deployment', 'mylrc', '--token-file', 'my.token', '--cluster', 'lrc'];
  const { code } = await inFolder(folder, ['init', ...args], { env });
  t.equal(code, 0);
  t.match(JSON.parse(readFileSync(join(folder, 'plugins.json'), 'utf8')), {
    site: { allocationYearStart: '10-01' },
    instances: [
      { name: 'fixture' },
      { name: 'mylrc', cluster: 'lrc', config: { periodicPrefixes: ['pc'], computeResources: { lr: 'LAWRENCIUM Compute' } } },
    ],
  });
});

testUnless(NO_TERMINAL, 'at a terminal', async (t) => {
  const { folder, env, portal } = await desk(t);
  const terminal = new Terminal(['init', '--portal-url', portal.baseUrl], { cwd: folder, env });
  await terminal.shows(/Which portal\?/);
  terminal.type(ENTER);
  await terminal.shows(/API token of a staff account/);
  terminal.type(`${'3'.repeat(40)}${ENTER}`);
  await terminal.shows(/FAILURE {2}mybrc token: .*Invalid token/);
  await terminal.shows(/API token of a staff account/);
  terminal.type(`${PORTAL_TOKEN}${ENTER}`);
  await terminal.shows(/staff: it may write/);
  await terminal.shows(/How are jobs read from Slurm\?/);
  terminal.type(`${DOWN}${DOWN}${ENTER}`);
  await terminal.shows(/Which file\?/);
  terminal.type(`${resolve('examples/slurm-jobs.psv')}${ENTER}`);
  await terminal.shows(/Price list/);
  terminal.type(`none.toml${ENTER}`);
  await terminal.shows(/FAILURE {2}mybrc prices/);
  await terminal.shows(/Price list/);
  terminal.type(`prices.toml${ENTER}`);
  await terminal.shows(/Written: /);
  await terminal.shows(/Run a dry run now\?/);
  terminal.type(ENTER);
  await terminal.shows(/Dry run: \d+ changes planned, nothing was sent/);
  await terminal.shows(/How shall it run by itself\?/);
  terminal.type(ENTER);
  await terminal.shows(/17 \* \* \* \*/);
  t.equal(await terminal.ended(), 0);
  t.equal(statSync(join(folder, 'portal.token')).mode & 0o777, 0o600);
  t.notMatch(terminal.text, PORTAL_TOKEN, 'the token is not shown');
  t.match(JSON.parse(readFileSync(join(folder, 'plugins.json'), 'utf8')), {
    instances: [{ plugin: 'fixture' }, { config: { token: { file: 'portal.token' } } }],
  });
  t.ok(
    portal.requests.every(({ method }) => method === 'GET'),
    'nothing was written to the portal',
  );
});

testUnless(NO_TERMINAL, 'Ctrl-C at a question leaves nothing behind', async (t) => {
  const { folder, env } = await desk(t);
  const before = execFileSync('ls', ['-A', folder], { encoding: 'utf8' });
  const terminal = new Terminal(['init'], { cwd: folder, env });
  await terminal.shows(/Which portal\?/);
  terminal.type('\u0003');
  await terminal.shows(/nothing was written/);
  t.equal(await terminal.ended(), 130);
  t.equal(execFileSync('ls', ['-A', folder], { encoding: 'utf8' }), before);
});
