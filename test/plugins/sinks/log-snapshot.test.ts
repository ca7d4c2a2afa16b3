import t from 'tap';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { readPortalJob, readPortalJobText } from '../../../src/core/portal/portal-record.js';
import { readUsualJob } from '../../../src/core/portal/usual-job.js';
import { accounts, ALL, ALLOCATIONS, create, FIXTURES, jobs, page, readAll, signal, started } from './log-sink.js';

void t.test('pages, concatenated pages, an array, NDJSON and gzip say the same', async (t) => {
  const ndjson = jobs.map((job) => JSON.stringify(job)).join('\n');
  const pages = [page(jobs.slice(0, 100), jobs, true), page(jobs.slice(100, 200), jobs, false), page(jobs.slice(200), jobs, false)];
  const directory = t.testdir({
    'one.json': page(jobs, jobs, true),
    'all.json': pages.join('\n'),
    pages: { 'page-1.json': pages[0]!, 'page-10.json': pages[2]!, 'page-2.json': pages[1]! },
    'jobs.ndjson': ndjson,
    'spaced.ndjson.gz': gzipSync(jobs.map((job) => JSON.stringify(job).replaceAll(',"', ', "').replaceAll('":', '": ')).join('\n')),
  });
  for (const records of ['one.json', 'all.json', 'pages', 'jobs.ndjson', 'spaced.ndjson.gz', `${FIXTURES}/lists-jobs.json`]) {
    t.strictSame(await readAll({ records }, directory), started, records);
    t.strictSame(await readAll({ records, spoolBytes: 0 }, directory), started, `${records}, from the temporary file`);
  }
});

void t.test('the usual form is read as JSON.parse and the schema read it', (t) => {
  const odd = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '"', '\\', 'ä', '{', '}', '[', ']', ',', ':', '\n') });
  const text = fc.oneof({ arbitrary: fc.stringMatching(/^[a-z_0-9.]{1,20}$/), weight: 30 }, { arbitrary: odd, weight: 1 });
  const date = fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 2_000_000_000 }).map((at) => new Date(at * 1000).toISOString()),
  );
  const count = fc.oneof(fc.constant(null), fc.nat());
  const hours = fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom(2.0, 1e-7, 5e21));
  const nullable = fc.option(text);
  const job = fc.record(
    {
      jobslurmid: fc.oneof(fc.nat().map(String), text),
      submitdate: date,
      startdate: date,
      enddate: date,
      userid: nullable,
      accountid: text,
      amount: fc.oneof(
        fc.nat({ max: 1e9 }).map((cents) => (cents / 100).toFixed(2)),
        text,
      ),
      jobstatus: nullable,
      partition: nullable,
      qos: nullable,
      nodes: fc.array(fc.record({ name: text }), { maxLength: 3 }),
      num_cpus: count,
      num_req_nodes: count,
      num_alloc_nodes: count,
      raw_time: hours,
      cpu_time: hours,
    },
    { noNullPrototype: true },
  );
  let usual = 0;
  fc.assert(
    fc.property(job, fc.boolean(), (value, spaced) => {
      const json = spaced ? withSpaces(value) : JSON.stringify(value);
      if (readUsualJob(json) !== null) usual += 1;
      const wanted = readPortalJob(JSON.parse(json));
      const found = readPortalJobText(json);
      if ('remedy' in wanted) t.match(found, { remedy: wanted.remedy });
      else t.strictSame(found, wanted);
    }),
    { numRuns: 500 },
  );
  t.ok(usual > 50, `${usual} in the usual form`);
  t.ok(jobs.every((recorded) => readUsualJob(JSON.stringify(recorded)) !== null));
  t.end();
});

void t.test('a list that is not whole is refused, with what was expected and found', async (t) => {
  const moved = jobs.slice(1);
  const directory = t.testdir({
    'missing.json': page(jobs.slice(0, 100), jobs, true),
    'moved.json': page(jobs.slice(0, 100), jobs, true) + page(jobs.slice(100), moved, false),
    'sum.json': page([{ ...jobs[0]!, amount: '9.99' }, ...moved], jobs, true),
    'repeats.json': page([...jobs, jobs[3]!], jobs, true),
  });
  const refused = (message: RegExp) => ({ code: 'INPUT_INVALID', message, remedy: /again/ });
  await t.rejects(readAll({ records: 'missing.json' }, directory), refused(/250 entries, but hold 100/));
  await t.rejects(readAll({ records: 'moved.json' }, directory), refused(/499 entries/));
  await t.rejects(readAll({ records: 'sum.json' }, directory), refused(/service units/));
  t.strictSame(await readAll({ records: 'repeats.json' }, directory), started);
});

void t.test('of a repeated id the last record counts', async (t) => {
  const later = { ...jobs[0]!, amount: '77.00', accountid: 'co_beta' };
  const directory = t.testdir({ 'jobs.ndjson': [...jobs, later].map((job) => JSON.stringify(job)).join('\n') });
  const sink = create({ records: 'jobs.ndjson' }, directory);
  t.match(await sink.record(later.jobslurmid, { signal }), { amount: '77.00', account: 'co_beta' });
  t.equal((await sink.totals('co_beta', { signal, window: ALL })).amount, '77.00');
  t.equal((await sink.totals('fc_alpha', { signal, window: ALL })).count, started.length - 1);
  await sink.close();
});

void t.test('a bad record: file, position, field, value and remedy', async (t) => {
  const job = jobs[0]!;
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ ...job, amount: '1.5' }, /amount = "1\.5"/],
    [{ ...job, amount: 1.25 }, /amount = 1\.25/],
    [{ ...job, submitdate: '2026-09-01T11:00:00' }, /submitdate = "2026-09-01T11:00:00"/],
    [{ ...job, num_cpus: -1 }, /num_cpus = -1/],
    [{ amount: '1.00', accountid: 'fc_alpha' }, /jobslurmid/],
  ];
  for (const [value, message] of wrong) {
    const directory = t.testdir({
      'jobs.ndjson': `${JSON.stringify(job)}\n${JSON.stringify(value)}`,
      'jobs.json': JSON.stringify([job, value]),
    });
    await t.rejects(readAll({ records: 'jobs.ndjson' }, directory), { code: 'INPUT_INVALID', message, remedy: /unchanged/ });
    await t.rejects(readAll({ records: 'jobs.ndjson' }, directory), { message: /jobs\.ndjson line 2/ });
    await t.rejects(readAll({ records: 'jobs.json' }, directory), { message: /jobs\.json record 2/ });
  }
  const doubled = JSON.stringify(job)
    .replace('{', '{"accountid":"fc_alpha",')
    .replace(/"accountid":"fc_alpha"(?=,"amount)/, '"accountid":"x"');
  const directory = t.testdir({ 'jobs.ndjson': doubled, 'no.json': '{"detail": "Invalid token."}' });
  await t.rejects(readAll({ records: 'jobs.ndjson' }, directory), { message: /accountid = "x": the field stands there twice/ });
  await t.rejects(readAll({ records: 'no.json' }, directory), { message: /no page of a list/, context: { value: '"Invalid token."' } });
});

void t.test('allocations: the compute one, the Active one, with the portal\u2019s days', async (t) => {
  const more = [
    { ...ALLOCATIONS[0]!, id: 3, status: 'Expired', start_date: '2027-01-01' },
    { ...ALLOCATIONS[0]!, id: 4, resources: [{ name: 'Savio Storage' }], start_date: '2020-01-01' },
    { ...ALLOCATIONS[0]!, id: 5, project: 'vector_gamma', start_date: null, end_date: null },
  ];
  const all = [...ALLOCATIONS, ...more];
  const directory = t.testdir({
    'page.json': JSON.stringify({ count: all.length, next: null, previous: null, results: all }),
    'lines.ndjson': all.map((one) => JSON.stringify(one)).join('\n'),
    'cut.json': JSON.stringify({ count: 9, next: null, previous: null, results: all }),
    'bad.json': JSON.stringify([{ ...all[0]!, start_date: 'June' }]),
  });
  const wanted = [...accounts, { name: 'vector_gamma', allocationStart: null, allocationEnd: null }];
  for (const allocations of ['page.json', 'lines.ndjson'])
    t.strictSame(await create({ allocations }, directory).accounts?.({ signal }), wanted);
  await t.rejects(create({ allocations: 'cut.json' }, directory).accounts!({ signal }), { code: 'INPUT_INVALID', message: /9 entries/ });
  await t.rejects(create({ allocations: 'bad.json' }, directory).accounts!({ signal }), {
    message: /bad\.json record 1: start_date = "June"/,
  });
  await t.rejects(create({ allocations: 'page.json', computeResource: '(' }, directory).accounts!({ signal }), { code: 'CONFIG_INVALID' });
});

/** As Python's json writes it. */
function withSpaces(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/,\n */g, ', ').replace(/\n */g, '');
}
