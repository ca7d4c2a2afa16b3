import { Config } from '@oclif/core';
import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { interpretPluginsFile } from '../src/core/plugins-file-content.js';
import { CAUSES } from '../src/core/retired/defects.js';
import { fences } from './support/readme.js';

const GUIDE = readFileSync('docs/MIGRATING.md', 'utf8');
const config = await Config.load({ root: process.cwd() });

/** Command lines of the guide: in code spans, and in the cron lines that are no comments. */
function commandLines(): string[] {
  const spans = [...GUIDE.replaceAll(/^```[^]*?^```/gm, '').matchAll(/`(brc-sync [^`]+)`/g)].map(([, line = '']) => line);
  const cron = fences(GUIDE, '').flatMap((block) =>
    block
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .flatMap((line) => /brc-sync .*$/.exec(line)?.[0] ?? []),
  );
  return [...spans, ...cron];
}

void t.test('the commands and flags of docs/MIGRATING.md are there', async (t) => {
  const lines = commandLines();
  t.ok(lines.length > 20);
  for (const line of lines) {
    const words = line.split(/\s+/).slice(1);
    const depth = words.length > 1 && config.findCommand(words.slice(0, 2).join(':')) !== undefined ? 2 : 1;
    const command = config.findCommand(words.slice(0, depth).join(':'));
    t.ok(command !== undefined, line);
    if (command === undefined) continue;
    for (const word of words.filter((each) => each.startsWith('-'))) {
      const known = Object.values(command.flags).some(({ name, char }) => word === `--${name}` || word === `-${char ?? ''}`);
      t.ok(known, `${line}: ${word}`);
    }
  }
  const flags = new Set(
    config.commands.flatMap(({ flags: own }) => Object.values(own).flatMap(({ name, char }) => [`--${name}`, `-${char ?? ''}`])),
  );
  const retired = new Set(['--PUSH', '-T', '--PRICE_FILE', '-T mybrc', '-T mylrc']);
  for (const [, flag = ''] of GUIDE.matchAll(/`(--?[A-Za-z][A-Za-z_-]*)[^`]*`/g)) {
    if (!retired.has(flag)) t.ok(flags.has(flag), flag);
  }
});

void t.test('its token files, logs and sinks are those of the packaged plugins.json', async (t) => {
  const { instances } = interpretPluginsFile(JSON.parse(readFileSync('plugins.json', 'utf8')), [], process.cwd());
  const rows = [
    ...GUIDE.matchAll(
      /^\| `\w+\.py.*` \| `brc-sync run (update|full) --sink (\w+)` \| `([\w.]+)` \| `([^`]+)` \|$|^\| `sync_brcdb.py` .*\| `brc-sync run (update) --sink (mybrc)` \| `([\w.]+)` \| `([^`]+)` \|$/gm,
    ),
  ];
  t.equal(rows.length, 7);
  const told = rows.map((row) => row.slice(1).filter(Boolean));
  for (const [command = '', sink = '', tokenFile = '', log = ''] of told) {
    const replaces = instances.find(({ name }) => name === sink)?.replaces?.[command as 'update' | 'full'] ?? [];
    const debugLog = log.includes('[_debug]') ? log.replace('[_debug]', '_debug') : undefined;
    const script = { tokenFile, log: log.replace('[_debug]', ''), ...(debugLog === undefined ? {} : { debugLog }) };
    t.ok(
      replaces.some((each) => JSON.stringify(each) === JSON.stringify(script)),
      JSON.stringify(script),
    );
  }
  t.equal(instances.flatMap(({ replaces }) => [...(replaces?.update ?? []), ...(replaces?.full ?? [])]).length, rows.length);
});

void t.test('its defects are those that shadow tells', (t) => {
  const numbers = [...GUIDE.matchAll(/^\| (\d+) \|/gm)].map(([, number = '']) => number);
  t.same(
    numbers,
    Array.from({ length: 13 }, (_, index) => String(index + 1)),
  );
  for (const cause of Object.keys(CAUSES).filter((key) => /^\d/.test(key))) t.ok(numbers.includes(cause));
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly files: readonly string[] };
  t.ok(files.includes('docs') && existsSync('docs/MIGRATING.md'), 'it is in the package');
  t.end();
});
