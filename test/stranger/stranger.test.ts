import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { packExample, packHost, shell, strangersEnvironment } from './packed.js';

// Outside this repository, so that nothing of it is found by accident.
const home = mkdtempSync(join(tmpdir(), 'brc-sync-stranger-'));
t.teardown(() => rmSync(home, { recursive: true, force: true }));
const env = strangersEnvironment(home);
const PERIOD = '--start 2026-11-01 --end 2026-11-02';

function emptyFolder(name: string): string {
  const folder = join(home, name);
  mkdirSync(folder);
  return folder;
}

const tarball = await packHost(emptyFolder('packed'), env);

void t.test('docs/PLUGINS.md, followed to the letter with the package alone', async (t) => {
  const folder = emptyFolder('docs');
  cpSync(tarball, join(folder, 'brc-sync.tgz'));
  const text = readFileSync('docs/PLUGINS.md', 'utf8');
  const steps = [...text.slice(0, text.indexOf('## The definition')).matchAll(/(?:nto `([\w.]+)`:\n\n)?```(\w+)\n(.*?)```/gs)];
  const printed: string[] = [];
  for (const [, file, language, content = ''] of steps) {
    if (file !== undefined) writeFileSync(join(folder, file), content);
    else if (language === 'sh') for (const line of content.trim().split('\n')) printed.push(await shell(line, folder, env));
  }
  const output = printed.join('\n');
  t.match(output, /^# fail 0$/m);
  t.match(output, /ledger +\.\/ledger\.mjs +sink +1\.0\.0 .* recordsOfAccount record /);
  t.match(output, /good {2}ledger: 0 records/);
  const lines = readFileSync(join(folder, 'ledger.ndjson'), 'utf8').trimEnd().split('\n');
  t.ok(lines.length > 20, `${lines.length} lines`);
  t.match(printed.at(-1), new RegExp(`${lines.length} records agree|${lines.length} records read; ${lines.length} records agree`));
  t.match(JSON.parse(readFileSync(join(folder, 'plugins.json'), 'utf8')), {
    $schema: './node_modules/brc-sync/schemas/plugins.schema.json',
  });
  t.ok(existsSync(join(folder, 'node_modules/brc-sync/schemas/plugins.schema.json')));
});

void t.test('the examples: packed, installed by name, tested and run', async (t) => {
  const examples = ['csv-sink', 'jobcomp-source'];
  const packed = emptyFolder('examples');
  const tarballs: string[] = [];
  for (const name of examples) tarballs.push(await packExample(name, packed, env));
  const folder = emptyFolder('site');
  await shell(`npm init --yes && npm install "${[tarball, ...tarballs].join('" "')}"`, folder, env);
  for (const name of examples) {
    const copy = join(packed, name);
    mkdirSync(join(copy, 'node_modules'), { recursive: true });
    symlinkSync(join(folder, 'node_modules/brc-sync'), join(copy, 'node_modules/brc-sync'));
    t.match(await shell('npm test', copy, env), /^# fail 0$/m, name);
  }
  cpSync('examples/jobcomp-source/jobcomp.ndjson', join(folder, 'jobcomp.ndjson'));
  writeFileSync(join(folder, 'prices.toml'), '[PartitionPrice]\nsavio3 = 1.0\n');
  await shell(`npx brc-sync plugins add brc-sync-jobcomp --config '{"files": "jobcomp.ndjson"}'`, folder, env);
  await shell('npx brc-sync plugins add brc-sync-csv', folder, env);
  t.match(
    await shell('npx brc-sync plugins list', folder, env),
    /csv +brc-sync-csv +sink +1\.0\.0 +package brc-sync-csv +recordsOfAccount record/,
  );
  const run = `npx brc-sync run full --source jobcomp --sink csv --prices prices.toml ${PERIOD}`;
  t.match(await shell(`${run} --allow empty-sink`, folder, env), /create +4 +16\.00/);
  t.match(readFileSync(join(folder, 'records.csv'), 'utf8'), /^104,fc_alpha,1001,4\.00,COMPLETING,savio3,/m);
  t.match(await shell(run, folder, env), /4 records agree/);

  // Far from any installed brc-sync: an unpacked tarball, named by its folder.
  const far = emptyFolder('far');
  await shell(`tar -xzf "${tarballs[1] ?? ''}"`, far, env);
  cpSync('examples/jobcomp-source/jobcomp.ndjson', join(far, 'jobcomp.ndjson'));
  const program = join(folder, 'node_modules/.bin/brc-sync');
  await shell(`"${program}" plugins add ./package`, far, env);
  t.match(await shell(`"${program}" plugins validate --check`, far, env), /good {2}dump: from 101/);
});

void t.test('plugins create, beside a global brc-sync: all four kinds, types and all', async (t) => {
  const prefix = emptyFolder('global');
  await shell(`npm install --global --prefix "${prefix}" "${tarball}"`, prefix, env);
  const folder = emptyFolder('created');
  const path = { ...env, PATH: `${join(prefix, 'bin')}:${env.PATH ?? ''}` };
  for (const kind of ['sink', 'source']) {
    await shell(
      `brc-sync plugins create my-${kind} --kind ${kind} && brc-sync plugins create my-typed-${kind} --kind ${kind} --typescript`,
      folder,
      path,
    );
    for (const name of [`my-${kind}`, `my-typed-${kind}`]) {
      const output = await shell('npm test && brc-sync plugins validate --check', join(folder, name), path);
      t.match(output, /[#ℹ] fail 0/, name);
      t.match(output, /2 instances are valid/);
    }
    const typed = join(folder, `my-typed-${kind}`);
    mkdirSync(join(typed, 'node_modules/@types'), { recursive: true });
    symlinkSync(resolve('node_modules/@types/node'), join(typed, 'node_modules/@types/node'));
    t.equal(
      execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '--types', 'node'], { cwd: typed, encoding: 'utf8' }),
      '',
    );
  }
});
