import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { CsvSink } from '../examples/plugin/csv-sink.js';
import { sinkCases } from '../src/testkit.js';
import { brcSync } from './support/cli.js';
import { fences, section } from './support/readme.js';

void t.test('the README shows the plugin that is tested here', async (t) => {
  t.ok(fences(section('Write a plugin'), 'ts').includes(readFileSync('examples/plugin/csv-sink.ts', 'utf8')));
});

void t.test('a whole run into it, named by path', async (t) => {
  const folder = t.testdir();
  copyFileSync('.build/examples/plugin/csv-sink.js', join(folder, 'csv-sink.js'));
  const instances = [
    { name: 'jobs', plugin: 'fixture', config: { files: resolve('examples/slurm-jobs.psv') } },
    { name: 'csv', plugin: './csv-sink.js', config: { file: 'jobs.csv' } },
  ];
  writeFileSync(join(folder, 'plugins.json'), JSON.stringify({ site: { prices: resolve('examples/bank-config.toml') }, instances }));
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  const { code, stderr } = await brcSync(
    ['run', 'full', '--source', 'jobs', '--sink', 'csv', ...period, '--allow', 'empty-sink', '--state-dir', 'state'],
    folder,
    {
      BRC_SYNC_LOCK_DIR: folder,
    },
  );
  t.equal(stderr, '');
  t.equal(code, 0);
  const lines = readFileSync(join(folder, 'jobs.csv'), 'utf8').trimEnd().split('\n');
  t.ok(lines.length > 20);
  t.ok(lines.includes('8,co_beta,2.00'));

  const wrong = { instances: [{ name: 'csv', plugin: './csv-sink.js', config: { fil: 'jobs.csv' } }] };
  writeFileSync(join(folder, 'plugins.json'), JSON.stringify(wrong));
  const refused = await brcSync(['plugins', 'validate'], folder);
  t.equal(refused.code, 2);
  t.match(refused.stderr, /config\/fil is an unknown key/);
});

const directory = t.testdir();
const known = { records: [], window: { from: 0, to: 4_000_000_000 }, statuses: ['RUNNING'] };
for (const { title, run } of sinkCases({
  create: () => Promise.resolve(new CsvSink({ file: 'suite.csv' }, directory)),
  known,
  capabilities: ['recordsOfAccount', 'record'],
})) {
  void t.test(`conformance: ${title}`, run);
}
