import t, { type Test } from 'tap';
import { firstInstantOfDate } from '../../../../src/core/period.js';
import type { ColdfrontConfig } from '../../../../src/plugins/sinks/coldfront/config.js';
import { readRecordedSeed } from '../../../portal/fixtures.js';
import type { SeedProject } from '../../../portal/seed.js';
import { startPortal, type RunningPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink } from '../../../support/coldfront.js';
import { replyJson, serve } from '../../../support/http-server.js';

const signal = new AbortController().signal;
const seed = readRecordedSeed();

function project(name: string, resource: string, status = 'Active'): SeedProject {
  const allocation = { resource, status, start_date: '2026-06-01', end_date: '2027-05-31', service_units: '1.00' };
  return { name, members: ['alice'], allocation };
}

async function portalWith(t: Test, projects: readonly SeedProject[], deployment: 'mybrc' | 'mylrc' = 'mybrc'): Promise<RunningPortal> {
  const portal = await startPortal({ seed: { ...seed, deployment, projects }, now: '2026-11-23T00:00:00Z' });
  t.teardown(() => portal.close());
  return portal;
}

async function namesFrom(portal: RunningPortal, config: Partial<ColdfrontConfig> = {}): Promise<string[]> {
  const accounts = await aColdfrontSink({ baseUrl: portal.baseUrl, ...config }).accounts({ signal });
  return accounts.map(({ name, allocationEnd }) => (allocationEnd === null ? name : `${name} with an end`));
}

void t.test('accounts: by the compute resource of their prefix, in one pass', async (t) => {
  const portal = await portalWith(t, [
    project('fc_one', 'Savio Compute'),
    project('co_two', 'Savio Compute', 'Expired'),
    project('vector_three', 'Vector Compute'),
    project('abc', 'ABC Compute'),
    project('chem', 'CHEM Compute'),
    project('fc_storage', 'Scratch Storage'),
    project('fc_wrong', 'Vector Compute'),
    project('fcx_none', 'Savio Compute'),
    ...Array.from({ length: 200 }, (_, index) => project(`ic_${index}`, 'Savio Compute')),
  ]);
  const names = await namesFrom(portal);
  t.strictSame(names.slice(0, 5), ['fc_one with an end', 'co_two', 'vector_three', 'abc', 'chem']);
  t.strictSame([names.length, names.at(-1)], [205, 'ic_199 with an end']);
  t.equal(portal.requests.length, 3);
});

void t.test('accounts of MyLRC, by its own table', async (t) => {
  const lrc = 'LAWRENCIUM Compute';
  const portal = await portalWith(
    t,
    [project('lr_a', lrc), project('pc_b', lrc), project('ac_c', lrc), project('nano', 'NANO Compute')],
    'mylrc',
  );
  const config = { computeResources: { ac: lrc, lr: lrc, pc: lrc }, periodicPrefixes: ['pc'] };
  t.strictSame(await namesFrom(portal, config), ['lr_a', 'pc_b with an end', 'ac_c', 'nano']);
});

void t.test('accounts: two allocations of a project, dates with a time, and a list that changes underfoot', async (t) => {
  let count = 3;
  const row = (id: number, status: string, start_date: string) => ({
    ...{ id, project: 'fc_one', resources: [{ name: 'Savio Compute' }], status, start_date, end_date: null },
  });
  const results = [row(1, 'Expired', '2027-01-01'), row(2, 'Active', '2026-06-01T00:00:00Z'), row(3, 'Denied', '2028-01-01')];
  const server = await serve((_, response) => replyJson(response, { count, next: null, previous: null, results }));
  t.teardown(() => server.close());
  const sink = aColdfrontSink({ baseUrl: `${server.url}api` });
  t.strictSame(await sink.accounts({ signal }), [
    { name: 'fc_one', allocationStart: firstInstantOfDate('2026-06-01', 'America/Los_Angeles'), allocationEnd: null },
  ]);
  count = 4;
  await t.rejects(sink.accounts({ signal }), { code: 'UNSTABLE_LIST', message: /allocations\/ .*brought 3 of its 4/ });
  results[1] = row(2, 'Active', 'June');
  await t.rejects(sink.accounts({ signal }), { code: 'SINK_UNREACHABLE', message: /: \/results\/1\/start_date / });
});

void t.test('usage: anew each time, and nothing where there is no allowance', async (t) => {
  const portal = await portalWith(t, seed.projects);
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl });
  const usage = (account: string, userIds: readonly string[]) => sink.usage(account, { userIds, signal });
  t.strictSame(await usage('fc_alpha', ['10001', '10004', '10001']), { used: '0.00', users: new Map([['10001', '0.00']]) });
  const asked = portal.requests.length;
  portal.state.directory.allocation('fc_alpha').usage = 12_345n;
  portal.state.directory.allocation('fc_alpha').shares.get('alice')!.usage = 5n;
  t.strictSame(await usage('fc_alpha', ['10001']), { used: '123.45', users: new Map([['10001', '0.05']]) });
  t.equal(portal.requests.length - asked, 3, 'who has a share is known by now');
  t.strictSame(await usage('fc_noallocation', ['10001']), { used: null, users: new Map() });
  t.strictSame(await usage('nobody', ['10001']), { used: null, users: new Map() });
});

void t.test('uids of names: in short addresses, remembered, and never everybody', async (t) => {
  const users = Array.from({ length: 230 }, (_, index) => ({
    username: `user-of-a-long-name-${index}`,
    cluster_uid: String(20_000 + index),
  }));
  const portal = await startPortal({ seed: { ...seed, users: [...seed.users, ...users] } });
  t.teardown(() => portal.close());
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl });
  const names = [...users.map(({ username }) => username), 'nobody', 'nouid', 'alice', 'alice'];
  const found = await sink.userIds(names, { signal });
  t.strictSame([found.size, found.get('alice'), found.get('user-of-a-long-name-229')], [231, '10001', '20229']);
  t.equal(portal.requests.length, 5);
  t.ok(portal.requests.every(({ path }) => path.length < 4000));
  t.strictSame(await sink.userIds(names, { signal }), found);
  t.strictSame(await sink.userIds(['', 'nobody'], { signal }), new Map());
  t.strictSame(await sink.userIds([], { signal }), new Map());
  t.equal(portal.requests.length, 5);
});

void t.test('totals: whole sums from one page, the shortest', async (t) => {
  const portal = await portalWith(t, seed.projects);
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl });
  const window = { from: 0, to: 2_000_000_000 };
  t.strictSame(await sink.totals('fc_alpha', { window, signal }), { count: 0, amount: '0.00', cpuHours: 0 });
  t.strictSame(await sink.totals('nobody', { window, signal }), { count: 0, amount: '0.00', cpuHours: 0 });
  t.match(portal.requests[0]?.path, /start_time=0&end_time=1999999999\.999999&account=fc_alpha&page=last/);
});
