import { chargeJob } from '../charge.js';
import { foldRows, newestRow } from '../fold-rows.js';
import type { Instant, Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { lowestCharge, parseAmount, type Cents } from '../service-units.js';
import type { JudgeContext } from './context.js';

/** What a record adds to the sink's totals of the windows in which it starts. */
export interface Contribution {
  readonly startedAt: Instant;
  readonly amount: Cents;
  readonly cpuHours: number;
}

/** What the record of an ended job should add: the exact amount, or on a tie a cent less (money 9). */
export interface Expected {
  readonly startedAt: Instant;
  readonly low: Cents;
  readonly high: Cents;
  readonly cpuHours: number;
}

/** Hours that differ by less are the same: the plugin writes 32-bit floats (money 12, 25). */
const HOURS_TOLERANCE = 1e-6;

/** Null for a record without a start, which no window shows. */
export function contributionOf({ startedAt, amount, cpuHours }: SinkRecord): Contribution | null {
  return startedAt === null ? null : { startedAt, amount: parseAmount(amount), cpuHours: cpuHours ?? 0 };
}

/**
 * What the record of an id should add, by an account's own rows of it; null where there should be none, or none can be told yet: the job has not
 * ended and settled, never ran, or belongs to another cluster. Of several jobs of one id the newest counts (money 2).
 */
export function expectedOf(rows: readonly Row[], context: JudgeContext): Expected | null {
  const { cluster, now, settleSeconds, pricing, flags } = context;
  const settled = foldRows(rows).filter((folded) => {
    if (!folded.ended || !folded.ran) return false;
    if (cluster !== null && folded.job.cluster !== null && folded.job.cluster !== cluster) return false;
    return (newestRow(folded).endedAt as Instant) + settleSeconds <= now;
  });
  const newest = settled.at(-1);
  if (newest === undefined) return null;
  const charge = chargeJob(newest, '', pricing);
  if (charge.unknownPartition && flags.strictPrices) context.onUnknownPartition(charge.partition, charge.jobId);
  const { startedAt, amount, price, cpuCount, seconds } = charge;
  const low = price === null ? amount : lowestCharge(price, cpuCount, seconds);
  return { startedAt, low, high: amount, cpuHours: (seconds / 3600) * cpuCount };
}

export function isAsExpected({ amount, cpuHours }: Contribution, expected: Expected): boolean {
  return amount >= expected.low && amount <= expected.high && hoursAgree(cpuHours, expected.cpuHours);
}

export function hoursAgree(one: number, other: number): boolean {
  return Math.abs(one - other) <= HOURS_TOLERANCE * Math.max(Math.abs(one), Math.abs(other));
}

export function isSameExpected(one: Expected | null, other: Expected | null): boolean {
  if (one === null || other === null) return one === other;
  return one.startedAt === other.startedAt && one.low === other.low && one.high === other.high && one.cpuHours === other.cpuHours;
}
