import t from 'tap';
import type { Test } from 'tap';
import { startPortal } from '../portal/start-portal.js';
import type { RunningPortal } from '../portal/start-portal.js';
import { aColdfrontSink } from '../support/coldfront.js';
import { pricesOf } from '../support/context.js';
import { memorySource } from '../support/memory-plugins.js';
import { runCore } from '../support/run-core.js';
import type { CoreRun } from '../support/run-core.js';
import { faultsOfUsage } from './books.js';
import { FILES, PRICES, readRecordedRows } from './recorded-site.js';
import { TOKEN, siteSeed } from './site-seed.js';
import type { SiteSeedOptions } from './site-seed.js';
import { losing } from './story.js';
import type { Loss } from './story.js';
import { tell } from './tell.js';

// What the portal refuses, stores without charging, or would swallow: said, and never charged behind anybody's back.

/** 2026-11-23T12:00:00Z: the recorded jobs ended hours ago. */
const NOON = 1_795_435_200;

interface Told {
  readonly portal: RunningPortal;
  readonly run: (command: 'update' | 'full') => Promise<CoreRun>;
}

async function told(t: Test, losses: Readonly<Record<string, Loss>>, allocations: SiteSeedOptions['allocations'] = {}): Promise<Told> {
  const rows = await readRecordedRows(t.testdir(FILES));
  const portal = await startPortal({ seed: siteSeed(rows, { allocations }), now: NOON * 1000 });
  t.teardown(() => portal.close());
  tell(portal.state, rows, { prices: PRICES }, losing(losses));
  const prices = pricesOf({ savio3: 12, savio3_htc: 9 });
  const run = async (command: 'update' | 'full'): Promise<CoreRun> => {
    const sink = aColdfrontSink({ baseUrl: portal.baseUrl }, { env: { TOKEN } });
    const ended = await runCore({ source: memorySource(rows), sink, prices, now: NOON, request: { command } });
    await sink.close();
    return ended;
  };
  return { portal, run };
}

const idsIn = ({ findings }: CoreRun, kind: string): (string | null)[] =>
  findings.filter((each) => each.kind === kind).map(({ jobId }) => jobId);

void t.test('a member who left: refused jobs are one group with a remedy, the others go through, and nothing is charged', async (t) => {
  const { portal, run } = await told(t, { 4: 'ends', 202: 'ends', 210: 'ends' });
  const before = ['202', '210'].map((id) => portal.state.job(id));
  portal.state.directory.removeMember('fc_alpha', 'ada');
  const { exitCode, summary } = await run('update');
  t.equal(exitCode, 3);
  t.match(summary.applied, { applied: 1, rejected: 3, unsettled: 0, stopped: null });
  t.match(summary.applied?.problems, [{ outcome: 'rejected', cause: 'User … is not a member of account ….', count: 3, remedy: /member/u }]);
  t.match(summary.applied?.problems[0]?.first[0]?.message, /User ada is not a member of account fc_alpha/u);
  t.equal(portal.state.job('4')?.amount, '0.04');
  t.strictSame(
    ['202', '210'].map((id) => portal.state.job(id)),
    before,
  );
  t.strictSame(faultsOfUsage(portal.state), []);
});

void t.test('an allocation that expired: refused, with the administrator’s remedy', async (t) => {
  const { portal, run } = await told(t, { 206: 'ends' });
  portal.state.directory.allocation('fc_p0').status = 'Expired';
  const { exitCode, summary } = await run('update');
  t.equal(exitCode, 3);
  t.match(summary.applied?.problems, [{ cause: 'Account … has no active compute allocation.', count: 1, remedy: /Active/u }]);
  t.match(portal.state.job('206'), { amount: '12.00', jobstatus: 'RUNNING' });
  t.strictSame(faultsOfUsage(portal.state), []);
});

void t.test('an account without an allocation: counted with its SU, never sent', async (t) => {
  const { portal, run } = await told(t, {}, { fc_p0: null });
  const { exitCode, findings } = await run('full');
  t.equal(exitCode, 0);
  t.match(
    findings.filter(({ kind }) => kind === 'unknown-account'),
    [{ account: 'fc_p0', suAtStake: '3.33' }],
  );
  t.equal(portal.state.job('206'), null);
  t.equal(portal.requests.filter(({ method, path }) => method === 'PUT' && path.includes('206')).length, 0);
});

void t.test('jobs outside the allocation: stored as they are, usage stands still, and the finding says so', async (t) => {
  // It ended a day before the jobs did: POST looks at no end, PUT does.
  const ended = { resource: 'Savio Compute', start_date: '2026-06-01', end_date: '2026-11-21', service_units: '1.00' };
  const later = { resource: 'Savio Compute', start_date: '2026-11-24', end_date: null, service_units: '1.00' };
  const { portal, run } = await told(t, { 4: 'ends', 21: 'ends', 27: 'all' }, { fc_alpha: ended, co_beta: later });
  const usage = portal.state.accountUsage('fc_alpha');
  t.ok(usage > 4800n, 'the estimates are charged');
  t.equal(portal.state.accountUsage('co_beta'), 0n);
  const update = await run('update');
  t.equal(update.exitCode, 0);
  t.strictSame(idsIn(update, 'outside-allocation'), ['4', '21', '201']);
  t.match(
    update.findings.find(({ jobId, kind }) => jobId === '4' && kind === 'outside-allocation')?.message,
    /ended after .* estimate may still be charged/u,
  );
  t.match(update.findings.find(({ jobId, kind }) => jobId === '21' && kind === 'outside-allocation')?.message, /started before/u);
  t.match([portal.state.job('4'), portal.state.job('21')], [{ amount: '0.04', jobstatus: 'COMPLETING' }, { amount: '0.80' }]);
  t.equal(portal.state.accountUsage('fc_alpha'), usage);
  t.equal(portal.state.accountUsage('co_beta'), 0n);
  const full = await run('full');
  t.equal(full.exitCode, 0);
  t.strictSame([portal.state.accountUsage('fc_alpha'), portal.state.accountUsage('co_beta')], [usage, 0n]);
});

void t.test('a decrease that the portal would swallow is reported and not sent', async (t) => {
  const { portal, run } = await told(t, { 4: 'ends' });
  // Staff have set the usage back, as at a renewal.
  const allocation = portal.state.directory.allocation('fc_alpha');
  allocation.usage = 100n;
  const { exitCode, findings } = await run('update');
  t.equal(exitCode, 0, 'known before anything was sent');
  t.match(
    findings.filter(({ kind }) => kind === 'would-clamp'),
    [{ jobId: '4', account: 'fc_alpha', suAtStake: '46.96' }],
  );
  t.match(portal.state.job('4'), { amount: '48.00', jobstatus: 'RUNNING' });
  t.equal(allocation.usage, 100n);
});
