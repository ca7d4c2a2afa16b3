import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { acquireLock, lockDirectory, type LockHolder, type LockRequest } from '../../src/core/lock.js';

function request(directory: string, fields: Partial<LockRequest> = {}): LockRequest {
  return {
    directory,
    target: 'https://portal.example/api/',
    cluster: 'savio',
    runId: 'r1',
    command: 'run update',
    waitSeconds: 0,
    signal: new AbortController().signal,
    onWait: () => undefined,
    ...fields,
  };
}

/** Rewrites who holds a lock. */
function pretend(path: string, fields: Partial<LockHolder>): void {
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as LockHolder), ...fields }));
}

void t.test('a second run against the same sink is told who holds the lock; given back, it is free', async (t) => {
  const directory = t.testdir();
  const lock = await acquireLock(request(directory));
  await t.rejects(acquireLock(request(directory, { runId: 'r2' })), {
    code: 'LOCKED',
    exitCode: 5,
    message: new RegExp(`portal.example.*run update, run r1, process ${process.pid}`),
  });
  lock.release();
  (await acquireLock(request(directory, { runId: 'r2' }))).release();
  t.same(readdirSync(directory), []);
});

void t.test('other sinks and other clusters have locks of their own', async (t) => {
  const directory = t.testdir();
  await acquireLock(request(directory));
  await acquireLock(request(directory, { cluster: 'lawrencium' }));
  await acquireLock(request(directory, { target: 'https://other.example/api/' }));
  t.equal(readdirSync(directory).length, 3);
});

void t.test('--wait waits for the other run, and says for which', async (t) => {
  const directory = t.testdir();
  const lock = await acquireLock(request(directory));
  const waited: string[] = [];
  const second = acquireLock(
    request(directory, {
      runId: 'r2',
      waitSeconds: 60,
      onWait: (holder) => {
        waited.push(holder.runId);
        lock.release();
      },
    }),
  );
  t.ok(existsSync((await second).path));
  t.same(waited, ['r1']);
});

void t.test('waiting ends when the run is interrupted', async (t) => {
  const directory = t.testdir();
  await acquireLock(request(directory));
  const controller = new AbortController();
  const second = acquireLock(
    request(directory, { waitSeconds: 60, signal: controller.signal, onWait: () => controller.abort(new Error('stop')) }),
  );
  await t.rejects(second);
});

void t.test('a lock is taken over when its process has died, by kill -9 too', async (t) => {
  const directory = t.testdir();
  const { path } = await acquireLock(request(directory));
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  pretend(path, { pid: child.pid ?? 0, startTicks: null });
  await t.rejects(acquireLock(request(directory, { runId: 'r2' })), { code: 'LOCKED' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  t.ok(existsSync((await acquireLock(request(directory, { runId: 'r2' }))).path));
});

void t.test('a lock is taken over when its pid is another process by now, or the machine was started again', async (t) => {
  for (const stale of [{ startTicks: '1' }, { bootId: 'another' }]) {
    const directory = t.testdir();
    const { path } = await acquireLock(request(directory));
    pretend(path, stale);
    t.ok(existsSync((await acquireLock(request(directory, { runId: 'r2' }))).path));
  }
});

void t.test('a lock of another host is never taken over: nobody here can tell', async (t) => {
  const directory = t.testdir();
  const { path } = await acquireLock(request(directory));
  pretend(path, { host: 'elsewhere', pid: 1, bootId: 'another' });
  await t.rejects(acquireLock(request(directory, { runId: 'r2' })), { code: 'LOCKED', remedy: /gone for good: rm / });
});

void t.test('a file that is not a lock is not removed', async (t) => {
  const directory = t.testdir();
  const { path } = await acquireLock(request(directory));
  writeFileSync(path, 'something else');
  await t.rejects(acquireLock(request(directory)), { code: 'LOCKED', message: /is not a lock/ });
});

void t.test('of many that find a stale lock, one gets it', async (t) => {
  const directory = t.testdir();
  const { path } = await acquireLock(request(directory));
  pretend(path, { startTicks: '1' });
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => acquireLock(request(directory, { runId: `r${index}` }))));
  t.equal(all.filter((each) => each.status === 'fulfilled').length, 1);
});

void t.test('while another takes a stale lock over, an interruption is heard', async (t) => {
  const directory = t.testdir();
  const { path } = await acquireLock(request(directory));
  pretend(path, { startTicks: '1' });
  writeFileSync(`${path}.breaker`, 'another process');
  const controller = new AbortController();
  const begun = Date.now();
  setTimeout(() => controller.abort(new Error('stop')), 50);
  await t.rejects(acquireLock(request(directory, { runId: 'r2', signal: controller.signal })));
  t.ok(Date.now() - begun < 8000, 'long before the other would be given up');
});

void t.test('where locks lie', (t) => {
  t.equal(lockDirectory({ BRC_SYNC_LOCK_DIR: '/a', XDG_RUNTIME_DIR: '/b' }, '/c'), '/a');
  t.equal(lockDirectory({ BRC_SYNC_LOCK_DIR: '', XDG_RUNTIME_DIR: '/b' }, '/c'), '/b');
  t.equal(lockDirectory({}, '/c'), existsSync('/run/lock') ? '/run/lock' : '/c');
  t.end();
});

void t.test('a directory that cannot be written is told with what to do', async (t) => {
  const directory = join(t.testdir({ file: '' }), 'file', 'below');
  await t.rejects(acquireLock(request(directory)), { code: 'OUTPUT_FAILED', remedy: /BRC_SYNC_LOCK_DIR/ });
});
