import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Test } from 'tap';
import { call, jobBody } from './call.js';
import { readListsJobs, readRecordedSeed } from './fixtures.js';
import type { JobView } from './job.js';
import { startPortal } from './start-portal.js';
import type { PortalOptions, RunningPortal } from './start-portal.js';

const SEED = readRecordedSeed();
const YEAR = { now: '2026-11-23T00:00:00Z' };

async function started(t: Test, options: PortalOptions = {}): Promise<RunningPortal> {
  const portal = await startPortal({ seed: SEED, ...YEAR, ...options });
  t.teardown(() => portal.close());
  return portal;
}

void t.test('usage moves for the account and for the user, each with its own floor', async (t) => {
  const portal = await started(t);
  await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') });
  await call(portal, 'PUT', 'jobs/2/', { body: jobBody('2', { userid: '10002', amount: '30.00' }) });
  t.equal(portal.state.accountUsage('fc_alpha'), 13000n);
  t.equal(portal.state.userUsage('fc_alpha', 'alice'), 10000n);
  t.equal(portal.state.userUsage('fc_alpha', 'bob'), 3000n);
  await call(portal, 'PUT', 'jobs/3/', { body: jobBody('3', { userid: '10002', amount: '80.00', enddate: undefined }) });
  await call(portal, 'PUT', 'jobs/3/', { body: jobBody('3', { userid: '10002', amount: '0.00' }) });
  t.equal(portal.state.accountUsage('fc_alpha'), 5000n);
  t.equal(portal.state.userUsage('fc_alpha', 'bob'), 0n);
  const shares = await call(portal, 'GET', 'allocation_users/2/attributes/');
  t.match(shares.json(), { results: [{ usage: { value: '100.00' } }] });
});

void t.test('a new id in the body of a stored job makes a copy, charged whole', async (t) => {
  const portal = await started(t);
  await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') });
  const { jobslurmid, userid, accountid } = jobBody('2');
  const copy = await call(portal, 'PUT', 'jobs/1/', { body: { jobslurmid, userid, accountid } });
  t.match(copy.json(), { jobslurmid: '2', amount: '100.00', partition: 'savio3' });
  t.equal(portal.state.jobs().length, 2);
  t.equal(portal.state.accountUsage('fc_alpha'), 10000n, 'no dates, no charge');
  await call(portal, 'PUT', 'jobs/1/', { body: jobBody('3') });
  t.equal(portal.state.accountUsage('fc_alpha'), 20000n);
});

void t.test('a seed may bring jobs, stored and charged as by PUT', async (t) => {
  const portal = await started(t, { seed: { ...SEED, jobs: readListsJobs().map((job) => ({ ...job })) } });
  t.equal(portal.state.jobs().length, 250);
  const list = await call(portal, 'GET', 'jobs/');
  t.match(list.json(), { count: 245, total_amount: 786.25 });
  t.equal(portal.state.accountUsage('fc_alpha'), 68775n, 'the ended jobs of this year; the others are only stored');
  t.throws(() => portal.state.put(jobBody('1', { userid: '10003' })), /carol is not a member/u);
});

void t.test('a job can be forgotten, with its charge', async (t) => {
  const portal = await started(t, { seed: { ...SEED, jobs: [jobBody('1'), jobBody('2', { amount: '30.00' })] } });
  portal.state.forget('1');
  t.equal(portal.state.job('1'), null);
  t.equal(portal.state.accountUsage('fc_alpha'), 3000n);
  t.equal(portal.state.userUsage('fc_alpha', 'alice'), 3000n);
  t.match((await call(portal, 'GET', 'jobs/?start_time=0')).json(), { count: 1, total_amount: 30 });
  t.throws(() => portal.state.forget('1'), /not stored/u);
});

void t.test('staff remove a member, move an allocation, let a token expire', async (t) => {
  const portal = await started(t);
  portal.state.directory.removeMember('fc_alpha', 'bob');
  const refused = await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1', { userid: '10002' }) });
  t.strictSame(refused.json(), { non_field_errors: ['User bob is not a member of account fc_alpha.'] });
  portal.state.directory.allocation('fc_alpha').startDate = '2026-07-02';
  await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') });
  t.equal(portal.state.accountUsage('fc_alpha'), 0n);
  portal.state.directory.expireToken(SEED.tokens.staff!.key, '2026-11-22T00:00:00Z');
  t.equal((await call(portal, 'GET', 'jobs/')).status, 401);
});

void t.test('a user out of the allocation, but not out of the project', async (t) => {
  const portal = await started(t);
  portal.state.directory.allocation('fc_alpha').shares.get('bob')!.active = false;
  const refused = await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1', { userid: '10002' }) });
  t.strictSame(refused.json(), {
    non_field_errors: ['User bob is not an active member of the compute allocation for account fc_alpha.'],
  });
});

void t.test('a periodic allocation without an end charges on POST, never on PUT', async (t) => {
  const portal = await started(t);
  portal.state.directory.allocation('fc_alpha').endDate = null;
  await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') });
  t.equal(portal.state.accountUsage('fc_alpha'), 0n);
  await call(portal, 'POST', 'jobs/', { body: jobBody('2') });
  t.equal(portal.state.accountUsage('fc_alpha'), 10000n);
});

void t.test('MyLRC has its own year and its own periods', async (t) => {
  const allocation = { resource: 'LAWRENCIUM Compute', start_date: '2026-06-01', end_date: '2026-06-30', service_units: '100.00' };
  const project = (name: string) => ({ name, members: ['alice'], allocation });
  const portal = await started(t, { seed: { ...SEED, deployment: 'mylrc', projects: ['lr_one', 'pc_two', 'fc_three'].map(project) } });
  for (const [id, accountid] of ['lr_one', 'pc_two', 'fc_three'].entries()) {
    await call(portal, 'PUT', `jobs/${id}/`, { body: jobBody(String(id), { accountid }) });
  }
  t.equal(portal.state.accountUsage('lr_one'), 10000n, 'no period, no end');
  t.equal(portal.state.accountUsage('pc_two'), 0n, 'after its end');
  t.equal(portal.state.job('2'), null, 'no prefix of MyLRC: the allocation names another resource');
  t.match((await call(portal, 'GET', 'jobs/')).json(), { count: 0 }, 'before October');
  t.match((await call(portal, 'GET', 'jobs/?start_time=0')).json(), { count: 2 });
});

void t.test('what no recording shows', async (t) => {
  const portal = await started(t);
  await call(portal, 'PUT', 'jobs/1/', { body: jobBody('1') });
  const cases: readonly [string, string, number, unknown][] = [
    ['GET', 'jobs/1.json', 200, { jobslurmid: '1' }],
    ['GET', 'jobs/1.xml', 404, { detail: 'Not found.' }],
    ['GET', 'jobs/?format=api', 404, { detail: 'Not found.' }],
    ['OPTIONS', 'jobs/', 200, { renders: ['application/json'] }],
    ['PUT', 'jobs/', 405, { detail: 'Method "PUT" not allowed.' }],
    ['GET', 'api_token_auth/', 405, { detail: 'Method "GET" not allowed.' }],
    ['GET', 'users/x/', 404, { detail: 'Not found.' }],
    ['GET', 'allocation_users/999/', 404, { detail: 'No AllocationUser matches the given query.' }],
    ['GET', 'allocation_users/1/', 200, { user: 'root' }],
    ['GET', 'allocations/1/attributes/2/', 404, { detail: 'No AllocationAttribute matches the given query.' }],
    ['GET', 'allocations/1/attributes/?type=Jam', 400, { type: ['Select a valid choice. Jam is not one of the available choices.'] }],
    ['GET', 'allocations/1/attributes/1/history/', 200, { count: 1, results: [{ value: '1000000.00', history_type: '+' }] }],
    ['GET', 'projects/?allowance_type=co_', 200, { count: 1 }],
    [
      'GET',
      'jobs/?end_time=x',
      400,
      ["Invalid ending timestamp 2026-06-01 07:00:00+00:00. Details: could not convert string to float: 'x'"],
    ],
    ['GET', 'jobs/?start_time=1e12', 400, ['Invalid starting timestamp 1e12. Details: year 33658 is out of range']],
    ['GET', 'jobs/?start_time=nan', 400, ['Invalid starting timestamp nan. Details: cannot convert float NaN to integer']],
    ['GET', 'jobs/?max_amount=99.999', 200, { count: 0 }],
    ['GET', 'jobs/?min_amount=99.999', 200, { count: 1 }],
    ['GET', 'can_submit_job/x/10001/fc_alpha/', 400, { success: false }],
    ['GET', 'can_submit_job/-1/10001/fc_alpha/', 400, { message: 'job_cost -1 is not nonnegative.' }],
    ['GET', 'can_submit_job/1.005/10001/fc_alpha/', 400, { message: 'job_cost 1.005 has greater than 2 decimal places.' }],
    ['GET', 'can_submit_job/1.00/777/fc_alpha/', 400, { message: 'No user exists with user_id 777.' }],
    ['GET', 'can_submit_job/99999999.00/10002/co_beta/', 200, { success: true }],
  ];
  for (const [method, path, status, body] of cases) {
    const answer = await call(portal, method, path);
    t.equal(answer.status, status, `${method} ${path}`);
    t.match(answer.json(), body, `${method} ${path}`);
  }
  for (const path of ['jobs/?min_amount=', 'jobs/?start_time=inf', 'allocations/x/attributes/']) {
    t.equal((await call(portal, 'GET', path)).status, 500, path);
  }
  t.equal((await call(portal, 'HEAD', 'jobs/1/')).text, '');
  t.equal((await call(portal, 'GET', 'projects/1/users/', { token: 'reader' })).status, 403);
  t.equal((await fetch(new URL('/elsewhere/', portal.baseUrl))).status, 404);
});

void t.test('a seed may bring estimates, charged as by POST', async (t) => {
  const { enddate, ...estimate } = jobBody('1');
  const portal = await started(t, { seed: { ...SEED, posted: [estimate], jobs: [jobBody('1', { amount: '30.00' })] } });
  t.match(portal.state.job('1'), { amount: '30.00', enddate });
  t.equal(portal.state.accountUsage('fc_alpha'), 3000n, 'the estimate was charged, and its job moved the difference');
});

void t.test('without a seed it serves the records of examples/, each of them charged', async (t) => {
  const portal = await startPortal();
  t.teardown(() => portal.close());
  const { results } = JSON.parse(readFileSync('examples/portal-jobs.json', 'utf8')) as { results: JobView[] };
  t.strictSame(inOrder(portal.state.jobs()), inOrder(results));
  for (const account of ['fc_alpha', 'co_beta']) {
    const cents = results.filter((job) => job.accountid === account).map(({ amount }) => BigInt(amount.replace('.', '')));
    t.equal(
      portal.state.accountUsage(account),
      cents.reduce((sum, each) => sum + each, 0n),
      account,
    );
  }
});

/** Names stand in the order in which the portal first met them. */
function inOrder(jobs: readonly JobView[]): JobView[] {
  const byName = [...jobs].map((job) => ({ ...job, nodes: [...job.nodes].sort((a, b) => (a.name < b.name ? -1 : 1)) }));
  return byName.sort((a, b) => (a.jobslurmid < b.jobslurmid ? -1 : 1));
}
