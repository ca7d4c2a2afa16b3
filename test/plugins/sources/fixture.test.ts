import t from 'tap';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Row } from '../../../src/core/job.js';
import type { SkippedRecord } from '../../../src/core/job-source.js';
import { compileConfigSchema } from '../../../src/core/schema.js';
import { formatInstant } from '../../../src/core/instants.js';
import { AUTUMN_HOURS, sourceSuite } from '../../../src/testkit.js';
import definition, { FixtureSource } from '../../../src/plugins/sources/fixture/index.js';
import type { FixtureConfig } from '../../../src/plugins/sources/fixture/config.js';

const FIXTURES = resolve('test/fixtures');
const OLD = `${FIXTURES}/slurm-22.05.8`;
const ALL = { from: 0, to: 4_000_000_000 };
const site = { timeZone: 'UTC', allocationYearStart: '06-01' };

function create(config: Partial<FixtureConfig> & Pick<FixtureConfig, 'files'>, directory = FIXTURES): FixtureSource {
  return new FixtureSource({ format: 'auto', onError: 'fail', ...config }, site, directory);
}

async function readAll(source: FixtureSource, skipped: SkippedRecord[] = []): Promise<Row[]> {
  const options = { signal: new AbortController().signal, onSkip: (record: SkippedRecord) => void skipped.push(record), window: ALL };
  const rows: Row[] = [];
  for await (const batch of source.jobs({ ...options, accounts: await source.accounts(options) })) rows.push(...batch);
  return sorted(rows);
}

function sorted(rows: readonly Row[]): Row[] {
  const key = (row: Row): string => `${row.jobId.padStart(9)} ${row.submittedAt}`;
  return [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

async function read(config: Partial<FixtureConfig> & Pick<FixtureConfig, 'files'>, directory?: string): Promise<Row[]> {
  const source = create(config, directory);
  try {
    return await readAll(source);
  } finally {
    await source.close();
  }
}

const known = await read({ files: 'slurm-22.05.8/sacct-duplicates.psv' });

/** The recording, with one job that ends in each of the hours that autumn has twice. */
const autumn = [AUTUMN_HOURS.first, AUTUMN_HOURS.second].map((hour, index) => {
  return {
    ...known[0]!,
    jobId: `${900_000 + index}`,
    submittedAt: hour.from - 7200,
    eligibleAt: hour.from - 7200,
    startedAt: hour.from - 3600,
    endedAt: hour.from + 1800,
  };
});
const knownInAutumn = [...known, ...autumn];
const suiteFiles = { 'whole.ndjson': ndjson(knownInAutumn), 'twice.ndjson': ndjson([...knownInAutumn, ...knownInAutumn.slice(-3)]) };
const suiteDirectory = t.testdir({ ...suiteFiles, 'torn.ndjson': suiteFiles['whole.ndjson'].slice(0, -20) });
const FILES_UNDER: Readonly<Record<string, string>> = { none: 'whole.ndjson', torn: 'torn.ndjson', duplicate: 'twice.ndjson' };

function ndjson(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

for (const spoolBytes of [1_000_000, 0]) {
  await sourceSuite(t, ({ fault }) => create({ files: FILES_UNDER[fault ?? 'none'] ?? 'nowhere', spoolBytes }, suiteDirectory), {
    known: { rows: knownInAutumn, window: { from: known[5]!.endedAt!, to: known[20]!.endedAt! } },
    capabilities: ['accounts'],
    faults: ['torn', 'duplicate', 'unreachable'],
  });
}

void t.test('formats: sacct, slurmdb replies and NDJSON say the same', async (t) => {
  t.equal(known.length, 38);
  const withoutUid = known.map((row) => ({ ...row, uid: null }));
  const rest = await read({ files: 'slurm-22.05.8/rest-v0.0.38-jobs.json' });
  t.strictSame(rest, withoutUid);
  const asText = { ...known[0]!, submittedAt: formatInstant(known[0]!.submittedAt) };
  const lines = [asText, ...known.slice(1)].map((row) => JSON.stringify(row)).join('\n');
  const directory = t.testdir({ 'jobs.ndjson': lines });
  t.strictSame(await read({ files: 'jobs.ndjson' }, directory), known);
});

void t.test('gzip, a directory, several files and several documents give the same rows', async (t) => {
  const psv = await readFile(`${OLD}/sacct-duplicates.psv`, 'utf8');
  const reply = await readFile(`${OLD}/rest-v0.0.38-jobs.json`, 'utf8');
  const [header = '', ...lines] = psv.trimEnd().split('\n');
  const directory = t.testdir({
    'all.psv.gz': gzipSync(psv),
    parts: { a: [header, ...lines.slice(0, 10)].join('\r\n'), b: [header, ...lines.slice(10), ''].join('\n') },
    'twice.json': `${reply}\n${reply}`,
    'headers.psv': `${psv}${psv}`,
  });
  t.strictSame(await read({ files: 'all.psv.gz' }, directory), known);
  t.strictSame(await read({ files: 'parts', spoolBytes: 100 }, directory), known);
  t.strictSame(await read({ files: ['parts/b', 'parts/a'] }, directory), known);
  t.equal((await read({ files: 'twice.json' }, directory)).length, 76);
  t.equal((await read({ files: 'headers.psv' }, directory)).length, 76);
});

void t.test('standard input', async (t) => {
  const script = `
    import { FixtureSource } from ${JSON.stringify(new URL('../../../src/plugins/sources/fixture/index.js', import.meta.url).href)};
    const source = new FixtureSource({ files: '-', format: 'auto', onError: 'fail' }, { timeZone: 'UTC', allocationYearStart: '06-01' }, '.');
    let count = 0;
    for await (const rows of source.jobs({ accounts: ['fc_alpha', 'co_beta'], window: { from: 0, to: 4e9 }, signal: new AbortController().signal, onSkip() {} })) count += rows.length;
    await source.close();
    console.log(count);`;
  const child = execFile(process.execPath, ['--input-type=module', '-e', script]);
  child.stdin?.end(await readFile(`${OLD}/sacct-duplicates.psv`));
  let output = '';
  child.stdout?.on('data', (text: string) => (output += text));
  await new Promise((done) => child.once('close', done));
  t.equal(output, '38\n');
});

void t.test('local times are read in the declared zone', async (t) => {
  const inUtc = await read({ files: 'slurm-22.05.8/sacct-local-time.psv' });
  t.strictSame(await read({ files: 'slurm-22.05.8/sacct-pacific.psv', timeZone: 'America/Los_Angeles' }), inUtc);
});

void t.test('steps are no rows', async (t) => {
  const psv = await readFile(`${OLD}/sacct-duplicates.psv`, 'utf8');
  const steps = psv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^([^|]*)\|(\d+)\|/, '$1.batch|$2.batch|'));
  const directory = t.testdir({ 'jobs.psv': `${psv}${steps.join('\n')}\n` });
  t.strictSame(await read({ files: 'jobs.psv' }, directory), known);
});

void t.test('a configured cluster is said, and given to rows without one', async (t) => {
  const job = { ...known[0]!, cluster: null };
  const directory = t.testdir({ 'jobs.ndjson': JSON.stringify(job) });
  const source = create({ files: 'jobs.ndjson', cluster: 'savio' }, directory);
  t.equal(source.cluster, 'savio');
  t.equal((await readAll(source))[0]?.cluster, 'savio');
  t.equal('cluster' in create({ files: 'x' }) && create({ files: 'x' }).cluster, undefined);
  await source.close();
});

void t.test('bad lines and records: file, position, field, value and remedy', async (t) => {
  const psv = (await readFile(`${OLD}/sacct-duplicates.psv`, 'utf8')).trimEnd().split('\n');
  const bad = (line: number, change: (text: string) => string): string =>
    psv.map((text, index) => (index === line - 1 ? change(text) : text)).join('\n');
  const directory = t.testdir({
    'state.psv': bad(4, (text) => text.replace('|COMPLETED|', '|FINISHED|')),
    'fields.psv': bad(3, (text) => `${text}|more`),
    'account.psv': bad(3, (text) => text.replace('|fc_alpha|', '||')),
    'noheader.psv': psv.slice(1).join('\n'),
    'columns.psv': 'JobID|State\n1|COMPLETED\n',
    'jobs.ndjson': `${JSON.stringify(known[0])}\n${JSON.stringify({ ...known[1]!, cpuCount: -1 })}\n`,
    'text.ndjson': `${JSON.stringify(known[0])}\n{"jobId": \n`,
    'reply.json': JSON.stringify({ meta: { plugin: { data_parser: 'data_parser/v0.0.44' } }, jobs: [{ job_id: 5 }], errors: [] }),
    'error.json': JSON.stringify({ detail: 'no' }),
    'array.json': '[]',
  });
  const wrong: readonly (readonly [string, object])[] = [
    ['state.psv', { message: /state\.psv line 4: State = "FINISHED"/, context: { line: 4, field: 'State' } }],
    ['fields.psv', { message: /fields\.psv line 3/, context: { line: 3 } }],
    ['account.psv', { message: /account\.psv line 3: Account/, context: { line: 3, field: 'Account' } }],
    ['noheader.psv', { message: /noheader\.psv: the first line names no columns/, remedy: /noheader/ }],
    ['columns.psv', { message: /columns\.psv: .*lacks columns/, remedy: /--format/ }],
    ['jobs.ndjson', { message: /jobs\.ndjson line 2: cpuCount = -1/, context: { line: 2, field: 'cpuCount', value: '-1' } }],
    ['text.ndjson', { message: /text\.ndjson line 2: .*no JSON/ }],
    ['reply.json', { message: /reply\.json record 1/, context: { record: 1 } }],
    ['error.json', { message: /error\.json: The reply has no list of jobs/ }],
    ['array.json', { message: /array\.json: .*which version/ }],
  ];
  for (const [file, error] of wrong) {
    const source = create({ files: file }, directory);
    await t.rejects(readAll(source), { code: 'INPUT_INVALID', ...error }, file);
    await source.close();
  }
});

void t.test('onError skip: each bad record is told once, however often it is read, and the others go on', async (t) => {
  const psv = (await readFile(`${OLD}/sacct-duplicates.psv`, 'utf8')).trimEnd().split('\n');
  psv[3] = psv[3]!.replace('|COMPLETED|', '|FINISHED|');
  psv[5] = 'rubbish';
  const directory = t.testdir({ 'jobs.psv': psv.join('\n'), 'jobs.ndjson': `{"jobId": 5}\n${JSON.stringify(known[0])}` });
  const source = create({ files: ['jobs.psv', 'jobs.ndjson'], onError: 'skip' }, directory);
  const skipped: SkippedRecord[] = [];
  t.equal((await readAll(source, skipped)).length, 37);
  t.equal((await readAll(source, skipped)).length, 37);
  t.strictSame(
    skipped.map(({ where, position }) => `${where.replace(directory, '')} ${position}`),
    ['/jobs.psv 6', '/jobs.ndjson 1', '/jobs.psv 4'],
  );
  t.ok(skipped.every(({ message, remedy }) => message !== '' && remedy !== ''));
  await source.close();
});

void t.test('nothing is left in the temporary directory after close, after an error and after an abort', async (t) => {
  const psv = await readFile(`${OLD}/sacct-duplicates.psv`, 'utf8');
  const [header = '', ...lines] = psv.trimEnd().split('\n');
  const many = Array.from({ length: 400 }, () => lines.join('\n')).join('\n');
  const directory = t.testdir({ temporary: {}, 'jobs.psv': `${header}\n${many}\n`, 'bad.psv': `${header}\n${many}\nrubbish\n` });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = `${directory}/temporary`;
  t.teardown(() => (before === undefined ? delete process.env.TMPDIR : (process.env.TMPDIR = before)));
  const spoolBytes = 1_000;
  t.equal((await read({ files: 'jobs.psv', spoolBytes }, directory)).length, 38 * 400);
  await t.rejects(read({ files: 'bad.psv', spoolBytes }, directory), { code: 'INPUT_INVALID' });
  const controller = new AbortController();
  const source = create({ files: 'jobs.psv', spoolBytes }, directory);
  await t.rejects(async () => {
    for await (const rows of source.jobsById(['1'], { signal: controller.signal, onSkip: () => undefined })) {
      t.ok(rows.length > 0);
      controller.abort(new Error('interrupted'));
    }
    controller.signal.throwIfAborted();
  }, /interrupted/);
  await source.close();
  const aborted = create({ files: 'jobs.psv', spoolBytes }, directory);
  const soon = new AbortController();
  const reading = aborted.accounts({ signal: soon.signal, onSkip: () => undefined, window: ALL });
  soon.abort(new Error('interrupted'));
  await t.rejects(reading, /interrupted/);
  await aborted.close();
  t.strictSame(await readdir(`${directory}/temporary`), []);
});

void t.test('check says what is there, and reads no standard input', async (t) => {
  const directory = t.testdir({ 'jobs.psv': 'JobID|JobIDRaw\n', empty: '' });
  const signal = new AbortController().signal;
  t.match(await create({ files: ['jobs.psv', 'empty', '-'] }, directory).check({ signal }), [
    { ok: true, message: /text with a header line/ },
    { ok: false, message: /empty/ },
    { ok: true, message: /standard input/ },
  ]);
  t.match(await create({ files: 'missing' }, directory).check({ signal }), [
    { ok: false, message: /missing does not exist/, remedy: /path/ },
  ]);
});

void t.test('the definition: an unknown key is refused, defaults are filled in', (t) => {
  const isValid = compileConfigSchema(definition.configSchema);
  const config = { files: 'jobs.psv' };
  t.ok(isValid(config));
  t.strictSame(config, { files: 'jobs.psv', format: 'auto', onError: 'fail' });
  t.notOk(isValid({ files: 'jobs.psv', zone: 'UTC' }));
  t.notOk(isValid({}));
  t.end();
});
