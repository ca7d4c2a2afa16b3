import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import t from 'tap';
import { FINDING_KINDS } from '../src/core/finding.js';
import { Journal } from '../src/core/journal.js';
import { RECORD_SCHEMA } from '../src/core/record.js';
import type { PlanEnd } from '../src/core/plan-file.js';
import type { RunSummary } from '../src/core/report.js';
import { quickstart } from './support/cli.js';
import { NOON, aRecord } from './support/jobs.js';
import { runsSite } from './support/runs-site.js';

interface Schema {
  readonly $id?: string;
  readonly definitions: Readonly<Record<string, { readonly enum: readonly string[]; readonly properties: object }>>;
}

function published(name: string): Schema {
  return JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as Schema;
}

function validator(name: string): ValidateFunction {
  const schemas = ['plan', 'summary', 'memory', 'journal'].map(published);
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, schemas });
  return ajv.getSchema(published(name).$id!)!;
}

void t.test('the generated schemas are those of the code', async (t) => {
  const directory = t.testdir();
  execFileSync(process.execPath, ['scripts/write-schemas.mjs', directory]);
  for (const name of ['job', 'record', 'plugins'])
    t.same(readFileSync(join(directory, `${name}.schema.json`), 'utf8'), readFileSync(`schemas/${name}.schema.json`, 'utf8'));
});

void t.test('the schema of a plan knows the code’s findings and fields', async (t) => {
  const { findingKind, record, recordField } = published('plan').definitions;
  const fields = Object.keys(RECORD_SCHEMA.properties);
  t.same(findingKind?.enum, FINDING_KINDS);
  t.same(Object.keys(record!.properties), fields);
  t.same(
    recordField?.enum,
    fields.filter((field) => !['jobId', 'account', 'userId'].includes(field)),
  );
});

for (const [command, ...flags] of [['update'], ['full', '--all-findings'], ['full', '--dry-run']] as const) {
  void t.test(`run ${[command, ...flags].join(' ')}: plan and summary fit their schemas`, async (t) => {
    const isLine = validator('plan');
    const isSummary = validator('summary');
    const { code, stdout } = await quickstart(command, t.testdir(), ...flags, '--json');
    t.equal(code, 0);
    const printed = JSON.parse(stdout) as RunSummary;
    t.ok(isSummary(printed), JSON.stringify(isSummary.errors));
    t.equal(printed.dryRun, (flags as readonly string[]).includes('--dry-run'));
    t.same(JSON.parse(readFileSync(printed.files.summary, 'utf8')), printed);

    const lines = readFileSync(printed.files.plan, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    t.same(
      lines.filter((line) => !isLine(line)),
      [],
    );
    t.equal(lines[0]?.type, 'plan');
    const totals = lines.at(-1) as PlanEnd & { type: string };
    t.same(
      { ...totals, accounts: totals.accounts.map(({ users, ...account }) => (users.length > 0 ? account : null)) },
      { type: 'totals', ...printed.totals, figures: totals.figures, digest: totals.digest },
    );
    t.same([...new Set(lines.map(({ type }) => type))], ['plan', 'change', 'finding', 'totals']);
  });
}

void t.test('each kind of line of a journal fits its schema', async (t) => {
  const isLine = validator('journal');
  const path = join(t.testdir(), 'journal.ndjson');
  const sink = { name: 'portal', target: 'https://portal.example/api/', cluster: null };
  const journal = await Journal.create(path, { runId: 'r1', of: null, sink }, { now: () => NOON });
  const facts = { kind: 'update', jobId: '1', account: 'fc_alpha', userId: '10001', drift: ['amount'], suDifference: '1.00' } as const;
  const change = { ...facts, before: aRecord({ jobId: '1' }), after: aRecord({ jobId: '1', amount: '2.00' }) };
  const intent = (): Promise<number> => journal.intent(change, { place: 7, usageMoves: '1.00', allocation: null });
  for (const outcome of [
    { status: 'applied' },
    { status: 'rejected', cause: 'c', message: 'm', remedy: 'r' },
    { status: 'unsettled', message: 'm' },
    { status: 'not-as-sent', message: 'm', fields: ['amount'] },
    { status: 'unauthorised', message: 'm', remedy: 'r' },
  ] as const)
    journal.outcome(await intent(), outcome);
  journal.withdraw(await intent());
  await journal.close();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  t.equal(lines.length, 13);
  for (const line of lines) t.ok(isLine(JSON.parse(line)), `${line}: ${JSON.stringify(isLine.errors)}`);
});

void t.test('the memory of a sink fits its schema', async (t) => {
  const { run, portal, state } = await runsSite(t);
  portal.state.directory.allocation('co_beta').shares.get('root')!.active = false;
  await run('update');
  await run('update');
  const [file = ''] = readdirSync(join(state, 'sinks'));
  const lines = readFileSync(join(state, 'sinks', file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  const isLine = validator('memory');
  t.same(
    lines.filter((line) => !isLine(line)),
    [],
  );
  t.same([...new Set(lines.map(({ type }) => type))], ['memory', 'allocation', 'run', 'written', 'refused', 'journal']);
});

void t.test('the schema of a plan refuses what no plan has', async (t) => {
  const isLine = validator('plan');
  const finding = {
    type: 'finding',
    kind: 'requeued',
    jobId: '1',
    account: 'a',
    message: 'm',
    remedy: 'r',
    suAtStake: '0.00',
    quiet: false,
  };
  t.ok(isLine(finding));
  for (const wrong of [{ suAtStake: 0 }, { suAtStake: '0.0' }, { kind: 'requeud' }, { quiet: null }, { type: 'findings' }, { more: 1 }]) {
    t.notOk(isLine({ ...finding, ...wrong }), JSON.stringify(wrong));
  }
});

void t.test('the schema of plugins.json knows the configuration of built-ins, and leaves that of others alone', (t) => {
  const isFile = new Ajv({ strict: false, allowUnionTypes: true }).compile(published('plugins'));
  t.ok(isFile(JSON.parse(readFileSync('plugins.json', 'utf8'))), JSON.stringify(isFile.errors));
  t.ok(isFile({ instances: [{ name: 'a', plugin: './mine', config: { fil: 'x' } }] }));
  t.notOk(isFile({ instances: [{ name: 'a', plugin: 'log', config: { fil: 'x' } }] }));
  t.end();
});
