import t, { type Test } from 'tap';
import type { RequestListener } from 'node:http';
import type { Change } from '../../../../src/core/change.js';
import { parseInstant } from '../../../../src/core/instants.js';
import type { PutOutcome } from '../../../../src/core/job-sink.js';
import type { SinkRecord } from '../../../../src/core/record.js';
import type { ColdfrontConfig } from '../../../../src/plugins/sinks/coldfront/config.js';
import type { FaultKind } from '../../../portal/faults.js';
import { readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal, type RunningPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink, keyOf } from '../../../support/coldfront.js';
import { replyJson, serve } from '../../../support/http-server.js';

const signal = new AbortController().signal;

async function started(t: Test, kinds?: readonly FaultKind[], most?: number): Promise<RunningPortal> {
  const faults = kinds && { seed: 1, rate: 1, kinds, retryAfterSeconds: 0, ...(most !== undefined && { most }) };
  const portal = await startPortal({ seed: readRecordedSeed(), now: '2026-11-23T00:00:00Z', ...(faults && { faults }) });
  t.teardown(() => portal.close());
  return portal;
}

const RECORD: SinkRecord = {
  jobId: '1',
  account: 'fc_alpha',
  userId: '10001',
  amount: '100.50',
  state: 'COMPLETING',
  partition: 'savio3',
  qos: 'savio_normal',
  submittedAt: parseInstant('2026-07-01T10:00:00Z'),
  startedAt: parseInstant('2026-07-01T11:00:00Z'),
  endedAt: parseInstant('2026-07-01T13:00:01Z'),
  nodes: ['n0001.savio3', 'n0002.savio3'],
  cpuCount: 64,
  requestedNodeCount: 2,
  allocatedNodeCount: 2,
  rawHours: 7201 / 3600,
  cpuHours: (7201 / 3600) * 64,
};

function changeTo(fields: Partial<SinkRecord> = {}): Change {
  const after = { ...RECORD, ...fields };
  const { jobId, account } = after;
  return { kind: 'create', jobId, account, userId: after.userId ?? '10001', before: null, after, drift: [], suDifference: '0.00' };
}

function put(portal: { readonly baseUrl: string }, fields: Partial<SinkRecord> = {}, config: Partial<ColdfrontConfig> = {}) {
  return aColdfrontSink({ baseUrl: portal.baseUrl, ...config }).put(changeTo(fields), { signal });
}

void t.test('a record is stored whole, charged once, and read back as it was sent', async (t) => {
  const portal = await started(t);
  t.strictSame(await put(portal), { status: 'applied' });
  t.strictSame(portal.state.job('1'), {
    jobslurmid: '1',
    submitdate: '2026-07-01T10:00:00Z',
    startdate: '2026-07-01T11:00:00Z',
    enddate: '2026-07-01T13:00:01Z',
    userid: '10001',
    accountid: 'fc_alpha',
    amount: '100.50',
    jobstatus: 'COMPLETING',
    partition: 'savio3',
    qos: 'savio_normal',
    nodes: [{ name: 'n0001.savio3' }, { name: 'n0002.savio3' }],
    num_cpus: 64,
    num_req_nodes: 2,
    num_alloc_nodes: 2,
    raw_time: 7201 / 3600,
    cpu_time: (7201 / 3600) * 64,
  });
  t.equal(portal.state.accountUsage('fc_alpha'), 10050n);
  t.strictSame(await put(portal), { status: 'applied' });
  t.equal(portal.state.accountUsage('fc_alpha'), 10050n);
  t.strictSame(await aColdfrontSink({ baseUrl: portal.baseUrl }).record('1', { signal }), RECORD);
});

void t.test('null clears a field, and nodes that stay are as sent', async (t) => {
  const portal = await started(t);
  await put(portal);
  const cleared = { endedAt: null, qos: null, requestedNodeCount: null, rawHours: null, nodes: ['n0003.savio3'] };
  t.strictSame(await put(portal, cleared), { status: 'applied' });
  t.match(portal.state.job('1'), { enddate: null, qos: null, num_req_nodes: null, raw_time: null });
  t.equal(portal.state.job('1')?.nodes.length, 3);
});

void t.test('an id as it stands in an address', async (t) => {
  const portal = await started(t);
  for (const jobId of ['123_4', '20+1', '12 3', 'a%2Fb', 'ä?#']) {
    t.strictSame(await put(portal, { jobId }), { status: 'applied' }, jobId);
    t.equal(portal.state.job(jobId)?.jobslurmid, jobId);
  }
  const asked = portal.requests.length;
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl });
  for (const jobId of ['12.batch', '..', 'a/b', '../allocations/1']) {
    t.match(await put(portal, { jobId }), { status: 'rejected', cause: 'The API has no address for this id.' }, jobId);
    t.equal(await sink.record(jobId, { signal }), null);
  }
  t.equal(portal.requests.length, asked, 'nothing was sent');
});

void t.test('refusals for good, by cause, with what an administrator can do', async (t) => {
  const portal = await started(t);
  portal.state.directory.allocation('fc_alpha').shares.get('bob')!.active = false;
  portal.state.put({ jobslurmid: '7', userid: '10002', accountid: 'co_beta' });
  const cases: readonly (readonly [Partial<SinkRecord>, string, string, RegExp])[] = [
    [{ userId: '424242' }, 'userid: UserProfile for cluster_uid … does not exist.', '424242', /profile/],
    [{ account: 'fc_no' }, 'accountid: Object with name=… does not exist.', 'fc_no', /Create the project/],
    [{ userId: '10003' }, 'User … is not a member of account ….', 'carol', /active member of the project/],
    [
      { userId: '10002' },
      'User … is not an active member of the compute allocation for account ….',
      'bob',
      /active member of the project and its allocation/,
    ],
    [{ account: 'fc_expired' }, 'Account … has no active compute allocation.', 'fc_expired', /Active/],
    [{ submittedAt: RECORD.endedAt }, 'Job … date … occurs before Job … date ….', '11:00:00', /sacct -D/],
    [
      { jobId: '7', account: 'fc_alpha' },
      'userid: Specified user … does not match already associated user …. accountid: Specified account … does not match already associated account ….',
      'alice does not match already associated user bob',
      /never changes an owner/,
    ],
    [{ amount: '100000000.01' }, 'amount: Ensure this value is less than or equal to 100000000.00.', 'job 1', /by hand/],
    [{ nodes: ['n0001.savio3', 'n'.repeat(31)] }, 'nodes.name: Ensure this field has no more than 30 characters.', 'job 1', /by hand/],
    [{ nodes: [''] }, 'nodes.name: This field may not be blank.', 'job 1', /by hand/],
    [{ cpuCount: 2 ** 31 }, 'num_cpus: Ensure this value is less than or equal to 2147483647.', 'job 1', /by hand/],
  ];
  for (const [fields, cause, named, remedy] of cases) {
    const outcome = await put(portal, fields);
    t.match(outcome, { status: 'rejected', cause, remedy }, cause);
    t.ok(outcome.status === 'rejected' && outcome.message.includes(named), `${JSON.stringify(outcome)} names ${named}`);
    t.notOk(outcome.status === 'rejected' && /fc_|carol|bob|424242/.test(outcome.cause), 'its cause names nobody');
  }
  t.equal(portal.state.job('1'), null);
});

void t.test('a refusal that nobody knew is grouped without what differs from job to job', async (t) => {
  const told = ['The job "12345" of 2026-07-01T11:00:00Z is odd.', ['again'], {}, null];
  const outcomes: PutOutcome[] = [];
  for (const body of told) outcomes.push(await putTo(t, (_, response) => replyJson(response, body, 400)));
  t.match(outcomes, [
    { status: 'rejected', cause: 'The job … of … is odd.', message: /"12345"/, remedy: /report this/ },
    { status: 'rejected', cause: 'again', message: /again/ },
    { status: 'rejected', cause: 'no message', message: /does not say why/ },
    { status: 'rejected', cause: 'no message' },
  ]);
});

void t.test('who may not write, and who is not let in', async (t) => {
  const portal = await started(t);
  const as = (name: string): Promise<PutOutcome> =>
    aColdfrontSink({ baseUrl: portal.baseUrl }, { env: { TOKEN: keyOf(name) } }).put(changeTo(), { signal });
  t.match(await as('reader'), { status: 'unauthorised', message: /You do not have permission/, remedy: /staff/ });
  t.match(await as('expired'), { status: 'unauthorised', message: /Expired token/, remedy: /24 hours/ });
  t.match(await as('inactive'), { status: 'unauthorised', message: /User inactive/, remedy: /switched off/ });
  t.match(await as('unknown'), { status: 'unauthorised', message: /Invalid token/, remedy: /staff account/ });
  const walled = await putTo(t, (_, response) => response.writeHead(403, { 'Content-Type': 'text/html' }).end('<title>Forbidden</title>'));
  t.match(walled, { status: 'unauthorised', message: /web server.*"Forbidden"/, remedy: /addresses/ });
  t.equal(portal.state.job('1'), null);
});

for (const kind of ['reset-before', 'status-500', 'status-503', 'retry-after-seconds', 'html-page'] as const) {
  void t.test(`${kind}: asked again, and in the end unsettled`, async (t) => {
    const portal = await started(t, [kind]);
    t.match(await put(portal), { status: 'unsettled', message: /job 1/ });
    t.equal(portal.requests.length, 5);
    t.equal(portal.state.job('1'), null);
    portal.setFaults({ seed: 1, rate: 1, kinds: [kind], most: 4, retryAfterSeconds: 0 });
    t.strictSame(await put(portal), { status: 'applied' });
    t.equal(portal.state.accountUsage('fc_alpha'), 10050n);
  });
}

for (const kind of ['reset-after', 'status-504-after', 'truncated-json'] as const) {
  void t.test(`${kind}: took effect, and is charged once however often it is sent`, async (t) => {
    const portal = await started(t, [kind]);
    t.match(await put(portal), { status: 'unsettled' });
    t.equal(portal.requests.length, 5);
    t.equal(portal.state.accountUsage('fc_alpha'), 10050n);
    portal.setFaults(null);
    t.strictSame(await put(portal), { status: 'applied' });
    t.equal(portal.state.accountUsage('fc_alpha'), 10050n);
  });
}

void t.test('a portal that hangs is not waited for any longer than configured', async (t) => {
  const portal = await started(t, ['hang-after']);
  t.match(await put(portal, {}, { overallTimeoutSeconds: 1 }), { status: 'unsettled', message: /no answer within 1000 ms/ });
});

void t.test('two at once for a new job: one is told of a failure, asks again, and it is charged once', async (t) => {
  const portal = await startPortal({
    seed: readRecordedSeed(),
    now: '2026-11-23T00:00:00Z',
    slow: { workers: 2, writeMs: 20, listedJobMs: 0, lookupMs: 0 },
  });
  t.teardown(() => portal.close());
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl });
  const outcomes = await Promise.all([sink.put(changeTo(), { signal }), sink.put(changeTo(), { signal })]);
  t.strictSame(outcomes, [{ status: 'applied' }, { status: 'applied' }]);
  t.equal(portal.requests.filter(({ status }) => status === 500).length, 1);
  t.equal(portal.state.accountUsage('fc_alpha'), 10050n);
});

/** What becomes of a put to a server that answers so. */
async function putTo(t: Test, answer: RequestListener): Promise<PutOutcome> {
  const server = await serve(answer);
  t.teardown(() => server.close());
  return put({ baseUrl: `${server.url}api/` });
}

void t.test('a success that holds something else', async (t) => {
  const portal = await started(t);
  await put(portal);
  const stored = portal.state.job('1');
  const answered = (body: unknown): Promise<PutOutcome> => putTo(t, (_, response) => replyJson(response, body));
  t.match(await answered({ failure: 'This method is not supported.' }), { status: 'not-as-sent', message: /not supported/, fields: [] });
  t.match(await answered({ ...stored, jobslurmid: '2' }), {
    status: 'not-as-sent',
    message: /answers job 1 of user 10001 in fc_alpha with job 2/,
  });
  t.match(await answered({ ...stored, userid: '10002' }), { status: 'not-as-sent', message: /with job 1 of user 10002/ });
  t.match(await answered({ ...stored, amount: '96.00', enddate: null }), { status: 'not-as-sent', fields: ['amount', 'endedAt'] });
  t.match(await answered({ ...stored, nodes: [{ name: 'n0001.savio3' }] }), { status: 'not-as-sent', fields: ['nodes'] });
  t.match(await answered({ ...stored, startdate: '2026-07-01T11:00:00.000Z', raw_time: 2.00028 }), {
    status: 'not-as-sent',
    fields: ['rawHours'],
  });
  t.match(await answered({ ...stored, raw_time: Math.fround(7201 / 3600) }), { status: 'applied' });
  t.match(await answered([]), { status: 'not-as-sent', fields: [] });
});

void t.test('an address that leads elsewhere ends the run: no other record would fare better', async (t) => {
  const cases: readonly (readonly [RequestListener, RegExp, RegExp])[] = [
    [(_, response) => response.writeHead(301, { Location: 'https://example.org/api/' }).end(), /example\.org/, /baseUrl/],
    [
      (_, response) => response.writeHead(404, { 'Content-Type': 'text/html' }).end('<title>Page not found</title>'),
      /status 404\): "Page not found"/,
      /ends in \/api\//,
    ],
    [(_, response) => response.writeHead(400).end('<h1>Bad Request (400)</h1>'), /status 400/, /baseUrl/],
    [(_, response) => replyJson(response, { detail: 'Method "PUT" not allowed.' }, 405), /status 405/, /baseUrl/],
  ];
  for (const [answer, message, remedy] of cases) {
    await t.rejects(putTo(t, answer), { code: 'SINK_UNREACHABLE', message, remedy });
  }
});
