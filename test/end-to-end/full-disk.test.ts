import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { brcSync } from '../support/cli.js';
import { testUnless } from '../support/test-unless.js';
import { faultsOfRecords } from './books.js';
import { fatesOf } from './due-record.js';
import { faultsAfterKill } from './kill-checks.js';
import { KILL_PRICES, killSite, type KillSite } from './kill-site.js';

// A disk that is full before the plan is done: nothing is sent that is not journaled (money 21).

const RUN = ['run', 'full', '--source', 'fixture', '--sink', 'portal'];
const CHANGES = 60;
/** More than the plan needs, and less than the journal; of the file system, less than both need together with the log. */
const FILE_KIBIBYTES = 62;
const DISK_KIBIBYTES = 128;

/** Runs as `prefix` says, which leaves too little room, and once more with room. */
async function runOutOfRoom(t: Test, site: KillSite, prefix: readonly string[], makeRoom: () => void): Promise<void> {
  const written = new Set<string>();
  site.portal.setWatcher((moment, { method, path }) => {
    if (moment === 'served' && method === 'PUT') written.add(/\/jobs\/([^/]+)\/$/u.exec(path)?.[1] ?? '');
    return 'go on';
  });
  const [command = '', ...args] = [...prefix, process.execPath, resolve('bin/run.js'), ...RUN];
  const child = spawn(command, args, { env: site.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const said = text(child.stderr);
  const [code] = (await once(child, 'exit')) as [number | null];
  t.equal(code, 1, await said);
  t.match(await said, /The journal .* cannot be written: (?:ENOSPC|EFBIG).*Nothing more is sent\./);
  t.ok(written.size > 0 && written.size < CHANGES, `it stopped on the way, after ${written.size} of ${CHANGES} changes`);
  t.strictSame(await faultsAfterKill(site, written), [], 'the journal says all that was sent');

  makeRoom();
  const again = await brcSync(RUN, '.', site.environment as Record<string, string>);
  t.equal(again.code, 0, again.stderr);
  t.equal(written.size, CHANGES);
  t.strictSame(faultsOfRecords(site.portal.state, fatesOf(site.rows, KILL_PRICES)), []);
}

const hasBash = spawnSync('bash', ['-c', 'ulimit -f 1']).status === 0;
testUnless(hasBash ? null : 'bash and its ulimit -f are not here', 'a limit on the size of files', async (t) => {
  const site = await killSite(CHANGES);
  t.teardown(() => site.close());
  // The test runner's own hooks would end the process at a signal that Node ignores.
  await runOutOfRoom(t, site, ['bash', '-c', `unset NODE_OPTIONS; ulimit -f ${FILE_KIBIBYTES}; exec "$@"`, 'bash'], () => undefined);
});

/** What hinders a file system of a set size; null: nothing. */
function whyNoMount(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'brc-sync-mount-'));
  const mounted = mountSmall(folder);
  if (mounted.status === 0) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mounted.status === 0
    ? null
    : `a file system of a set size needs root and the right to mount: ${mounted.error?.message ?? mounted.stderr.trim()}`;
}

function mountSmall(folder: string): SpawnSyncReturns<string> {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_KIBIBYTES}k`, 'tmpfs', folder], { encoding: 'utf8' });
}

testUnless(whyNoMount(), 'a file system without room', async (t) => {
  const site = await killSite(CHANGES);
  t.teardown(() => site.close());
  mkdirSync(site.state, { mode: 0o700 });
  t.equal(mountSmall(site.state).status, 0);
  t.teardown(() => spawnSync('umount', [site.state]));
  await runOutOfRoom(t, site, [], () => spawnSync('mount', ['-o', 'remount,size=16m', site.state]));
});
