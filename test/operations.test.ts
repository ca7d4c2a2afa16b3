import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '@oclif/core';
import t from 'tap';
import { EXIT } from '../src/core/exit-codes.js';
import { FINDING_KINDS } from '../src/core/finding.js';
import { ALLOWABLE } from '../src/core/guard-limits.js';
import { codeSpans, README, tableRows } from './support/readme.js';

const TEXT = readFileSync('docs/OPERATIONS.md', 'utf8');
const commands = (await Config.load({ root: process.cwd() })).commands.map(({ id, flags }) => ({ words: id.replaceAll(':', ' '), flags }));

function section(title: string): string {
  const found = TEXT.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`));
  if (found === undefined) throw new Error(`no heading ${title}`);
  return found;
}

/** What stands in backticks in the first column. */
function named(title: string): string[] {
  return tableRows(section(title)).map(([first = '']) => codeSpans(first)[0] ?? first);
}

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

void t.test('every exit code and every kind of finding has its row, and no other', (t) => {
  t.same(
    named('What every exit code asks of you'),
    Object.values(EXIT).map((code) => String(code)),
  );
  t.same(named('What every finding asks of you'), FINDING_KINDS);
  t.end();
});

void t.test('every command that it names is there, with these flags', (t) => {
  const spans = codeSpans(TEXT);
  const ours = spans.filter((span) => span.startsWith('brc-sync '));
  t.ok(ours.length > 40);
  for (const span of ours) {
    const line = span.slice('brc-sync '.length);
    const command = commands
      .filter(({ words }) => line === words || line.startsWith(`${words} `))
      .sort((a, b) => b.words.length - a.words.length)[0];
    t.ok(command, span);
    for (const [flag] of line.matchAll(/(?<=--)[a-z-]+/g)) t.ok(command !== undefined && flag in command.flags, `${span}: --${flag}`);
    const required = Object.values(command?.flags ?? {}).filter((flag) => flag.required === true);
    if (line.includes(' --')) for (const { name } of required) t.match(span, `--${name}`, `${span} can be typed as it stands`);
  }
  const known = new Set(commands.flatMap(({ flags }) => Object.keys(flags)));
  for (const span of spans.filter((each) => each.startsWith('--'))) t.ok(known.has(span.slice(2)), span);
  t.end();
});

void t.test('findings, limits of the guard and links that it names are there', (t) => {
  const dashed = codeSpans(TEXT).filter((span) => /^[a-z]+(?:-[a-z]+)+$/.test(span) && span !== 'brc-sync');
  const known = new Set<string>([...FINDING_KINDS, ...Object.keys(ALLOWABLE), ...codeSpans(README)]);
  for (const word of dashed) t.ok(known.has(word), word);
  for (const [, target = ''] of TEXT.matchAll(/\]\(([^)]+)\)/g)) {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? 'docs/OPERATIONS.md' : join('docs', path);
    t.ok(existsSync(file), target);
    if (anchor !== undefined) t.ok(anchorsOf(readFileSync(file, 'utf8')).includes(anchor), target);
  }
  t.match((JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] }).files.join(' '), 'docs');
  t.end();
});
