import t from 'tap';
import { execFile, spawn } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { listInputs, openInput } from '../../../src/core/input/open-input.js';

const signal = new AbortController().signal;

async function readAll(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of openInput(path, signal)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

void t.test('a file comes back as it is, plain or gzip, in one or several members', async (t) => {
  const text = Array.from({ length: 300_000 }, (_, index) => `line ${index}`).join('\n');
  const packed = Buffer.concat([gzipSync(text.slice(0, 1_000)), gzipSync(text.slice(1_000))]);
  const directory = t.testdir({ 'a.txt': text, 'b.gz': packed, empty: '' });
  t.ok((await readAll(`${directory}/a.txt`)) === text);
  t.ok((await readAll(`${directory}/b.gz`)) === text);
  t.equal(await readAll(`${directory}/empty`), '');
});

void t.test('a directory stands for its files by name, without dot files', async (t) => {
  const directory = t.testdir({ d: { b: '2', a: '1', '.hidden': '', sub: {} }, one: '3' });
  await symlink('a', `${directory}/d/c`);
  const found = await listInputs(['d', 'one', '-'], directory);
  t.strictSame(
    found.map((file) => file.replace(directory, '')),
    ['/d/a', '/d/b', '/d/c', '/one', '-'],
  );
});

void t.test('what cannot be read is INPUT_NOT_FOUND, with the path and what to do', async (t) => {
  const directory = t.testdir({ empty: {} });
  await t.rejects(listInputs('missing.psv', directory), {
    code: 'INPUT_NOT_FOUND',
    message: /missing\.psv does not exist/,
    remedy: /path/,
  });
  await t.rejects(listInputs('empty', directory), { code: 'INPUT_NOT_FOUND', message: /holds no files/ });
  await t.rejects(listInputs(['-', '-'], directory), { code: 'INPUT_NOT_FOUND', message: /twice/ });
  await t.rejects(readAll(`${directory}/missing`), { code: 'INPUT_NOT_FOUND', context: { file: `${directory}/missing` } });
});

void t.test('a damaged gzip file is INPUT_INVALID', async (t) => {
  const packed = gzipSync('x'.repeat(100_000));
  const directory = t.testdir({ 'cut.gz': packed.subarray(0, packed.length - 20) });
  await t.rejects(readAll(`${directory}/cut.gz`), { code: 'INPUT_INVALID', message: /gzip/ });
});

void t.test('an abort ends the reading of a pipe that nobody writes to', { timeout: 20_000 }, async (t) => {
  const directory = t.testdir({});
  const pipe = `${directory}/pipe`;
  await promisify(execFile)('mkfifo', [pipe]);
  const writer = spawn('sh', ['-c', `exec 3>"${pipe}"; echo begun >&3; read _`], { stdio: ['pipe', 'ignore', 'ignore'] });
  t.teardown(() => writer.kill());
  const controller = new AbortController();
  await t.rejects(async () => {
    for await (const chunk of openInput(pipe, controller.signal)) {
      t.equal(chunk.toString(), 'begun\n');
      setImmediate(() => controller.abort(new Error('interrupted')));
    }
  }, /interrupted/);
});
