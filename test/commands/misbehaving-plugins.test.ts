import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { loadPlugin } from '../../src/core/plugin-module.js';
import { pluginsFolder } from '../plugin-fixtures.js';
import { brcSync, freshBrcSync, type Ended } from '../support/cli.js';

const DAY = ['--start', '2026-11-22', '--end', '2026-11-22', '--state-dir', 'state', '--allow', 'empty-sink'];

interface Story extends Ended {
  readonly folder: string;
  /** Job ids that reached `put`. */
  readonly written: readonly string[];
}

/** Runs a command against a sink that does one thing wrong; in a process of its own where that would stay. */
async function withSin(t: Test, sin: string, args: readonly string[]): Promise<Story> {
  const folder = pluginsFolder(t, {
    site: { prices: resolve('examples/bank-config.toml') },
    instances: [
      { name: 'jobs', plugin: 'fixture', config: { files: resolve('examples/slurm-jobs.psv') } },
      { name: 'bad', plugin: './plugins/misbehaves.mjs', config: { sin } },
    ],
  });
  const run = /^(?:pollutes|hangs)/.test(sin) ? freshBrcSync : brcSync;
  const ended = await run(args, folder, { BRC_SYNC_LOCK_DIR: folder });
  const file = join(folder, 'written');
  return { ...ended, folder, written: existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [] };
}

const RUN = ['run', 'full', '--source', 'jobs', '--sink', 'bad', ...DAY];
const WHO = /instance "bad"|Sink bad \(plugin \.\/plugins\/misbehaves\.mjs\)/;

void t.test('one that behaves is written to, so that the others mean something', async (t) => {
  const { code, written, stderr } = await withSin(t, 'none', RUN);
  t.equal(code, 0, stderr);
  t.ok(written.length > 20);
});

/** What it does wrong; where; what is said. */
const REFUSED: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['throws when made', RUN, /cannot be constructed: no such luck/],
  ['hands over garbage', RUN, /hands over 'garbage' in recordsOfAccount\(\): a batch is an array/],
  ['fails while reading', RUN, /failed in recordsOfAccount\(\): TypeError: undefined is not a function/],
  ['pollutes when made', RUN, /changes what every part of the program relies on: Object\.prototype\.polluted/],
  ['pollutes while reading', RUN, /changes what every part of the program relies on: Array\.prototype\.sort/],
  ['sends while reading', [...RUN, '--dry-run'], /wants to send PUT jobs\/1 where nothing may be written: nothing was sent/],
];

for (const [sin, args, words] of REFUSED) {
  void t.test(`a plugin that ${sin}: nothing is written, and it is named`, async (t) => {
    const { code, stderr, written } = await withSin(t, sin, args);
    t.equal(code, 1);
    t.match(stderr, WHO);
    t.match(stderr, words);
    t.strictSame(written, []);
  });
}

void t.test('one that answers a write with garbage: the run stops, and its journal knows what is open', async (t) => {
  const { code, stderr, written, folder } = await withSin(t, 'answers garbage', RUN);
  t.equal(code, 1);
  t.match(stderr, /Sink bad .* answers put\(\) with 'fine': status is one of applied/);
  const run = join(folder, 'state', 'runs');
  const [id = ''] = readdirSync(run);
  const journal = readFileSync(join(run, id, 'journal.ndjson'), 'utf8');
  const count = (type: string): number => journal.split(`"type":"${type}"`).length - 1;
  t.equal(count('intent') - count('withdrawn'), written.length);
  t.notMatch(journal, '"status":"applied"');
});

void t.test('a dry run puts nothing', async (t) => {
  const { code, stderr, written } = await withSin(t, 'none', [...RUN, '--dry-run']);
  t.equal(code, 0, stderr);
  t.strictSame(written, []);
});

void t.test('one that hangs in check() is given up, and named', async (t) => {
  const { code, stdout, stderr } = await withSin(t, 'hangs in check', ['plugins', 'validate', '--check', '--deadline', '1']);
  t.equal(code, 6);
  t.match(stdout, /BAD +check: Sink bad \(plugin .*misbehaves\.mjs\) gives no answer to check\(\) within 1 s/);
  t.match(stderr, /a check found something wrong: bad: /);
});

void t.test('one that pollutes, throws or waits for ever while it is loaded', async (t) => {
  const folder = pluginsFolder(t, { instances: [{ name: 'bad', plugin: './plugins/pollutes.mjs' }] });
  const polluting = await freshBrcSync(['plugins', 'validate'], folder);
  t.equal(polluting.code, 2);
  t.match(polluting.stderr, /instance "bad": .* changes what every part of the program relies on: Object\.prototype\.polluted/);
  const throwing = pluginsFolder(t, { instances: [{ name: 'bad', plugin: './plugins/explodes.mjs' }] });
  t.match((await brcSync(['plugins', 'validate'], throwing)).stderr, /instance "bad": .* fails when it is loaded: no such luck/);
  t.match(await loadPlugin('./plugins/never-loads.mjs', {}, join(throwing, 'plugins.json'), 50), {
    code: 'PLUGIN_INVALID',
    what: /fails when it is loaded: it is not done after 0\.05 s/,
  });
});
