import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const PROBE = fileURLToPath(new URL('./probe-command.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]) {
  return spawn(process.execPath, [PROBE, ...args], { env: { ...process.env, NO_COLOR: '1' } });
}

async function run(...args: string[]): Promise<Ended> {
  const child = start(...args);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  return { code, stdout, stderr };
}

void t.test('an error that an administrator can act on: message and remedy, no stack, its exit code', async (t) => {
  t.same(await run('--do', 'refuse'), { code: 6, stdout: '', stderr: 'Error: no answer\nCall somebody.\n' });
});

void t.test('with --json the error is all there is', async (t) => {
  const { code, stdout, stderr } = await run('--do', 'refuse', '--json');
  t.equal(code, 6);
  t.equal(stderr, '');
  t.same(JSON.parse(stdout), {
    error: { code: 'SINK_UNREACHABLE', message: 'no answer', remedy: 'Call somebody.', context: { instance: 'mylrc' } },
  });
});

void t.test('an unexpected error: exit 1 and a hint; the stack only with --debug', async (t) => {
  const short = await run('--do', 'explode');
  t.match(short, { code: 1, stdout: '', stderr: /^Error: a secret configuration\nThis should not happen: .*--debug.*\n$/ });
  t.match(await run('--do', 'explode', '--debug'), { code: 1, stderr: /at Probe\.run/ });
  const json = JSON.parse((await run('--do', 'explode', '--json')).stdout) as { error: object };
  t.same(Object.keys(json.error), ['code', 'message', 'remedy', 'context']);
});

void t.test('a wrong command line: exit 2, what is wrong, and the usage', async (t) => {
  t.match(await run('--dont'), { code: 2, stdout: '', stderr: /Nonexistent flag: --dont[^]*USAGE\n {2}\$ brc-sync plugins list/ });
  const { code, stdout } = await run('--do', 'nonsense', '--json');
  t.equal(code, 2);
  t.match(JSON.parse(stdout), { error: { code: 'USAGE', message: /--do=nonsense/, context: {} } });
  t.ok(stdout.split('\n').length < 12, 'and not all of oclif');
});

void t.test('results: nothing but JSON with --json, and the exit code that the command asks for', async (t) => {
  t.same(JSON.parse((await run('--do', 'succeed', '--json')).stdout), { done: true });
  t.same(await run('--do', 'exit'), { code: 3, stdout: '', stderr: '' });
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  for (const what of ['wait', 'hang']) {
    void t.test(`${signal} ends a command within a second, also one that would ${what}`, async (t) => {
      const child = start('--do', what);
      const closed = once(child, 'close') as Promise<[number]>;
      await once(child.stdout, 'data');
      const sentAt = performance.now();
      child.kill(signal);
      t.equal((await closed)[0], exitCode);
      t.ok(performance.now() - sentAt < 1500, `ended after ${Math.round(performance.now() - sentAt)} ms`);
    });
  }
}

void t.test('a reader that has gone does not disturb the command', async (t) => {
  const child = start('--do', 'flood');
  const stderr = text(child.stderr);
  child.stdout.once('data', () => child.stdout.destroy());
  t.same(await once(child, 'exit'), [0, null]);
  t.equal(await stderr, 'still here');
});

void t.test('the file that npm links runs by itself, with the flags of its first line', async (t) => {
  const child = spawn(resolve('bin/run.js'), ['--version']);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  t.match(stdout, /^brc-sync\/\d/);
  t.equal(stderr, '');
});
