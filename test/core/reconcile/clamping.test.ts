import fc from 'fast-check';
import t from 'tap';
import { DEFAULT_GUARD, type GuardLimits } from '../../../src/core/guard-limits.js';
import type { AccountUsage, JobSink } from '../../../src/core/job-sink.js';
import { formatAmount, parseAmount } from '../../../src/core/service-units.js';
import { aJob, aRecord, HOUR, NOON } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { runCore, type CoreRun } from '../../support/run-core.js';

const ACCOUNTS = ['fc_one', 'fc_two'].map((name) => ({ name, allocationStart: NOON - 100 * HOUR, allocationEnd: null }));
const UNGUARDED = Object.fromEntries(Object.keys(DEFAULT_GUARD).map((limit) => [limit, null])) as unknown as GuardLimits;

/** A job of so many hours at 1 SU, whose record has another amount. */
interface Spec {
  readonly account: number;
  readonly user: number;
  readonly hours: number;
  readonly recordedCents: number;
}

const specs = fc.array(
  fc.record<Spec>({
    account: fc.nat(1),
    user: fc.nat(1),
    hours: fc.integer({ min: 1, max: 9 }),
    recordedCents: fc.integer({ min: 1, max: 2000 }),
  }),
  { minLength: 1, maxLength: 12 },
);
/** Of the sum of an account's and a user's records, what purchases and staff have left in the usage, in percent. */
const share = fc.integer({ min: 0, max: 130 });

/** A sink that keeps usage as a portal does: floored at 0.00, for the account and for the user. */
class FlooringSink {
  readonly usage = new Map<string, bigint>();
  swallowed = 0n;

  add(keys: readonly string[], cents: bigint): void {
    for (const key of keys) {
      const next = (this.usage.get(key) ?? 0n) + cents;
      if (next < 0n) this.swallowed -= next;
      this.usage.set(key, next < 0n ? 0n : next);
    }
  }

  of(key: string): bigint {
    return this.usage.get(key) ?? 0n;
  }
}

const keysOf = ({ account, userId }: { readonly account: string; readonly userId: string | null }): string[] => [
  account,
  `${account} ${userId}`,
];

async function run(jobs: readonly Spec[], percent: number): Promise<{ readonly result: CoreRun; readonly floor: FlooringSink }> {
  const rows = jobs.map(({ account, user, hours }, index) =>
    aJob({
      jobId: String(100 + index),
      account: ACCOUNTS[account]!.name,
      user: `user${user}`,
      uid: 10_001 + user,
      endedAt: NOON + hours * HOUR,
    }),
  );
  const records = rows.map(({ jobId, account, uid, endedAt }, index) =>
    aRecord({ jobId, account, userId: String(uid), endedAt, amount: formatAmount(BigInt(jobs[index]!.recordedCents)) }),
  );
  const floor = new FlooringSink();
  for (const record of records) floor.add(keysOf(record), (parseAmount(record.amount) * BigInt(percent)) / 100n);
  const memory = memorySink(records, { accounts: ACCOUNTS });
  const sink: JobSink = {
    ...memory,
    usage: (account, { userIds }): Promise<AccountUsage> =>
      Promise.resolve({
        used: formatAmount(floor.of(account)),
        users: new Map(userIds.map((userId) => [userId, formatAmount(floor.of(`${account} ${userId}`))])),
      }),
    put(change, options) {
      floor.add(keysOf(change), parseAmount(change.suDifference));
      return memory.put(change, options);
    },
  };
  return { result: await runCore({ source: memorySource(rows), sink, site: { guard: UNGUARDED } }), floor };
}

void t.test('the floor at 0.00 swallows nothing, and only what fits in no order is withheld (money 19)', async (t) => {
  let withheld = 0;
  await fc.assert(
    fc.asyncProperty(specs, share, async (jobs, percent) => {
      const { result, floor } = await run(jobs, percent);
      t.equal(floor.swallowed, 0n);
      for (const finding of result.findings.filter(({ kind }) => kind === 'would-clamp')) {
        withheld += 1;
        const job = jobs[Number(finding.jobId) - 100]!;
        const decrease = BigInt(job.recordedCents - job.hours * 100);
        const left = keysOf({ account: finding.account!, userId: String(10_001 + job.user) }).map((key) => floor.of(key));
        t.ok(
          left.some((cents) => cents < decrease),
          `job ${finding.jobId} does not fit after all increases`,
        );
      }
    }),
    { numRuns: 30 },
  );
  t.ok(withheld > 0, `${withheld} decreases were withheld`);
});
