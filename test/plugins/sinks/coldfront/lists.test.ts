import t, { type Test } from 'tap';
import type { RequestListener } from 'node:http';
import type { SinkRecord } from '../../../../src/core/record.js';
import type { Window } from '../../../../src/core/window.js';
import { jobBody } from '../../../portal/call.js';
import type { FaultPlan } from '../../../portal/faults.js';
import { readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal, type RunningPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink } from '../../../support/coldfront.js';
import { replyJson, serve } from '../../../support/http-server.js';

const signal = new AbortController().signal;
/** 2026-07-01T11:00:00Z, when `jobBody` starts. */
const ELEVEN = 1_782_903_600;
const ALWAYS: Window = { from: 0, to: ELEVEN + 400 * 86_400 };
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

type Fields = Readonly<Record<string, unknown>>;
const startingAt = (id: number, startedAt: number, fields: Fields = {}): Fields =>
  jobBody(String(id), {
    submitdate: iso(startedAt - 60),
    startdate: iso(startedAt),
    enddate: iso(startedAt + 3600),
    amount: `${id % 97}.25`,
    ...fields,
  });

async function portalWith(t: Test, jobs: readonly Fields[], faults?: FaultPlan): Promise<RunningPortal> {
  const portal = await startPortal({ seed: { ...readRecordedSeed(), jobs }, now: '2026-11-23T00:00:00Z', ...(faults && { faults }) });
  t.teardown(() => portal.close());
  return portal;
}

async function idsOf(batches: AsyncIterable<readonly SinkRecord[]>): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of batches) ids.push(...batch.map(({ jobId }) => jobId));
  return ids.sort();
}

const idsFrom = (jobs: readonly Fields[]): string[] => jobs.map(({ jobslurmid }) => String(jobslurmid)).sort();
const read = (portal: { readonly baseUrl: string }, window = ALWAYS): Promise<string[]> =>
  idsOf(aColdfrontSink({ baseUrl: portal.baseUrl }).recordsOfAccount('fc_alpha', { window, signal }));

/** Eleven hundred jobs over a year: most in its last weeks, three in many a second, 350 in one. */
const YEAR = [
  ...Array.from({ length: 150 }, (_, index) => startingAt(index, ELEVEN - 300 * 86_400 + index * 86_400)),
  ...Array.from({ length: 600 }, (_, index) => startingAt(1000 + index, ELEVEN + Math.floor(index / 3) * 7)),
  ...Array.from({ length: 350 }, (_, index) => startingAt(2000 + index, ELEVEN + 5000, { amount: '3.00' })),
];

void t.test('a list of any shape is read whole, each record once', async (t) => {
  const portal = await portalWith(t, YEAR);
  t.strictSame(await read(portal), idsFrom(YEAR));
  const lists = portal.requests.filter(({ path }) => path.startsWith('/api/jobs/?'));
  for (const { path } of lists) t.match(path, /start_time=\d+&end_time=\d+\.999999/, 'both ends, always');
  t.ok(lists.length < 60, `${lists.length} requests for 1,100 records`);
});

void t.test('a window is half-open, to the microsecond', async (t) => {
  const jobs = [
    startingAt(1, ELEVEN, { startdate: '2026-07-01T10:59:59.999999Z' }),
    startingAt(2, ELEVEN),
    startingAt(3, ELEVEN, { startdate: '2026-07-01T11:00:00.5Z' }),
    startingAt(4, ELEVEN, { startdate: '2026-07-01T11:00:00.999999Z' }),
    startingAt(5, ELEVEN + 1),
    startingAt(6, ELEVEN, { startdate: null }),
  ];
  const portal = await portalWith(t, jobs);
  t.strictSame(await read(portal, { from: ELEVEN, to: ELEVEN + 1 }), ['2', '3', '4']);
  t.strictSame(await read(portal, { from: ELEVEN + 1, to: ELEVEN + 1 }), []);
  t.strictSame(await read(portal), ['1', '2', '3', '4', '5'], 'a record without a start is never listed');
  t.match(await aColdfrontSink({ baseUrl: portal.baseUrl }).record('6', { signal }), { startedAt: null });
});

void t.test('a next that names another host is not followed', async (t) => {
  const portal = await portalWith(t, YEAR, { seed: 1, rate: 1, kinds: ['foreign-next'] });
  t.strictSame(await read(portal), idsFrom(YEAR));
});

for (const kinds of [['duplicate-row'], ['missing-row']] as const) {
  void t.test(`${kinds.join()}: asked again; whole in the end, or an error`, async (t) => {
    const portal = await portalWith(t, YEAR, { seed: 3, rate: 0.2, kinds });
    t.strictSame(await read(portal), idsFrom(YEAR));
    portal.setFaults({ seed: 3, rate: 1, kinds });
    await t.rejects(read(portal), { code: 'UNSTABLE_LIST', message: /fc_alpha jobs that start 1970-01-01T00:00:00Z to/, remedy: /again/ });
  });
}

void t.test('what fails on the way is asked again', async (t) => {
  const kinds = ['reset-before', 'reset-after', 'status-502', 'truncated-json', 'html-page', 'expired-token'] as const;
  const portal = await portalWith(t, YEAR, { seed: 5, rate: 0.2, kinds });
  t.strictSame(await read(portal), idsFrom(YEAR));
});

void t.test('a list that shrinks under its reader: what stays is read', async (t) => {
  const running = YEAR.map((job) => ({ ...job, jobstatus: 'RUNNING', enddate: null }));
  const portal = await portalWith(t, running);
  const leaving = running.filter((_, index) => index % 3 === 0);
  const staying = idsFrom(running.filter((_, index) => index % 3 !== 0));
  const found = new Set<string>();
  const batches = aColdfrontSink({ baseUrl: portal.baseUrl, maxInFlight: 1 }).openRecords({
    statuses: ['RUNNING'],
    window: ALWAYS,
    signal,
  });
  for await (const batch of batches) {
    for (const { jobId } of batch) found.add(jobId);
    for (const job of leaving.splice(0, 40)) portal.state.put({ ...job, jobstatus: 'COMPLETING', enddate: iso(ELEVEN + 90 * 86_400) });
  }
  t.strictSame(
    staying.filter((id) => !found.has(id)),
    [],
  );
  t.ok(found.size < running.length, 'it did shrink');
});

void t.test('a reader that takes its time is not run over, and one that leaves ends it', async (t) => {
  const portal = await portalWith(t, YEAR);
  for await (const batch of aColdfrontSink({ baseUrl: portal.baseUrl }).recordsOfAccount('fc_alpha', { window: ALWAYS, signal })) {
    t.equal(batch.length, 99, 'up to the last second of a page');
    await new Promise((resolve) => setTimeout(resolve, 50));
    break;
  }
  t.ok(portal.requests.length <= 9, String(portal.requests.length));
});

void t.test('no more requests at once than configured', async (t) => {
  const slow = { workers: Infinity, writeMs: 0, listedJobMs: 0, lookupMs: 3 };
  const portal = await startPortal({ seed: { ...readRecordedSeed(), jobs: YEAR }, now: '2026-11-23T00:00:00Z', slow });
  t.teardown(() => portal.close());
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl, maxInFlight: 2 });
  t.strictSame(await idsOf(sink.recordsOfAccount('fc_alpha', { window: ALWAYS, signal })), idsFrom(YEAR));
  t.equal(portal.mostBusy(), 2);
});

/** The outcome of reading from a server that answers so. */
async function readFrom(t: Test, answer: RequestListener): Promise<string[]> {
  const server = await serve(answer);
  t.teardown(() => server.close());
  return read({ baseUrl: `${server.url}api/` });
}

void t.test('a record that moves between two slices is missed by count', async (t) => {
  const rows = Array.from({ length: 100 }, (_, index) => startingAt(index, ELEVEN + index));
  const sum = rows.reduce((total, { amount }) => total + Number(amount), 0);
  const page = (count: number, results: readonly Fields[]) => ({ count, results, total_amount: sum, total_cpu_time: 0 });
  const last = rows.slice(-1);
  const end = { ...page(1, last), total_amount: Number(last[0]?.['amount']) };
  const answer: RequestListener = (request, response) =>
    replyJson(response, request.url?.includes('start_time=0&') ? page(101, rows) : end);
  await t.rejects(readFrom(t, answer), { code: 'UNSTABLE_LIST', message: /brought 100 records, where it counts 101, then 101/ });
});

/** Lists jobs as a database may that puts records of one second in another order on every page, but always in the same. */
function stubborn(jobs: readonly Fields[]): RequestListener {
  return (request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams;
    const number = Number(query.get('page') ?? 1);
    const [least, most] = [Number(query.get('min_amount') ?? 0), Number(query.get('max_amount') ?? 1e8)];
    const [from, to] = [Number(query.get('start_time')), Number(query.get('end_time'))];
    const found = jobs.filter((job) => Number(job['amount']) >= least && Number(job['amount']) <= most && from <= ELEVEN && ELEVEN <= to);
    const ordered = number % 2 === 0 ? found.toReversed() : found;
    const sum = found.reduce((total, job) => total + Number(job['amount']) * 100, 0) / 100;
    const results = ordered.slice((number - 1) * 100, number * 100);
    replyJson(response, { count: found.length, total_amount: sum, total_cpu_time: 0, results });
  };
}

void t.test('a second with more records than fit a page, where paging never brings some of them', async (t) => {
  const crowd = Array.from({ length: 450 }, (_, index) => startingAt(index, ELEVEN));
  t.strictSame(await readFrom(t, stubborn(crowd)), idsFrom(crowd), 'they are told apart by their amounts');
  const alike = crowd.map((job) => ({ ...job, amount: '3.00' }));
  await t.rejects(readFrom(t, stubborn(alike)), {
    code: 'UNSTABLE_LIST',
    message:
      /fc_alpha jobs at 3\.00 to 3\.00 SU that start 2026-07-01T11:00:00Z .*of 450 records that start in this second it brings 3\d\d/,
  });
});

void t.test('an answer of another form is named by its place', async (t) => {
  const good = startingAt(1, ELEVEN);
  const page = (fields: Fields) => ({ count: 1, total_amount: 1.25, total_cpu_time: 0, results: [good], ...fields });
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [page({ count: '1' }), /jobs\/ .*: \/count must be integer/],
    [page({ results: [{ ...good, amount: 1.25 }] }), /: \/results\/0\/amount it is no job/],
    [page({ results: [{ ...good, startdate: 'Unknown' }] }), /: \/results\/0\/startdate /],
    [page({ total_amount: 'much' }), /: \/total_amount is no amount: much/],
    [page({ total_amount: 1.255 }), /: \/total_amount is no amount/],
    [{ detail: 'fine' }, /: \/ must have required property/],
    [[], /must be object/],
  ];
  for (const [body, message] of cases) {
    await t.rejects(
      readFrom(t, (_, response) => replyJson(response, body)),
      { code: 'SINK_UNREACHABLE', message, remedy: /report this/ },
    );
  }
  t.strictSame(await readFrom(t, (_, response) => replyJson(response, page({ total_amount: '1.25' }))), ['1'], 'a sum as text');
  t.strictSame(await readFrom(t, (_, response) => replyJson(response, page({ total_amount: 1.2500000001 }))), ['1'], 'a sum of floats');
  for (const [fields, fault] of [
    [{ total_amount: 1.26 }, /make 1\.25 SU, not 1\.26/],
    [{ results: [] }, /page 1 has 0 of its 1 records, not 1/],
    [{ results: [{ ...good, accountid: 'co_beta' }] }, /record 1 on page 1 was not asked for/],
    [{ results: [{ ...good, startdate: null }] }, /was not asked for/],
    [{ count: 2, results: [startingAt(2, ELEVEN + 1), good] }, /not in order of start/],
  ] as const) {
    await t.rejects(
      readFrom(t, (_, response) => replyJson(response, page(fields))),
      { code: 'UNSTABLE_LIST', message: fault },
    );
  }
});

void t.test('pages for people and statuses that end a run', async (t) => {
  const html =
    (status: number, title: string): RequestListener =>
    (_, response) =>
      response.writeHead(status, { 'Content-Type': 'text/html' }).end(`<html><title>${title}</title></html>`);
  const cases: readonly (readonly [RequestListener, RegExp, RegExp])[] = [
    [html(200, 'Under maintenance'), /a page for people instead of data \(status 200\): "Under maintenance"/, /maintenance/],
    [html(404, 'Page not found'), /status 404/, /ends in \/api\//],
    [html(500, 'Server Error'), /status 500/, /host/],
    [(_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"count":'), /no whole JSON/, /browser/],
    [(_, response) => response.end(), /no whole JSON \(status 200\): it is empty/, /browser/],
    [(_, response) => response.writeHead(301, { Location: 'https://example.org/' }).end(), /example\.org/, /baseUrl/],
    [(request) => request.socket.destroy(), /broke the connection/, /up/],
  ];
  for (const [answer, message, remedy] of cases) await t.rejects(readFrom(t, answer), { code: 'SINK_UNREACHABLE', message, remedy });
});
