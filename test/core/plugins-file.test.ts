import { DEFAULT_GUARD } from '../../src/core/guard-limits.js';
import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { distrustOf } from '../../src/core/file-trust.js';
import { parseJsonText } from '../../src/core/json-text.js';
import { readPluginsFile } from '../../src/core/plugins-file.js';
import { placesIn, pluginsFileOf } from '../plugin-fixtures.js';

const EMPTY = '{ "instances": [] }';

void t.test('the file is found by --plugins, $BRC_SYNC_PLUGINS, the current directory, the system, the package, in this order', (t) => {
  const folder = t.testdir({
    'flag.json': EMPTY,
    'env.json': EMPTY,
    'plugins.json': EMPTY,
    'system.json': EMPTY,
    'packaged.json': EMPTY,
    elsewhere: {},
  });
  const everywhere = {
    flag: 'flag.json',
    env: { BRC_SYNC_PLUGINS: join(folder, 'env.json') },
    workingDirectory: folder,
    system: join(folder, 'system.json'),
    packaged: join(folder, 'packaged.json'),
  };
  t.equal(readPluginsFile(everywhere).path, join(folder, 'flag.json'));
  t.equal(readPluginsFile({ ...everywhere, flag: undefined }).path, join(folder, 'env.json'));
  t.equal(readPluginsFile({ ...everywhere, flag: undefined, env: {} }).path, join(folder, 'plugins.json'));
  const elsewhere = { ...everywhere, flag: undefined, env: { BRC_SYNC_PLUGINS: '' }, workingDirectory: join(folder, 'elsewhere') };
  t.equal(readPluginsFile(elsewhere).path, join(folder, 'system.json'));
  t.equal(readPluginsFile({ ...elsewhere, system: join(folder, 'none') }).path, join(folder, 'packaged.json'));
  t.throws(() => readPluginsFile({ ...elsewhere, system: 'none', packaged: 'none' }), { code: 'CONFIG_NOT_FOUND', remedy: /--plugins/ });
  t.throws(() => readPluginsFile({ ...everywhere, flag: 'gone.json' }), {
    code: 'CONFIG_NOT_FOUND',
    message: /--plugins points.*gone.json/,
  });
  t.end();
});

void t.test('a syntax error names file, line and column, and quotes nothing', (t) => {
  const folder = t.testdir({
    'plugins.json': '{\n  "instances": [\n    { "name": "a" "token": "hunter2" }\n  ]\n}\n',
    'broken.json': '{ "a": hunter2 }',
  });
  t.throws(() => readPluginsFile(placesIn(folder)), {
    code: 'CONFIG_INVALID',
    message: /plugins\.json:3:19: .*comma expected \(line 3, column 19\)/,
    context: { file: join(folder, 'plugins.json'), line: 3, column: 19 },
  });
  t.throws(() => readPluginsFile({ ...placesIn(folder), flag: 'broken.json' }), { message: /broken.json:1:8/ });
  t.notMatch(parseJsonText('{ "a": hunter2 }').mistake?.what, /hunter2/);
  t.end();
});

void t.test('whatever JSON.parse takes is taken alike, and nothing else', (t) => {
  const holds = fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value, null, 1);
    const parsed = parseJsonText(text);
    return parsed.mistake === null && JSON.stringify(parsed.value, null, 1) === text;
  });
  t.doesNotThrow(() => fc.assert(holds, { numRuns: 200 }));
  for (const text of ['', ' ', '{,}', '{"a":1,}', '// c\n{}', "{'a':1}", '{} {}', '[1 2]']) t.not(parseJsonText(text).mistake, null, text);
  t.end();
});

void t.test('settings of the site: defaults, the file over them, the instance over both; paths count from the file', (t) => {
  const file = pluginsFileOf(t, {
    site: { prices: 'bank-config.toml', settleMinutes: 20, userMap: { file: '/etc/passwd' } },
    instances: [
      { name: 'brc', plugin: 'x' },
      {
        name: 'lrc',
        plugin: 'x',
        cluster: 'lrc',
        site: { allocationYearStart: '10-01', prices: [{ from: '2026-06-01', file: 'lrc.toml' }], userMap: { getent: true } },
      },
    ],
  });
  const [brc, lrc] = file.instances;
  t.same(file.problems, []);
  t.same(brc?.site, {
    timeZone: 'America/Los_Angeles',
    allocationYearStart: '06-01',
    prices: [{ from: null, file: join(file.baseDirectory, 'bank-config.toml') }],
    freeQos: [],
    userMap: { file: '/etc/passwd' },
    settleMinutes: 20,
    runawayDays: 30,
    fullReadingDays: 7,
    guard: DEFAULT_GUARD,
  });
  t.match(lrc, { cluster: 'lrc', site: { allocationYearStart: '10-01', settleMinutes: 20 } });
  t.same(lrc?.site.userMap, { getent: true });
  const both = pluginsFileOf(t, { site: { userMap: { file: 'passwd', getent: true } }, instances: [] });
  t.match(both.problems, [{ pointer: '/site/userMap' }]);
  t.same(lrc?.site.prices, [{ from: '2026-06-01', file: join(file.baseDirectory, 'lrc.toml') }]);
  t.end();
});

void t.test('values that no schema can judge: zone, doubled names and keys', (t) => {
  const file = pluginsFileOf(
    t,
    `{ "site": { "timeZone": "America/Los_Angles" },
       "instances": [ { "name": "a", "plugin": "x" }, { "name": "a", "plugin": "x", "plugin": "y", "site": { "timeZone": "+07:00" } } ] }`,
  );
  t.match(file.problems, [
    { pointer: '/instances/1/plugin', instance: 'a', what: /twice/ },
    { pointer: '/instances/1/name', instance: 'a', what: /\/instances\/0 already/ },
    { pointer: '/site/timeZone', instance: null, what: /IANA/, example: 'America/Los_Angeles' },
    { pointer: '/instances/1/site/timeZone', instance: 'a' },
  ]);
  for (const day of ['02-29', '6-1', '13-01', '04-31', '2026-06-01']) {
    t.match(
      pluginsFileOf(t, { site: { allocationYearStart: day }, instances: [] }).problems,
      [{ pointer: '/site/allocationYearStart' }],
      day,
    );
  }
  t.end();
});

void t.test('a file that another user could have written is refused with the command that mends it', (t) => {
  const folder = t.testdir({ 'plugins.json': EMPTY, open: { 'plugins.json': EMPTY }, sticky: { 'plugins.json': EMPTY } });
  const at = (name: string) => ({ ...placesIn(folder), flag: join(folder, name) });
  chmodSync(join(folder, 'plugins.json'), 0o666);
  t.throws(() => readPluginsFile(at('plugins.json')), { code: 'CONFIG_UNSAFE', remedy: /chmod o-w .*plugins\.json/ });
  t.doesNotThrow(
    () => readPluginsFile({ ...at('plugins.json'), packaged: join(folder, 'plugins.json') }),
    'the packaged file is the package',
  );
  chmodSync(join(folder, 'open'), 0o777);
  t.throws(() => readPluginsFile(at('open/plugins.json')), { code: 'CONFIG_UNSAFE', message: /replaced/, remedy: /chmod o-w .*open/ });
  mkdirSync(join(folder, 'links'));
  symlinkSync(join(folder, 'open/plugins.json'), join(folder, 'links/plugins.json'));
  t.throws(() => readPluginsFile(at('links/plugins.json')), { code: 'CONFIG_UNSAFE' }, 'a link is judged by what it points to');
  chmodSync(join(folder, 'sticky'), 0o1777);
  t.doesNotThrow(() => readPluginsFile(at('sticky/plugins.json')));
  t.end();
});

void t.test('a file of another owner is refused', (t) => {
  const folder = t.testdir({ 'plugins.json': EMPTY });
  const file = join(folder, 'plugins.json');
  // Root can give its file away; anybody else can only take another's name.
  const { getuid } = process;
  if (getuid?.() === 0) chownSync(file, 4711, 4711);
  else process.getuid = () => 4711;
  t.teardown(() => {
    if (getuid) process.getuid = getuid;
  });
  t.match(distrustOf(file), { what: /belongs to another user/, remedy: /chown \d+ .*plugins\.json/ });
  t.end();
});
