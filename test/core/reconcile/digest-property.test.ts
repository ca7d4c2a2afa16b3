import fc from 'fast-check';
import t from 'tap';
import { parseAllowance } from '../../../src/core/guard-limits.js';
import type { Row } from '../../../src/core/job.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { formatAmount, lowestCharge, parseAmount, parsePrice, priceCharge } from '../../../src/core/service-units.js';
import { DAY, Site } from '../../support/digest-site.js';
import { NOON, aJob, aRecord, anOpenRecord } from '../../support/jobs.js';

const RUNS = Number(process.env.BRC_SYNC_DIGESTS ?? 20);
const ACCOUNTS = ['fc_one', 'fc_two'];
const PRICES = { savio3: 1, savio2_htc: 0.75 } as const;
const SINK_ACCOUNTS = ACCOUNTS.map((name) => ({ name, allocationStart: NOON - 300 * DAY, allocationEnd: null }));

/** Many records are wrong at first, more than a guard lets pass. */
const EVERYTHING = parseAllowance(['closed-raised=1000', 'closed-lowered=1000', 'over-estimate=1000', 'missing=1000', 'share=1000']);

interface Spec {
  readonly account: number;
  readonly begin: number;
  readonly seconds: number;
  readonly cpuCount: number;
  readonly partition: keyof typeof PRICES;
  readonly kind: 'plain' | 'low' | 'unrecorded' | 'adjusted' | 'wrong' | 'never ran' | 'running' | 'open' | 'nobody’s' | 'doubled';
}

const specs = fc.array(
  fc.record<Spec>({
    account: fc.nat(1),
    // Some start before the allocation, and may end in it.
    begin: fc.oneof({ weight: 12, arbitrary: fc.nat(290 * DAY) }, { weight: 1, arbitrary: fc.integer({ min: -3 * DAY, max: 0 }) }),
    // Ties come where few CPUs run for few seconds.
    seconds: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 4 * DAY })),
    cpuCount: fc.integer({ min: 1, max: 64 }),
    partition: fc.constantFrom('savio3', 'savio2_htc'),
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('plain', 'low') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('unrecorded', 'adjusted', 'wrong', 'never ran', 'running', 'open', 'nobody’s', 'doubled'),
      },
    ),
  }),
  { minLength: 20, maxLength: 160, size: 'max' },
);

interface Cost {
  readonly low: bigint;
  readonly high: bigint;
}

function costOf({ partition, cpuCount, seconds }: Spec): Cost {
  const price = parsePrice(PRICES[partition]);
  return { low: lowestCharge(price, cpuCount, seconds), high: priceCharge(price, cpuCount, seconds) };
}

/** What Slurm has, and what the plugin and people have made of it in the portal. */
function worldOf(jobs: readonly Spec[]): { rows: Row[]; records: SinkRecord[] } {
  const rows: Row[] = [];
  const records: SinkRecord[] = [];
  jobs.forEach((spec, index) => {
    const { partition, cpuCount, kind } = spec;
    const account = ACCOUNTS[spec.account] as string;
    const jobId = String(1000 + index);
    const startedAt = NOON - 299 * DAY + spec.begin;
    const times = { submittedAt: startedAt - 60, startedAt, endedAt: startedAt + spec.seconds };
    const job = { jobId, account, partition, cpuCount };
    const hours = { rawHours: spec.seconds / 3600, cpuHours: Math.fround((spec.seconds * cpuCount) / 3600) };
    const { low, high } = costOf(spec);
    const amount = formatAmount(kind === 'low' ? low : kind === 'adjusted' ? 0n : kind === 'wrong' ? high + 7n : high);
    const record = aRecord({ ...job, ...times, ...hours, amount });
    if (kind === 'running') {
      rows.push(aJob({ ...job, ...times, state: 'RUNNING', endedAt: null }));
      records.push(anOpenRecord({ ...job, ...times, endedAt: null }));
    } else if (kind === 'never ran') {
      rows.push(aJob({ ...job, ...times, state: 'CANCELLED', startedAt: null, nodeList: null, allocatedNodeCount: 0, cpuCount: 0 }));
      records.push(anOpenRecord({ ...job, ...times, endedAt: null, startedAt }));
    } else {
      if (kind !== 'nobody’s')
        rows.push(aJob({ ...job, ...times, ...(kind === 'doubled' ? { arrayJobId: '99', arrayTaskId: index } : {}) }));
      if (kind === 'doubled') records.push({ ...record, jobId: `99_${index}` });
      if (kind === 'open') records.push(anOpenRecord({ ...job, ...times, endedAt: null }));
      else if (kind !== 'unrecorded') records.push(record);
    }
  });
  return { rows, records };
}

type Fault = 'missing' | 'extra' | 'amount' | 'hours';

/** One thing goes wrong in the portal; false where there is nothing that could. */
function strike(site: Site, fault: Fault, pick: number, cents: bigint): boolean {
  const closed = [...site.sink.records.values()].filter((record) => record.state === 'COMPLETING' && parseAmount(record.amount) > 0n);
  const victim = closed[pick % closed.length];
  if (victim === undefined) return false;
  const { jobId } = victim;
  if (fault === 'missing') return site.sink.records.delete(jobId);
  if (fault === 'extra') {
    site.sink.records.set('7', { ...victim, jobId: '7' });
    return true;
  }
  const amount = parseAmount(victim.amount) + cents;
  if (fault === 'amount') site.spoil(jobId, { amount: formatAmount(amount < 0n ? -amount : amount) });
  else site.spoil(jobId, { cpuHours: (victim.cpuHours ?? 0) * 2 + 1, cpuCount: (victim.cpuCount ?? 0) * 2 + 1 });
  return true;
}

void t.test('a digest finds what a reading of every record finds: single errors (money 25)', async (t) => {
  let outside = 0;
  const faults = fc.constantFrom<Fault>('missing', 'extra', 'amount', 'hours');
  const cents = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -5000, max: 5000 })).filter((each) => each !== 0);
  await fc.assert(
    fc.asyncProperty(specs, faults, fc.nat(), cents, async (jobs, fault, pick, difference) => {
      const { rows, records } = worldOf(jobs);
      const site = new Site(rows, records, SINK_ACCOUNTS);
      await site.run({ allowance: EVERYTHING });
      const calm = await site.digest();
      if (calm.changes.length > 0 || site.listed > 0) throw new Error('it finds what is not there');

      const before = new Map(site.sink.records);
      if (!strike(site, fault, pick, BigInt(difference))) return;
      const digest = await site.digest({ dryRun: true });
      const full = await site.run({ dryRun: true });
      if (isInside(before, site.sink.records, jobs)) return;
      outside += 1;
      const struck = new Set([...digest.changes, ...full.changes].map(({ jobId }) => jobId).concat(changedIds(before, site.sink.records)));
      const about = (run: typeof full): readonly unknown[] => run.findings.filter(({ jobId }) => struck.has(jobId ?? ''));
      t.same(digest.changes, full.changes, `${fault} ${difference}`);
      t.same(about(digest), about(full));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  t.ok(outside > RUNS / 3, `${outside} errors that a digest must see`);
});

function changedIds(before: ReadonlyMap<string, SinkRecord>, after: ReadonlyMap<string, SinkRecord>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((jobId) => before.get(jobId) !== after.get(jobId));
}

/** Whether the error can hide among the cents of ties: the sums of money and nothing else have moved, and stay within Σ low … Σ high. */
function isInside(before: ReadonlyMap<string, SinkRecord>, after: ReadonlyMap<string, SinkRecord>, jobs: readonly Spec[]): boolean {
  if (before.size !== after.size) return false;
  const changed = [...after.values()].find((record) => before.get(record.jobId) !== record);
  if (changed === undefined || changed.cpuHours !== before.get(changed.jobId)?.cpuHours) return false;
  const moved = parseAmount(changed.amount) - parseAmount(before.get(changed.jobId)?.amount ?? '0.00');
  const ties = jobs.filter((job) => ACCOUNTS[job.account] === changed.account && costOf(job).low < costOf(job).high).length;
  return moved <= BigInt(ties) && moved >= -BigInt(ties);
}
