import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';

/** `npm run test:package`: run-tests.sh has seen to it that this machine can. */
const folder = t.testdir();
const packages = join(folder, 'packages');
const { version: VERSION } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

t.before(() => {
  const run = (...command: string[]): unknown => execFileSync(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'] });
  run('bash', 'scripts/package.sh', packages);
  // The same package as a newer version.
  const next = join(folder, 'next');
  run('dpkg-deb', '--raw-extract', join(packages, `brc-sync_${VERSION}_all.deb`), next);
  for (const name of ['DEBIAN/control', 'usr/lib/brc-sync/package.json', 'usr/lib/brc-sync/oclif.manifest.json']) {
    const text = readFileSync(join(next, name), 'utf8');
    writeFileSync(join(next, name), text.replace(/((?:"version": ?"|Version: ))[^"\n]+/, `$1${VERSION}+next`));
  }
  run('dpkg-deb', '--build', next, join(packages, `brc-sync_${VERSION}+next_all.deb`));
});

void t.test('the npm package installs without network, and works', async (t) => {
  const prefix = join(folder, 'prefix');
  mkdirSync(prefix);
  // In a network of its own, which has no way out, with a cache that has nothing.
  const offline = ['--net', 'npm', 'install', '--global', '--prefix', prefix, '--cache', join(folder, 'cache'), '--no-audit', '--no-fund'];
  await promisify(execFile)('unshare', [...offline, '--fetch-retries=0', join(packages, `brc-sync-${VERSION}.tgz`)]);
  const run = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(join(prefix, 'bin', 'brc-sync'), args, { cwd: folder })).stdout;
  t.match(await run('--version'), `brc-sync/${VERSION}`);
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  t.match(await run('run', 'update', '--source', 'fixture', '--sink', 'log', ...period, '--state-dir', 'state'), /Logged \d+ changes/);
  t.match(await run('report', '--state-dir', 'state', '--html', 'report.html'), /7 changes in 2 accounts written down/);
  t.ok(existsSync(join(prefix, 'share', 'man', 'man1', 'brc-sync.1')), 'its man pages are where man looks');
});

void t.test('the Debian package is installed, configured, run, upgraded, removed and purged in a machine with systemd', async (t) => {
  t.same(readdirSync(packages).filter((name) => name.endsWith('.deb')).length, 2);
  const { stdout } = await promisify(execFile)('bash', ['test/package/machine.sh', packages], { maxBuffer: 1 << 24 });
  const lines = stdout.trimEnd().split('\n');
  for (const line of lines) {
    if (line.startsWith('ok - ')) t.pass(line.slice(5));
    else if (line.startsWith('not ok - ')) t.fail(line.slice(9));
  }
  t.equal(lines.at(-1), 'end', lines.slice(-5).join('\n'));
});
