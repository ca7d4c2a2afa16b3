import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { brcSync } from '../support/cli.js';

const DAY = ['--start', '2026-11-20', '--end', '2026-11-20', '--state-dir', 'state'];

/** `node --test` as the package's own script runs it; how many tests passed and failed. */
async function ownTests(folder: string): Promise<{ readonly pass: number; readonly fail: number }> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly scripts: { readonly test: string } };
  const { stdout } = await promisify(execFile)('sh', ['-c', scripts.test], { cwd: folder, env });
  const figure = (name: string): number => Number(new RegExp(`^[#ℹ] ${name} (\\d+)$`, 'm').exec(stdout)?.[1]);
  return { pass: figure('pass'), fail: figure('fail') };
}

/** The other two are made and run by `npm run test:stranger`. */
for (const [kind, typescript] of [
  ['sink', false],
  ['source', true],
] as const) {
  void t.test(`a new ${kind}${typescript ? ' in TypeScript' : ''} tests itself, and runs`, async (t) => {
    const parent = t.testdir();
    const name = typescript ? `@site/my-${kind}` : `my-${kind}`;
    const made = await brcSync(['plugins', 'create', name, '--kind', kind, ...(typescript ? ['--typescript'] : []), '--json'], parent);
    t.equal(made.code, 0, made.stderr);
    const { directory, files } = JSON.parse(made.stdout) as { readonly directory: string; readonly files: readonly string[] };
    t.equal(directory, join(parent, `my-${kind}`));
    t.ok(files.includes('package.json'));
    t.equal((JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name: string }).name, name);
    for (const file of files) t.notMatch(readFileSync(join(directory, file), 'utf8'), 'plugin-name');

    const { pass, fail } = await ownTests(directory);
    t.ok(pass > 10 && fail === 0, `${pass} passed, ${fail} failed`);

    t.equal((await brcSync(['plugins', 'validate'], directory)).stderr, '');
    const [source, sink] = kind === 'sink' ? ['jobs', 'my-sink'] : ['my-source', 'log'];
    const run = ['run', 'full', '--source', source, '--sink', sink, ...DAY];
    const ended = await brcSync([...run, '--allow', 'empty-sink'], directory, { BRC_SYNC_LOCK_DIR: directory });
    t.equal(ended.code, 0, ended.stderr);
    t.match(ended.stdout, /create +3 +26\.00 +0\.00 +26\.00/);
    if (kind === 'source') return;
    t.equal((JSON.parse(readFileSync(join(directory, 'records.json'), 'utf8')) as unknown[]).length, 3);
    t.match((await brcSync(run, directory, { BRC_SYNC_LOCK_DIR: directory })).stdout, /3 records agree/);
  });
}

void t.test('a folder with files in it, and a name that npm would refuse', async (t) => {
  const parent = t.testdir({ taken: { file: '' } });
  const taken = await brcSync(['plugins', 'create', 'taken', '--kind', 'sink'], parent);
  t.equal(taken.code, 2);
  t.match(taken.stderr, /taken is there already, and not empty/);
  const wrong = await brcSync(['plugins', 'create', '../up', '--kind', 'sink', '--dir', 'up'], parent);
  t.equal(wrong.code, 2);
  t.match(wrong.stderr, /cannot be the name of an npm package/);
  t.notOk(existsSync(join(parent, 'up')));
});

void t.test('the JavaScript of the TypeScript templates is theirs', async (t) => {
  const directory = t.testdir();
  execFileSync(process.execPath, ['scripts/write-templates.mjs', directory]);
  for (const kind of ['sink-typescript', 'source-typescript']) {
    const dist = join('templates', kind, 'dist');
    for (const name of readdirSync(dist)) {
      t.equal(
        readFileSync(join(dist, name), 'utf8'),
        readFileSync(join(directory, kind, 'dist', name), 'utf8'),
        'node scripts/write-templates.mjs',
      );
    }
  }
});
