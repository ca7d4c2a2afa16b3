import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import t from 'tap';
import type { Row } from '../../../../src/core/job.js';
import { sourceSuite, startFaultyServer } from '../../../../src/testkit.js';
import { replyJson, serveBytes } from '../../../support/http-server.js';
import { aSlurmrestdSource, reading, rowsOf } from '../../../support/slurmrestd.js';
import { lastInstant, readRest, recorded, replayHttp, standIn, V38 } from './stand-in.js';
import { temporaryDirectory } from '../../../support/temporary-directory.js';

const SECRET = 'slurm-token-that-nobody-may-see';
const V44 = 'slurm-25.11.7/rest-v0.0.44-jobs.json';

function allOf(rows: readonly Row[]): { accounts: string[]; window: { from: number; to: number } } {
  const accounts = [...new Set(rows.map((row) => row.account))];
  return { accounts, window: { from: Math.min(...rows.map((row) => row.submittedAt)) - 1, to: lastInstant(rows) + 1 } };
}

for (const [recording, versions, version] of [
  [V38, [36, 37, 38], 'v0.0.38'],
  [V44, [41, 42, 43, 44, 47], 'v0.0.44'],
] as const) {
  const rows = recorded(recording);
  const now = lastInstant(rows) + 100;
  const ends = rows.map((row) => row.endedAt ?? 0).sort((one, other) => one - other);
  void t.test(`conformance, ${version}`, async (t) => {
    const server = await standIn(t, { recording, versions, withoutWaiting: true });
    const faulty = await startFaultyServer(server.url);
    t.teardown(() => faulty.close());
    await sourceSuite(
      t,
      ({ fault, logger }) => {
        faulty.setFault(fault);
        const config = { url: faulty.url, sliceSeconds: 60 };
        return aSlurmrestdSource(config, { now: () => now, env: { TOKEN: SECRET }, http: { logger }, logger });
      },
      {
        known: { rows, window: { from: ends.find((end) => end > 0) ?? 0, to: ends.at(-2) ?? 0 } },
        capabilities: ['accounts', 'aliveIds', 'partitions'],
        // The ways through trouble are the same in every version.
        faults: recording === V38 ? [] : ['busy', 'torn', 'reset', 'duplicate', 'unreachable', 'denied', 'hang'],
        secrets: [SECRET],
        reads: faulty.requests,
      },
    );
    t.ok(server.requests.some(({ line }) => line.includes(`/slurmdb/${version}/jobs`)));
  });

  void t.test(`${version}: nothing is lost or doubled, however it is sliced`, async (t) => {
    for (const [sliceSeconds, maxReplyBytes] of [
      [1, 65_536_000],
      [13, 65_536_000],
      [86_400, 65_536_000],
      [86_400, 100_000],
    ] as const) {
      const server = await standIn(t, { recording, versions });
      const source = aSlurmrestdSource({ url: server.url, sliceSeconds, maxReplyBytes }, { now: () => now });
      const found = await rowsOf(source.jobs({ ...reading(), ...allOf(rows) }));
      t.strictSame(found.map(text).sort(), rows.map(text).sort(), `${sliceSeconds} s, ${maxReplyBytes} bytes`);
      await source.close();
    }
  });
}

function text(row: Row): string {
  return JSON.stringify(row);
}

void t.test(
  'v0.0.38: a run that the plain window hides is read by the id of its job, which seems never to have had nodes (money 10)',
  async (t) => {
    const ran = readRest(V38).jobs.find(({ job_id }) => job_id === 1)!;
    const run = { ...ran, job_id: 900, state: { current: 'REQUEUED' }, time: { ...ran.time, eligible: null } };
    const nothing = { tres: { allocated: [], requested: [] }, allocation_nodes: 0, nodes: 'None assigned' };
    const time = { ...ran.time, submission: ran.time.end, eligible: null, start: null, end: ran.time.end + 5 };
    const more = [run, { ...run, ...nothing, state: { current: 'CANCELLED' }, time }];
    const server = await standIn(t, { recording: V38, more });
    const source = aSlurmrestdSource({ url: server.url }, { now: () => lastInstant(recorded(V38)) + 100 });
    const window = { from: ran.time.submission - 1, to: time.end + 1 };
    const found = await rowsOf(source.jobs({ ...reading(), accounts: [ran.account], window }));
    t.strictSame(
      found
        .filter(({ jobId }) => jobId === '900')
        .map(({ state, allocatedNodeCount }) => [state, allocatedNodeCount > 0])
        .sort(),
      [
        ['CANCELLED', false],
        ['REQUEUED', true],
      ],
    );
    t.equal(server.requests.filter(({ line }) => /[?&]step=/.test(line)).length, 1);
    await source.close();
  },
);

void t.test('how each version is asked', async (t) => {
  const questions = async (versions: readonly number[], recording: string, release?: string): Promise<URLSearchParams[]> => {
    const server = await standIn(t, { recording, versions, ...(release !== undefined && { release }) });
    const source = aSlurmrestdSource({ url: server.url, clusters: ['savio'], sliceSeconds: 1000 }, { now: () => 1_800_000_000 });
    const accounts = ['fc_alpha', 'co_beta'];
    await rowsOf(source.jobs({ ...reading(), accounts, window: { from: 1_795_000_000, to: 1_795_000_500 } })).catch(() => []);
    await rowsOf(source.jobsById(['1', '3_2', '7+1'], reading())).catch(() => []);
    // What has no answer is asked for again.
    const lines = new Set(server.requests.map(({ line }) => line).filter((line) => line.includes('/jobs')));
    return [...lines].map((line) => new URLSearchParams(line.slice(line.indexOf('?') + 1)));
  };

  const old = await questions([38], V38);
  t.equal(old[0]?.get('account'), 'fc_alpha,co_beta', 'commas');
  t.equal(old[0]?.get('start_time'), 'uts1795000000');
  t.match(old[0]?.get('state'), /^BOOT_FAIL,CANCELLED/);
  t.notMatch(old[0]?.get('state'), /REQUEUED/, 'which would become PENDING');
  t.equal(old[1]?.get('state'), null, 'so the plain window is asked for, too');
  t.equal(old[2]?.get('submit_time'), 'uts1800000000', 'and what is open');
  t.ok(old.some((question) => question.get('step') === '1,3_2,7'));
  t.notOk(old.some((question) => question.has('show_duplicates')));

  const young = await questions([44], V44);
  t.ok(young[0]?.getAll('state').includes('REQUEUED'), 'repeated keys');
  for (const question of young)
    for (const flag of ['skip_steps', 'show_duplicates', 'disable_truncate_usage_time']) t.equal(question.get(flag), 'true');

  const buggy = await questions([41], V44, '24.05.3');
  for (const question of buggy) for (const key of ['skip_steps', 'show_duplicates', 'submit_time']) t.notOk(question.has(key));
});

void t.test('versions: the newest known, a pinned one, none that jobs can be billed by', async (t) => {
  const check = async (versions: readonly number[], config: object = {}) => {
    const server = await standIn(t, { recording: V38, versions });
    const source = aSlurmrestdSource({ url: server.url, ...config }, { now: () => lastInstant(recorded(V38)) });
    const results = await source.check(reading());
    await source.close();
    return results[0]?.message;
  };
  t.match(await check([36, 37, 38, 39]), /speaks v0\.0\.39 \(of v0\.0\.36/);
  t.match(await check([36, 38, 99], { version: 'v0.0.38' }), /speaks v0\.0\.38 \(as configured\)/);
  t.match(await check([36, 37]), /v0\.0\.36, v0\.0\.37 only, which gives the eligible time as the start/);
  t.match(await check([99]), /no version of slurmdb that brc-sync knows/);
  t.match(await check([]), /none at all/);
  t.throws(() => aSlurmrestdSource({ url: 'http://localhost:1', version: 'v0.0.37' }), { code: 'CONFIG_INVALID' });
});

/** A source of a stand-in that answers the first `/jobs` questions by `answers`, then as always. */
async function troubled(t: Parameters<typeof standIn>[0], answers: ((response: ServerResponse) => void)[], config: object = {}) {
  const server = await standIn(t, {
    recording: V38,
    before: (_, url, response) => {
      const answer = url.pathname.endsWith('/jobs') ? answers.shift() : undefined;
      answer?.(response);
      return answer !== undefined;
    },
  });
  const source = aSlurmrestdSource({ url: server.url, ...config }, { now: () => lastInstant(recorded(V38)) });
  t.teardown(() => source.close());
  return source;
}

void t.test('what is no answer is never taken for an empty one', async (t) => {
  const json = (value: unknown, status?: number) => (response: ServerResponse) => replyJson(response, value, status);
  const bytes = (type: string, body: string, status: number) => (response: ServerResponse) =>
    void response.writeHead(status, { 'Content-Type': type }).end(body);
  const cases: readonly (readonly [string, (response: ServerResponse) => void, object])[] = [
    [
      'status 200, database down',
      json({ jobs: [], errors: [{ error_number: 7000, error: 'Unable to connect to database' }] }),
      { remedy: /slurmdbd/ },
    ],
    [
      'jobs beside errors',
      json({ jobs: readRest(V38).jobs, errors: [{ error_number: 9000, error: 'bad state' }] }, 200),
      { message: /bad state/ },
    ],
    ['no list of jobs', json({ errors: [] }), { message: /no list of jobs/ }],
    [
      'recorded: bad time',
      (response) => replayHttp(response, 'slurm-22.05.8/rest-v0.0.38-bad-time.http'),
      { message: /Unable to parse time format/ },
    ],
    ['text', bytes('text/plain', 'Unable to parse query.', 400), { message: /Unable to parse query/ }],
    ['an HTML page', bytes('text/html', '<html>\u001b[31mproxy</html>', 200), { message: /is no JSON.*<html> \[31mproxy/ }],
    ['garbage JSON', bytes('application/json', '{"jobs":[{', 200), { message: /is no JSON/ }],
    [
      'a job that makes no sense',
      json({ jobs: [{ job_id: 7 }], errors: [] }),
      { code: 'INPUT_INVALID', message: /job 7: \/array is missing/ },
    ],
  ];
  for (const [name, answer, wanted] of cases) {
    const source = await troubled(t, [answer]);
    await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'SOURCE_UNREACHABLE', ...wanted }, name);
    t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0, 'and the next answer counts');
  }
});

void t.test('a job that makes no sense is left out where the instance says so', async (t) => {
  const source = await troubled(t, [(response) => replyJson(response, { jobs: [{ job_id: 7 }, ...readRest(V38).jobs], errors: [] })], {
    onError: 'skip',
  });
  const skipped: string[] = [];
  const rows = await rowsOf(source.jobsById(['1'], { ...reading(), onSkip: ({ message }) => void skipped.push(message) }));
  t.ok(rows.length > 0);
  t.match(skipped, [/job 7/]);
});

void t.test('a broken connection and an overloaded server are asked again', async (t) => {
  const source = await troubled(t, [(response) => void response.socket?.destroy(), (response) => replyJson(response, {}, 503)]);
  t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
});

void t.test('an answer with no jobs at all is doubted', async (t) => {
  const nothing = (response: ServerResponse): void => replayHttp(response, 'slurm-22.05.8/rest-v0.0.38-job-unknown.http');
  const empty = Array<typeof nothing>(50).fill(nothing);
  const source = await troubled(t, empty);
  await t.rejects(rowsOf(source.jobsById(['1'], reading())), { code: 'SOURCE_UNREACHABLE', message: /no job of anybody, of a whole year/ });
  empty.length = 0;
  t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
  t.strictSame(await rowsOf(source.jobsById(['424242'], reading())), [], 'it still shows the job it showed before');
});

void t.test('ids that are none are never sent', async (t) => {
  const server = await standIn(t, { recording: V38 });
  const source = aSlurmrestdSource({ url: server.url }, { now: () => lastInstant(recorded(V38)) });
  t.strictSame(await rowsOf(source.jobsById(['abc', '1-4', '1,2', '../job', '0', '', '1_', '4294967294', '12345678901'], reading())), []);
  t.notOk(server.requests.some(({ line }) => /step=/.test(line)));
  await source.close();
});

void t.test('nobody there, half an answer, a Unix socket', async (t) => {
  const cut = await serveBytes('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"paths":{');
  await t.rejects(rowsOf(aSlurmrestdSource({ url: cut.url }).jobsById(['1'], reading())), {
    code: 'SOURCE_UNREACHABLE',
    message: /\/openapi\/v3.*broke off/,
    remedy: /set "version"/,
  });
  await cut.close();
  await t.rejects(rowsOf(aSlurmrestdSource({ url: cut.url, version: 'v0.0.38' }).jobsById(['1'], reading())), {
    code: 'SOURCE_UNREACHABLE',
    message: /nobody listens there/,
  });
  const socketPath = join(temporaryDirectory(), 's');
  await standIn(t, { recording: V38, socketPath });
  const source = aSlurmrestdSource({ url: `unix:${socketPath}` }, { now: () => lastInstant(recorded(V38)) });
  t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
  await source.close();
});

void t.test('a relative caFile counts from the plugins file', (t) => {
  const baseDirectory = t.testdir({ 'site-ca.pem': '' });
  const url = 'https://slurm.example.org:6820';
  t.doesNotThrow(() => aSlurmrestdSource({ url, caFile: 'site-ca.pem' }, { baseDirectory }));
  const missing = { code: 'CONFIG_INVALID', message: new RegExp(`${baseDirectory}/other.pem cannot be read`) };
  t.throws(() => aSlurmrestdSource({ url, caFile: 'other.pem' }, { baseDirectory }), missing);
  t.end();
});
