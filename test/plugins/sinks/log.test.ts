import t from 'tap';
import { mkdir, readFile, stat } from 'node:fs/promises';
import type { Change } from '../../../src/core/change.js';
import { parseInstant } from '../../../src/core/instants.js';
import { compileConfigSchema } from '../../../src/core/schema.js';
import { describeChange } from '../../../src/plugins/sinks/log/describe-change.js';
import definition from '../../../src/plugins/sinks/log/index.js';
import { sinkSuite } from '../../../src/testkit.js';
import { accounts, ALL, ALLOCATIONS, create, FIXTURES, jobs, known, signal, silent } from './log-sink.js';

/** Snapshots in each kind of trouble that files can be in. */
const SNAPSHOT_UNDER: Readonly<Record<string, string>> = { none: 'jobs.json', torn: 'torn.json', unreachable: 'nowhere.json' };
const snapshot = JSON.stringify(jobs);

for (const spoolBytes of [0, 10_000_000]) {
  const directory = t.testdir({
    'allocations.json': JSON.stringify(ALLOCATIONS),
    'jobs.json': snapshot,
    'torn.json': snapshot.slice(0, -200),
  });
  await sinkSuite(
    t,
    ({ fault, logger }) => {
      const allocations = fault === 'unreachable' ? 'nowhere.json' : 'allocations.json';
      return create({ records: SNAPSHOT_UNDER[fault ?? 'none'] ?? '', allocations, spoolBytes }, directory, [], logger);
    },
    {
      known: {
        records: known,
        window: { from: parseInstant('2026-07-01T00:00:00Z')!, to: parseInstant('2026-09-01T12:00:01Z')! },
        statuses: ['RUNNING', 'CANCELLED', 'COMPLETED'],
        accounts,
      },
      capabilities: ['accounts', 'recordsOfAccount', 'record', 'totals'],
      faults: ['torn', 'unreachable'],
    },
  );
}

await sinkSuite(t, () => create({}), {
  known: { records: [], window: ALL, statuses: ['RUNNING'] },
  capabilities: ['recordsOfAccount', 'record', 'totals'],
});

const after = { ...known[0]!, jobId: '12345', amount: '3.20', state: 'COMPLETING' };
const update: Change = {
  kind: 'update',
  jobId: '12345',
  account: 'fc_alpha',
  userId: '10001',
  before: { ...after, amount: '96.00', state: 'RUNNING', endedAt: null },
  after,
  drift: ['state', 'amount'],
  suDifference: '-92.80',
};

void t.test('lines for people', (t) => {
  t.equal(describeChange(update), '12345 fc_alpha RUNNING→COMPLETING amount 96.00→3.20 (\u221292.80 SU)');
  t.equal(
    describeChange({ ...update, kind: 'create', before: null, drift: [], suDifference: '3.20' }),
    '12345 fc_alpha created COMPLETING amount 3.20 (+3.20 SU)',
  );
  t.equal(
    describeChange({ ...update, before: after, drift: ['endedAt', 'cpuCount'], suDifference: '0.00' }),
    '12345 fc_alpha COMPLETING amount 3.20 (0.00 SU) endedAt, cpuCount',
  );
  t.end();
});

void t.test('put writes whole lines, in order, to the output or to a private file', async (t) => {
  const directory = t.testdir({ 'old.log': 'before\n' });
  const lines: string[] = [];
  t.strictSame(await create({}, directory, lines).put(update, { signal }), { status: 'logged' });
  t.strictSame(lines, [describeChange(update)]);

  const sink = create({ file: 'changes.ndjson', format: 'ndjson' }, directory);
  await Promise.all(Array.from({ length: 200 }, (_, index) => sink.put({ ...update, jobId: String(index) }, { signal })));
  await sink.close();
  const written = (await readFile(`${directory}/changes.ndjson`, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Change);
  t.strictSame(
    written.map((change) => change.jobId),
    Array.from({ length: 200 }, (_, index) => String(index)),
  );
  t.match(written[0], { type: 'change', kind: 'update', drift: ['state', 'amount'], suDifference: '-92.80', before: { endedAt: null } });
  t.match(written[0], { after: { endedAt: /^20.*Z$/, submittedAt: '2026-09-01T11:00:00Z' } });
  t.equal((await stat(`${directory}/changes.ndjson`)).mode & 0o777, 0o600);

  const appending = create({ file: 'old.log' }, directory);
  await appending.put(update, { signal });
  await appending.close();
  t.equal(await readFile(`${directory}/old.log`, 'utf8'), `before\n${describeChange(update)}\n`);
});

void t.test('a log that cannot be written is OUTPUT_FAILED', async (t) => {
  const directory = t.testdir({});
  await mkdir(`${directory}/taken`);
  const sink = create({ file: 'taken' }, directory);
  await t.rejects(sink.put(update, { signal }), { code: 'OUTPUT_FAILED', message: /taken cannot be written/, remedy: /path/ });
  await sink.close();
});

void t.test('without a snapshot that is said, by check and in the log', async (t) => {
  const warnings: string[] = [];
  const sink = create({}, FIXTURES, [], { ...silent, warn: (message) => void warnings.push(message) });
  t.match(await sink.check({ signal }), [{ name: 'records', message: /no snapshot/ }]);
  t.equal(await sink.record('1', { signal }), null);
  t.equal(await sink.record('2', { signal }), null);
  t.match(warnings, [/no records to update/]);
  t.match(await create({ records: 'lists-jobs.json', allocations: 'missing' }).check({ signal }), [
    { ok: true },
    { ok: false, message: /missing/ },
  ]);
  await sink.close();
});

void t.test('the definition: defaults are filled in, an unknown key is refused', (t) => {
  const isValid = compileConfigSchema(definition.configSchema);
  const config = {};
  t.ok(isValid(config));
  t.match(config, { file: '-', format: 'text', periodicPrefixes: ['fc', 'ic', 'pc'], computeResource: ' Compute$' });
  t.notOk(isValid({ recrods: 'x' }));
  t.end();
});
