import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { Instant, Row } from '../../src/core/job.js';
import { formatCents } from '../portal/decimal.js';
import type { JobView } from '../portal/job.js';
import type { Portal } from '../portal/portal.js';
import { startPortal } from '../portal/start-portal.js';
import { aColdfrontSink } from '../support/coldfront.js';
import { pricesOf } from '../support/context.js';
import { memorySource } from '../support/memory-plugins.js';
import { runCore } from '../support/run-core.js';
import type { CoreRun } from '../support/run-core.js';
import { centsOf } from './books.js';
import { fatesOf } from './due-record.js';
import type { Prices } from './due-record.js';
import { UNGUARDED } from './fault-story.js';
import { CHEAPER, DEARER } from './mischief.js';
import * as random from './random-site.js';
import { FILES, PRICES as RECORDED_PRICES, readRecordedRows } from './recorded-site.js';
import { TOKEN, siteSeed } from './site-seed.js';
import { tell } from './tell.js';

// Whatever single record is missing, extra or wrongly charged: --compare digest plans and reports what --compare records does (money 25).
// Six records of each site are struck here; BRC_SYNC_DIGESTS=150 (npm run test:digests) strikes so many.

const STRIKES = Number(process.env.BRC_SYNC_DIGESTS ?? 6);
const DAY = 86_400;

interface DigestSite {
  readonly rows: readonly Row[];
  readonly prices: Prices;
  readonly now: Instant;
}

interface Story {
  readonly portal: Portal;
  readonly run: (compare: 'records' | 'digest', dryRun: boolean) => Promise<CoreRun>;
}

void t.test('recorded jobs', async (t) => {
  const rows = await readRecordedRows(t.testdir(FILES));
  const ends = rows.map(({ endedAt, submittedAt }) => endedAt ?? submittedAt);
  await testSite(t, { rows, prices: RECORDED_PRICES, now: Math.max(...ends) + DAY });
});

for (const seed of [1, 2]) {
  void t.test(`random site ${seed}`, (t) =>
    testSite(t, { rows: random.randomSite(seed, { jobs: 300, accounts: 3 }), prices: random.PRICES, now: random.AFTERWARDS }),
  );
}

async function testSite(t: Test, site: DigestSite): Promise<void> {
  const { portal, run } = await openStory(t, site);
  const first = await run('records', false);
  t.ok(first.summary.totals.recordsRead > 30, 'a full reading');
  const calm = await run('digest', false);
  t.strictSame(calm.changes, [], 'and then both sides add up');
  t.ok(calm.summary.totals.recordsSummed > 0 && calm.summary.totals.recordsRead < calm.summary.totals.recordsSummed);

  const ties = [...fatesOf(site.rows, site.prices).values()].flatMap((fate) =>
    fate.kind === 'due' && fate.record.mayBeLow ? [fate.record.account] : [],
  );
  let outside = 0;
  for (const [index, victim] of victimsOf(portal).entries()) {
    const fault = FAULTS[index % FAULTS.length]!;
    fault.strike(portal, victim);
    const [digest, records] = [await run('digest', true), await run('records', true)];
    // A cent may hide among the ties of the account.
    const hidden = fault.name === 'a cent too little' && ties.includes(victim.accountid);
    if (!hidden) {
      outside += 1;
      const about = ({ changes, findings }: CoreRun): unknown[] => [changes, findings.filter(({ jobId }) => jobId === fault.jobId(victim))];
      t.ok(records.changes.length + records.findings.length > calm.findings.length, `${fault.name}: ${victim.jobslurmid}`);
      t.strictSame(about(digest), about(records));
    }
    fault.undo(portal, victim);
  }
  t.ok(outside > 3);
  t.strictSame((await run('digest', true)).changes, [], 'all undone');
}

/** Records of the last word, evenly spread. */
function victimsOf(portal: Portal): JobView[] {
  const closed = portal.jobs().filter((job) => job.jobstatus === 'COMPLETING' && centsOf(job) > 1n);
  const every = Math.max(1, Math.floor(closed.length / STRIKES));
  return closed.filter((_, index) => index % every === 0);
}

interface Fault {
  readonly name: string;
  readonly strike: (portal: Portal, job: JobView) => void;
  readonly undo: (portal: Portal, job: JobView) => void;
  /** The job that findings are about. */
  readonly jobId: (job: JobView) => string;
}

const putBack = (portal: Portal, job: JobView): void => void portal.put({ ...job });
const own = ({ jobslurmid }: JobView): string => jobslurmid;

const FAULTS: readonly Fault[] = [
  { name: 'missing', strike: (portal, { jobslurmid }) => portal.forget(jobslurmid), undo: putBack, jobId: own },
  {
    name: 'extra',
    strike: (portal, job) => portal.put({ ...job, jobslurmid: '987654', amount: '0.00' }),
    undo: (portal) => portal.forget('987654'),
    jobId: () => '987654',
  },
  { name: 'dearer', strike: (portal, job) => portal.put({ ...job, ...DEARER(job) }), undo: putBack, jobId: own },
  { name: 'a cent too little', strike: (portal, job) => portal.put({ ...job, ...CHEAPER(job) }), undo: putBack, jobId: own },
  {
    name: 'half',
    strike: (portal, job) => portal.put({ ...job, amount: formatCents(centsOf(job) / 2n) }),
    undo: putBack,
    jobId: own,
  },
  {
    name: 'other CPUs and hours',
    strike: (portal, job) => portal.put({ ...job, num_cpus: (job.num_cpus ?? 0) + 3, cpu_time: (job.cpu_time ?? 0) + 3 }),
    undo: putBack,
    jobId: own,
  },
];

/** A portal that the plugins have told of their jobs, and runs that share a state directory. */
async function openStory(t: Test, { rows, prices, now }: DigestSite): Promise<Story> {
  const portal = await startPortal({ seed: siteSeed(rows), now: now * 1000 });
  t.teardown(() => portal.close());
  tell(portal.state, rows, { prices });
  const state = mkdtempSync(join(tmpdir(), 'brc-sync-test-'));
  const numbers = pricesOf(Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, Number(price)])));
  const run: Story['run'] = async (compare, dryRun) => {
    const sink = aColdfrontSink({ baseUrl: portal.baseUrl }, { env: { TOKEN }, now: () => now });
    try {
      const request = { compare, dryRun };
      return await runCore({ source: memorySource(rows), sink, prices: numbers, now, state, request, site: { guard: UNGUARDED } });
    } finally {
      await sink.close();
    }
  };
  return { portal: portal.state, run };
}
