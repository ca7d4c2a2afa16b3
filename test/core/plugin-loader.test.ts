import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadInstances } from '../../src/core/plugin-loader.js';
import { readPluginsFile } from '../../src/core/plugins-file.js';
import { FIXTURE_BUILTINS, placesIn, pluginsFileOf, pluginsFolder } from '../plugin-fixtures.js';

void t.test('three instances of one plugin, each with its own configuration and the defaults', async (t) => {
  const file = pluginsFileOf(t, {
    instances: [
      { name: 'one', plugin: 'greeter', config: { greeting: 'hello' } },
      { name: 'two', plugin: 'greeter', config: { greeting: 'hi', times: 1 } },
      { name: 'three', plugin: './plugins/factory-source.mjs', config: { greeting: 'hey', mode: 'long' } },
    ],
  });
  const loaded = await loadInstances(file, FIXTURE_BUILTINS);
  t.match(loaded, [
    { name: 'one', module: null, config: { greeting: 'hello', times: 3, mode: 'short' } },
    { name: 'two', module: null, config: { greeting: 'hi', times: 1 } },
    { name: 'three', module: join(file.baseDirectory, 'plugins/factory-source.mjs'), config: { greeting: 'hey', mode: 'long', times: 3 } },
  ]);
});

void t.test(
  'everything that is wrong is one error: each line has file, line, instance, pointer, cause and a value that would pass',
  async (t) => {
    const file = pluginsFileOf(
      t,
      `{
  "site": { "settleMinuts": 5 },
  "instances": [
    { "name": "one", "plugin": "greeter", "config": { "greting": "hello" } },
    { "name": "two", "plugin": "greter" },
    { "name": "three", "plugin": "./plugins/gone.mjs" },
    { "name": "four", "plugin": "./plugins/not-a-plugin.mjs" },
    { "name": "five", "plugin": "./plugins/explodes.mjs" },
    { "name": "six", "plugin": "./plugins/class-sink.mjs", "config": { "token": "hunter2-hunter2" } },
    { "name": "six", "plugin": "greeter", "config": { "greeting": "", "times": 0 } },
    { "plugin": "greeter" },
    { "name": "seven", "plugin": "brc-sync-nowhere" },
    { "name": "eight", "plugin": "./plugins/from-the-future.mjs" }
  ]
}`,
    );
    const error = (await loadInstances(file, FIXTURE_BUILTINS).catch((reason: unknown) => reason)) as Error & {
      context: { problems: string[] };
    };
    t.match(error, { code: 'CONFIG_INVALID', exitCode: 2, remedy: /plugins validate/ });
    const expected = [
      /plugins\.json:2: \/site\/settleMinuts is an unknown key; did you mean "settleMinutes"\?$/,
      /plugins\.json:4: instance "one": \/instances\/0\/config\/greeting is missing; for example "hello"$/,
      /plugins\.json:4: instance "one": \/instances\/0\/config\/greting is an unknown key; did you mean "greeting"\?$/,
      /plugins\.json:5: instance "two": \/instances\/1\/plugin names "greter", .*did you mean "greeter"\?$/,
      /plugins\.json:6: instance "three": .*gone\.mjs, which is not there/,
      /plugins\.json:7: instance "four": .*apiVersion must be 1.*useClass/,
      /plugins\.json:8: instance "five": .*no such luck/,
      /plugins\.json:9: instance "six": \/instances\/5\/config\/token .*a literal secret is refused; use \{env\} or \{file\}; for example \{"env":"BRC_SYNC_TOKEN"\}$/,
      /plugins\.json:10: instance "six": \/instances\/6\/name is the name of \/instances\/5 already/,
      /plugins\.json:10: instance "six": \/instances\/6\/config\/greeting must NOT have fewer than 1 characters; for example "hello"$/,
      /plugins\.json:10: instance "six": \/instances\/6\/config\/times must be >= 1; for example 3$/,
      /plugins\.json:11: \/instances\/7\/name is missing; for example "mybrc"$/,
      /plugins\.json:12: instance "seven": .*built in: greeter, hollow.*npm install brc-sync-nowhere/,
      /plugins\.json:13: instance "eight": .*is the plugin "future" for version 2 of the plugin API, and this brc-sync knows version 1: install a newer brc-sync/,
    ];
    t.match(error.context.problems, expected);
    t.equal(error.context.problems.length, expected.length);
    for (const line of error.context.problems) t.ok(error.message.includes(line));
    t.notMatch(JSON.stringify([error.message, error.context]), 'hunter2');
  },
);

void t.test('only the plugins of the named instances are loaded', async (t) => {
  const instances = [
    { name: 'good', plugin: 'greeter', config: { greeting: 'hello' } },
    { name: 'bad', plugin: './plugins/explodes.mjs' },
  ];
  const file = pluginsFileOf(t, { instances });
  t.match(await loadInstances(file, FIXTURE_BUILTINS, ['good']), [{ name: 'good' }]);
  await t.rejects(loadInstances(file, FIXTURE_BUILTINS), { code: 'PLUGIN_INVALID' });
  await t.rejects(loadInstances(file, FIXTURE_BUILTINS, ['goood']), {
    code: 'USAGE',
    message: /no instance "goood"; did you mean "good"\?/,
  });
});

void t.test('a plugin module that another user could have written is refused unread; a built-in is part of the program', async (t) => {
  const folder = pluginsFolder(t, { instances: [{ name: 'a', plugin: './plugins/explodes.mjs' }] });
  chmodSync(join(folder, 'plugins/explodes.mjs'), 0o666);
  const file = readPluginsFile(placesIn(folder));
  await t.rejects(loadInstances(file, {}), { code: 'CONFIG_UNSAFE', message: /instance "a".*refused.*chmod o-w .*explodes\.mjs/ });
  const builtins = { './plugins/explodes.mjs': () => FIXTURE_BUILTINS.hollow?.() ?? Promise.reject(new Error('no fixture')) };
  t.match(await loadInstances(file, builtins), [{ module: null }]);
});
