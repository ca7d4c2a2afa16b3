import { join } from 'node:path';
import { BUILTIN } from '../../src/builtin-plugins.js';
import t from 'tap';
import { pluginsFolder } from '../plugin-fixtures.js';
import { brcSync as commandLine, type Ended } from '../support/cli.js';

function brcSync(folder: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return commandLine(args, folder, { COLUMNS: '1000', ...env });
}

const GOOD = {
  instances: [
    { name: 'one', plugin: './plugins/factory-source.mjs', config: { greeting: 'hello' } },
    { name: 'two', plugin: './plugins/class-sink.mjs', config: { token: { env: 'TOKEN' } } },
  ],
};

void t.test('plugins list: a table for people, JSON for programs', async (t) => {
  const folder = pluginsFolder(t, GOOD);
  const { code, stdout, stderr } = await brcSync(folder, ['plugins', 'list']);
  t.equal(stderr, '');
  t.equal(code, 0);
  t.match(
    stdout,
    /^NAME +PLUGIN +KIND +VERSION +ORIGIN +CAPABILITIES +DESCRIPTION\none +\.\/plugins\/factory-source\.mjs +source +\S+ +\/.*factory-source\.mjs +- +A source made by a plain function\.\ntwo .* sink /,
  );
  const narrow = await brcSync(folder, ['plugins', 'list'], { COLUMNS: '60' });
  t.ok(
    narrow.stdout
      .split('\n\n')[0]!
      .split('\n')
      .every((line) => line.length <= 60 || /^ *([A-Z]+ )?\S+$/.test(line)),
    'but for a path, which stays in one piece',
  );
  const json = await brcSync(folder, ['plugins', 'list', '--json']);
  t.match(JSON.parse(json.stdout), {
    instances: [
      { name: 'one', kind: 'source', file: join(folder, 'plugins.json'), module: join(folder, 'plugins/factory-source.mjs') },
      { name: 'two', kind: 'sink', description: 'A sink made by a class.', capabilities: [], problem: null },
    ],
    builtIn: Object.keys(BUILTIN),
  });
});

void t.test('plugins validate says how many are valid, and of what file', async (t) => {
  const folder = pluginsFolder(t, GOOD);
  const { code, stdout } = await brcSync(folder, ['plugins', 'validate']);
  t.equal(stdout, `${join(folder, 'plugins.json')}: 2 instances are valid.\n`);
  t.equal(code, 0);
  t.same(JSON.parse((await brcSync('/', ['plugins', 'validate', '--json'], { BRC_SYNC_PLUGINS: join(folder, 'plugins.json') })).stdout), {
    file: join(folder, 'plugins.json'),
    instances: ['one', 'two'],
  });
});

void t.test('plugins validate tells all problems at once, exit 2, and never a secret', async (t) => {
  const folder = pluginsFolder(t, {
    instances: [
      { name: 'one', plugin: './plugins/factory-source.mjs', config: { greting: 'hello' } },
      { name: 'two', plugin: './plugins/class-sink.mjs', config: { token: 'hunter2-hunter2' } },
    ],
  });
  const { code, stdout, stderr } = await brcSync(folder, ['plugins', 'validate']);
  t.equal(code, 2);
  t.equal(stdout, '');
  t.match(stderr, /has 3 problems:\n.*greeting is missing.*\n.*did you mean "greeting".*\n.*literal secret is refused/);
  t.notMatch(stderr, /hunter2|\n {4}at /);
  const json = await brcSync(folder, ['plugins', 'validate', '--json']);
  t.equal(json.code, 2);
  t.equal(json.stderr, '');
  t.match(JSON.parse(json.stdout), { error: { code: 'CONFIG_INVALID', context: { problems: [/greeting/, /greting/, /token/] } } });
  t.notMatch(json.stdout, 'hunter2');
});

void t.test('help shows examples', async (t) => {
  for (const command of ['list', 'validate']) {
    const { stdout } = await brcSync('/', ['plugins', command, '--help']);
    t.match(stdout, new RegExp(`EXAMPLES\\n {2}\\$ brc-sync plugins ${command}\\n`));
  }
});
