import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Config } from '@oclif/core';
import t from 'tap';
import { BUILTIN } from '../src/builtin-plugins.js';
import { ERROR_CODES } from '../src/core/errors.js';
import { EXIT } from '../src/core/exit-codes.js';
import { FINDING_KINDS } from '../src/core/finding.js';
import type { PluginDefinition } from '../src/core/plugin.js';
import { compilePluginConfig } from '../src/core/plugin-config.js';
import { interpretPluginsFile, PLUGINS_FILE_SCHEMA } from '../src/core/plugins-file-content.js';
import { DEFAULT_SITE, SITE_SCHEMA } from '../src/core/site.js';
import { WAITING_KINDS } from '../src/core/status/waiting.js';
import * as tokens from '../src/core/tokens.js';
import { brcSync, quickstart } from './support/cli.js';
import { codeSpans, fences, README, section, tableRows } from './support/readme.js';

const config = await Config.load({ root: process.cwd() });
const commands = config.commands.map((command) => ({ ...command, words: command.id.replaceAll(':', ' ') }));

/** The first thing in backticks of each row. */
function named(text: string): string[] {
  return tableRows(text).map(([first = '']) => codeSpans(first)[0] ?? first);
}

/** The rows of the table behind a sentence. */
function tableAfter(title: string, sentence: string): string {
  const text = section(title);
  return text.slice(text.indexOf(sentence)).split(/(?<=\|)\n\n/)[0] ?? '';
}

async function definitionOf(plugin: string): Promise<PluginDefinition> {
  const module = (await BUILTIN[plugin]!()) as { readonly default: PluginDefinition };
  return module.default;
}

interface Property {
  readonly default?: unknown;
}

async function optionsOf(plugin: string): Promise<Readonly<Record<string, Property>>> {
  const { configSchema } = await definitionOf(plugin);
  return configSchema.properties as Readonly<Record<string, Property>>;
}

void t.test('every command is in the README, and no other', async (t) => {
  const table = tableAfter('Commands', '| command ');
  t.same(named(table).sort(), commands.map(({ words }) => `brc-sync ${words}`).sort());
  const code = [...codeSpans(README), ...fences(README, '')].join('\n');
  const told = [...code.matchAll(/(?:brc-sync|bin\/run\.js) ([a-z]+ [a-z]+)/g)].map((match) => match[1]);
  t.ok(told.length > 5);
  for (const words of told)
    t.ok(
      commands.some((command) => command.words === words || command.words === words?.split(' ')[0]),
      `brc-sync ${words} exists`,
    );
});

void t.test('every flag is in the table of its command, and no other', async (t) => {
  for (const { words, flags } of commands) {
    const sentence = section('Commands')
      .split('\n')
      .find((line) => line.startsWith('Flags of ') && codeSpans(line).some((span) => span === words || span === `${words} RUN`));
    const table = tableAfter('Commands', sentence ?? `no flags of ${words}`);
    const rows = tableRows(table).filter(([, meaning = '']) => (/^Of `([^`]+)` only/.exec(meaning)?.[1] ?? words) === words);
    t.same(
      rows.map(([name = '']) => codeSpans(name)[0] ?? name).sort(),
      Object.keys(flags)
        .map((name) => `--${name}`)
        .sort(),
      words,
    );
    for (const { name, char } of Object.values(flags)) {
      if (char !== undefined) t.match(table, `\`--${name}\`, \`-${char}\``);
    }
  }
  const known = new Set(['--help', ...commands.flatMap(({ flags }) => Object.keys(flags).map((name) => `--${name}`))]);
  const lines = fences(README, '').flatMap((block) => block.split('\n').filter((line) => /brc-sync [a-z]|bin\/run\.js/.test(line)));
  const ours = codeSpans(README).filter((span) => /^(?:brc-sync|runs?|plugins|verify|explain|-)/.test(span));
  for (const [flag] of [...ours, ...lines].join('\n').matchAll(/(?<!\S)--[a-z-]+/g)) t.ok(known.has(flag), `${flag} exists`);
});

void t.test('every command has an example in its help', async (t) => {
  await Promise.all(
    commands.map(async ({ words }) => {
      const { stdout } = await brcSync([...words.split(' '), '--help']);
      t.match(stdout, new RegExp(`^EXAMPLES\n +\\$ brc-sync ${words}`, 'm'), words);
    }),
  );
});

void t.test('every error code, finding and exit code is in the README, and no other', async (t) => {
  t.same(named(section('Errors')).sort(), Object.keys(ERROR_CODES).sort());
  t.same(named(section('Findings')).sort(), [...FINDING_KINDS].sort());
  t.same(named(section('Status')), WAITING_KINDS);
  t.same(
    named(section('Exit codes')),
    Object.values(EXIT).map((code) => String(code)),
  );
});

void t.test('every option of the built-in plugins is in the README with its default, and no other', async (t) => {
  for (const plugin of Object.keys(BUILTIN)) {
    const rows = tableRows(section(`Plugin ${plugin}`));
    const options = await optionsOf(plugin);
    t.same(rows.map(([name = '']) => codeSpans(name)[0]).sort(), Object.keys(options).sort(), plugin);
    for (const [name = '', shown = ''] of rows) {
      const value = options[codeSpans(name)[0] ?? '']?.default;
      if (value === undefined) continue;
      const text = codeSpans(shown)[0];
      t.same(
        text,
        typeof value === 'string' && value === value.trim() ? value : JSON.stringify(value).replaceAll(',', ', '),
        `${plugin} ${name}`,
      );
    }
  }
});

void t.test('every key of plugins.json and every token is in the README, and no other', async (t) => {
  const { properties } = PLUGINS_FILE_SCHEMA.properties.instances.items;
  t.same(named(tableAfter('plugins.json', 'Keys of an instance')).sort(), Object.keys(properties).sort());
  const site = tableRows(tableAfter('plugins.json', 'Settings of `site`'));
  t.same(site.map(([name = '']) => codeSpans(name)[0]).sort(), Object.keys(SITE_SCHEMA.properties).sort());
  for (const key of ['timeZone', 'allocationYearStart', 'settleMinutes', 'runawayDays', 'fullReadingDays'] as const) {
    const row = site.find(([name]) => name === `\`${key}\``);
    t.equal(row?.[1], `\`${DEFAULT_SITE[key]}\``);
  }
  t.same(named(section('Write a plugin')).sort(), Object.keys(tokens).sort());
});

void t.test('every plugins.json of the README is valid', async (t) => {
  const examples = fences(README, 'json');
  t.ok(examples.length >= 3);
  for (const example of examples) {
    const { instances, problems } = interpretPluginsFile(JSON.parse(example), [], '/etc/brc-sync');
    t.same(problems, []);
    for (const { plugin, config: given } of instances) {
      t.same(compilePluginConfig((await definitionOf(plugin)).configSchema)(given), []);
    }
  }
});

void t.test('the output that the README shows is what the quickstart prints', async (t) => {
  const { stdout, code } = await quickstart('update', t.testdir());
  t.equal(code, 0);
  const shown = fences(section('Try it'), '').find((block) => block.includes('CHANGES')) ?? '';
  const printed = new Set(stdout.split('\n').map((line) => line.trimEnd()));
  for (const line of shown.trimEnd().split('\n')) {
    if (line !== '…' && !line.startsWith('Plan: ')) t.ok(printed.has(line), line);
  }
  const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;
  t.match(scripts.quickstart, 'run update --source fixture --sink log --start 2026-11-22 --end 2026-11-22');
});

void t.test('links of the documents lead somewhere', async (t) => {
  const anchors = [...README.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const file of [
    'README.md',
    'CHANGELOG.md',
    'docs/PLUGINS.md',
    'docs/MIGRATING.md',
    'examples/README.md',
    'test/fixtures/README.md',
  ]) {
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('https://')) continue;
      const [path = '', anchor] = target.split('#');
      t.ok(path === '' || existsSync(join(dirname(file), path)), `${file}: ${target}`);
      if (anchor !== undefined) t.ok(anchors.includes(anchor), `${file}: ${target}`);
    }
  }
  for (const [script] of README.matchAll(/(?<=npm run )[a-z:-]+/g)) {
    t.match(readFileSync('package.json', 'utf8'), `"${script}":`);
  }
  t.match(README, `brc-sync-${config.version}.tgz`);
});
