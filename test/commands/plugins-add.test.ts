import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { pluginsFolder } from '../plugin-fixtures.js';
import { brcSync, freshBrcSync } from '../support/cli.js';

const BEFORE = `{
  "site":      { "timeZone": "UTC" },
  "instances": [
    { "name": "one",   "plugin": "./plugins/factory-source.mjs", "config": { "greeting": "hello" } }
  ]
}
`;

void t.test('a module: only what is added changes, and the path counts from the file', async (t) => {
  const folder = pluginsFolder(t, BEFORE);
  mkdirSync(join(folder, 'below'));
  const file = join(folder, 'plugins.json');
  const args = ['plugins', 'add', '../plugins/class-sink.mjs', '--name', 'two', '--plugins', '../plugins.json'];
  const { code, stdout, stderr } = await brcSync(args, join(folder, 'below'));
  t.equal(code, 0, stderr);
  t.match(
    stdout,
    /with the sink two \(plugin \.\/plugins\/class-sink\.mjs\)\.\nLook at its config, which is an example: \{"token":\{"env":"BRC_SYNC_TOKEN"\}\}/,
  );
  const after = readFileSync(file, 'utf8');
  t.ok(after.startsWith(BEFORE.slice(0, BEFORE.indexOf('"hello" } }') + 11)), after);
  t.match(JSON.parse(after), {
    instances: [{ name: 'one' }, { name: 'two', plugin: './plugins/class-sink.mjs', config: { token: { env: 'BRC_SYNC_TOKEN' } } }],
  });
  t.equal((await brcSync(['plugins', 'validate'], folder)).code, 0);

  const again = await brcSync(args, join(folder, 'below'));
  t.equal(again.code, 2);
  t.match(again.stderr, /has an instance "two" already/);
  t.equal(readFileSync(file, 'utf8'), after);
});

void t.test('the folder of a package, with and without exports; then a built-in; where there is no file yet, one is made', async (t) => {
  const folder = pluginsFolder(t, '{}');
  const plugin = readFileSync(join(folder, 'plugins/factory-source.mjs'), 'utf8');
  const packages = {
    modern: { name: '@site/modern', version: '2.3.4', exports: './lib/a.mjs' },
    old: { version: '0.0.1', main: 'lib/a.mjs' },
  };
  for (const [name, content] of Object.entries(packages)) {
    mkdirSync(join(folder, name, 'lib'), { recursive: true });
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify(content));
    writeFileSync(join(folder, name, 'lib/a.mjs'), plugin);
  }
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const add = (...args: string[]) => brcSync(['plugins', 'add', ...args], empty);
  const first = await add('../modern', '--name', 'modern', '--config', '{"greeting": "hi"}', '--json');
  t.equal(first.code, 0, first.stderr);
  t.match(JSON.parse(first.stdout), {
    created: true,
    name: 'modern',
    plugin: '../modern',
    kind: 'source',
    file: join(empty, 'plugins.json'),
  });
  t.equal((await add('../old')).code, 0);
  t.equal((await add('log', '--config', '{"file": "changes.log"}')).code, 0);
  const file = JSON.parse(readFileSync(join(empty, 'plugins.json'), 'utf8')) as { readonly $schema: string; readonly instances: unknown };
  t.match(file.$schema, /schemas\/plugins\.schema\.json$/);
  t.ok(statSync(new URL(file.$schema, `file://${empty}/`)).isFile());
  t.strictSame(file.instances, [
    { name: 'modern', plugin: '../modern', config: { greeting: 'hi' } },
    { name: 'factory-source', plugin: '../old', config: { greeting: 'hello' } },
    { name: 'log', plugin: 'log', config: { file: 'changes.log' } },
  ]);
  const listed = JSON.parse((await brcSync(['plugins', 'list', '--json'], empty)).stdout) as object;
  t.match(listed, {
    instances: [
      { name: 'modern', version: '2.3.4', origin: join(folder, 'modern/lib/a.mjs') },
      { name: 'factory-source', version: '0.0.1' },
      { name: 'log', version: /^\d/, origin: 'built in', capabilities: ['recordsOfAccount', 'record', 'totals'] },
    ],
  });
});

void t.test('what cannot be used is not written', async (t) => {
  const folder = pluginsFolder(t, BEFORE);
  writeFileSync(join(folder, 'packed.tgz'), '');
  for (const [args, words] of [
    [['./plugins/not-a-plugin.mjs'], /not-a-plugin\.mjs has a definition that is not valid/],
    [['./plugins/nowhere.mjs'], /nowhere\.mjs/],
    [['packed.tgz'], /tar -xzf/],
    [['./plugins/class-sink.mjs', '--config', '{"token": "hunter2-hunter2"}'], /a literal secret is refused/],
    [['./plugins/class-sink.mjs', '--config', 'hunter2'], /--config is no JSON object/],
  ] as const) {
    const { code, stderr } = await brcSync(['plugins', 'add', ...args], folder);
    t.equal(code, 2);
    t.match(stderr, words);
    t.notMatch(stderr, 'hunter2');
  }
  t.equal(readFileSync(join(folder, 'plugins.json'), 'utf8'), BEFORE);
});

void t.test('a plugin that lies where no brc-sync is installed finds this one, and shares its errors', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'brc-sync-alone-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'alone.mjs'),
    `import { BrcSyncError, defineSink } from 'brc-sync/sdk';
    const check = async () => { throw new BrcSyncError('SINK_UNREACHABLE', { message: 'nobody home', remedy: 'Knock.' }); };
    const useFactory = () => ({ async *openRecords() {}, put: async () => ({ status: 'applied' }), check });
    export default defineSink({ apiVersion: 1, kind: 'sink', name: 'alone', description: 'Alone.', configSchema: {}, useFactory });`,
  );
  const added = await freshBrcSync(['plugins', 'add', './alone.mjs'], folder);
  t.equal(added.stderr, '');
  t.match(await freshBrcSync(['plugins', 'validate', '--check'], folder), { code: 6, stdout: /BAD +check: nobody home\n +Knock\./ });
  writeFileSync(join(folder, 'alone.mjs'), "import 'brc-sync/nothing';");
  t.match(await freshBrcSync(['plugins', 'validate'], folder), { code: 2, stderr: /instance "alone": .*brc-sync/ });
});
