import t from 'tap';
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { collect, FakeSlurm, line, NOW, readJobs, reading } from './fake-slurm.js';

const GOOD = line();

void t.test('a sacct that hangs is killed at the deadline, with all it has started', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: `header; echo '${GOOD}'; sleep 1000 & echo $! >>pids; echo $$ >>pids; echo waiting >&2; wait`,
  });
  const began = Date.now();
  await t.rejects(readJobs(slurm.source({ timeoutSeconds: 1 })), {
    code: 'SOURCE_UNREACHABLE',
    message: /not done after 1 s and was killed.*not used.*waiting/u,
    exitCode: 6,
  });
  t.ok(Date.now() - began < 10_000);
  t.strictSame(slurm.survivors(), []);
});

void t.test('a sacct that will not end is made to', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `trap '' TERM; echo $$ >>pids; header; while :; do read -rt 1000 <> <(:); done` });
  await t.rejects(readJobs(slurm.source({ timeoutSeconds: 1 })), { code: 'SOURCE_UNREACHABLE' });
  t.strictSame(slurm.survivors(), []);
});

void t.test('an abort ends the reading and the sacct that is read', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `case "$*" in *"-s R,S"*) header;; *) echo $$ >>pids; header; yes '${GOOD}';; esac` });
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const read = async (): Promise<void> => {
    const rows = slurm.source().jobs({ ...reading(stop.signal), accounts: ['fc_alpha'], window: { from: NOW - 86_400, to: NOW } });
    for await (const batch of rows) if (batch.length > 0) stop.abort(reason);
  };
  await t.rejects(read(), reason);
  t.strictSame(slurm.survivors(), []);
  await t.rejects(readJobs(slurm.source(), reading(AbortSignal.abort(reason))), reason);
});

void t.test('whoever leaves early leaves no process and no slot taken', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `case "$*" in *"-s R,S"*) header;; *) echo $$ >>pids; header; yes '${GOOD}';; esac` });
  const source = slurm.source({ maxProcesses: 1 });
  for (let turn = 0; turn < 3; turn += 1) {
    for await (const batch of source.jobs({ ...reading(), accounts: ['fc_alpha'], window: { from: NOW - 86_400, to: NOW } })) {
      t.equal(batch[0]?.jobId, '7');
      break;
    }
  }
  t.equal(slurm.read('pids').trim().split('\n').length, 3);
  t.strictSame(slurm.survivors(), []);
});

void t.test('close ends what still runs, read or not', async (t) => {
  const slurm = new FakeSlurm(t.testdir(), { sacct: `case "$*" in *"-s R,S"*) header;; *) echo $$ >>pids; header; yes '${GOOD}';; esac` });
  const source = slurm.source();
  const rows = source.jobs({ ...reading(), accounts: ['fc_alpha'], window: { from: NOW - 86_400, to: NOW } });
  await rows.next();
  t.equal(slurm.survivors().length, 1);
  await source.close();
  await source.close();
  t.strictSame(slurm.survivors(), []);
  await t.rejects(collect(rows), { message: /closed/u });
});

void t.test('a slow reader slows sacct down: what it has to say stays with it', async (t) => {
  const megabytes = 8;
  const count = Math.ceil((megabytes * 1e6) / GOOD.length);
  const slurm = new FakeSlurm(t.testdir(), {
    sacct: `case "$*" in *"-s R,S"*) header;; *) header; yes '${GOOD}' | head -n ${count}; touch done;; esac`,
  });
  const rows = slurm.source().jobs({ ...reading(), accounts: ['fc_alpha'], window: { from: NOW - 86_400, to: NOW } });
  let read = (await rows.next()).value?.length ?? 0;
  for (let turn = 0; turn < 1000; turn += 1) await setImmediate();
  t.notOk(existsSync(`${slurm.directory}/done`), 'sacct waits');
  for await (const batch of rows) read += batch.length;
  t.equal(read, count);
  t.ok(existsSync(`${slurm.directory}/done`));
});

void t.test('a gigabyte of anything else is an error at once, in little memory', async (t) => {
  const before = process.memoryUsage.rss();
  const floods = {
    'one line': 'head -c 1G /dev/zero',
    'one line after the header': 'header; head -c 1G /dev/zero',
    words: 'yes garbage | head -c 1G',
    'words after the header': 'header; yes garbage | head -c 1G',
    complaints: 'header; yes complaint | head -c 200M >&2; exit 1',
  };
  for (const [name, sacct] of Object.entries(floods)) {
    const slurm = new FakeSlurm(t.testdir({ [name]: {} }) + `/${name}`, { sacct });
    const began = Date.now();
    await t.rejects(readJobs(slurm.source()), { name: 'BrcSyncError' }, name);
    t.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`);
  }
  t.ok(process.memoryUsage.rss() - before < 150e6, `${Math.round((process.memoryUsage.rss() - before) / 1e6)} MB more`);
});

void t.test('what never ends is cut off at the deadline', async (t) => {
  for (const flood of [`header; yes '${GOOD}'`, "header; yes ''"]) {
    const slurm = new FakeSlurm(t.testdir(), { sacct: `echo $$ >>pids; ${flood}` });
    await t.rejects(readJobs(slurm.source({ timeoutSeconds: 1 })), { code: 'SOURCE_UNREACHABLE', message: /not done after 1 s/u });
    t.strictSame(slurm.survivors(), []);
  }
});
