import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import type { LockHolder } from '../../src/core/lock.js';
import { killSite, type KillSite } from './kill-site.js';

// Two runs that are started together, from two state directories, against one portal: real processes.

const BIN = resolve('bin/run.js');

interface Started {
  readonly child: ChildProcess;
  readonly state: string;
  readonly ended: Promise<{ readonly code: number | null; readonly said: string }>;
}

function start(site: KillSite, name: string, flags: readonly string[]): Started {
  const state = join(site.folder, name);
  const child = spawn(process.execPath, [BIN, 'run', 'full', '--source', 'fixture', '--sink', 'portal', '--state-dir', state, ...flags], {
    env: site.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = text(child.stderr);
  const ended = (once(child, 'exit') as Promise<[number | null]>).then(async ([code]) => ({ code, said: await said }));
  return { child, state, ended };
}

/** Starts two, holds the one that got the lock, and returns it first. */
async function startTwo(t: Test, site: KillSite, flags: readonly string[]): Promise<readonly [Started, Started]> {
  const asked = new Promise<void>((resolve) => {
    site.portal.setWatcher(() => {
      resolve();
      return 'go on';
    });
  });
  const both = [start(site, 'one', flags), start(site, 'other', flags)] as const;
  t.teardown(() => {
    for (const { child } of both) child.kill('SIGKILL');
  });
  await asked;
  const [lock] = readdirSync(join(site.folder, 'locks')).filter((name) => name.endsWith('.lock'));
  const { pid } = JSON.parse(readFileSync(join(site.folder, 'locks', lock!), 'utf8')) as LockHolder;
  process.kill(pid, 'SIGSTOP');
  return both[0].child.pid === pid ? both : [both[1], both[0]];
}

function writes({ portal }: KillSite): string[] {
  return portal.requests.filter(({ method }) => method === 'PUT').map(({ path }) => path);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

void t.test('one works, and the other says who does and ends with 5', async (t) => {
  const site = await killSite(30);
  t.teardown(() => site.close());
  const [working, refused] = await startTwo(t, site, []);
  const { code, said } = await refused.ended;
  t.equal(code, 5);
  t.match(said, new RegExp(`Another run holds the lock of .*process ${working.child.pid} on `));
  working.child.kill('SIGCONT');
  t.match(await working.ended, { code: 0 });
  t.equal(writes(site).length, 30);
});

void t.test('with --wait it waits, and finds nothing left to do', async (t) => {
  const site = await killSite(30);
  t.teardown(() => site.close());
  const [working, waiting] = await startTwo(t, site, ['--wait', '100']);
  const log = (): string =>
    readdirSync(join(waiting.state, 'runs'))
      .map((runId) => readFileSync(join(waiting.state, 'runs', runId, 'run.log'), 'utf8'))
      .join('');
  await until(() => log().includes('waiting for another run'));
  working.child.kill('SIGCONT');
  t.match(await working.ended, { code: 0 });
  t.match(await waiting.ended, { code: 0 });
  t.equal(writes(site).length, 30);
  t.equal(new Set(writes(site)).size, 30, 'each once');
});
