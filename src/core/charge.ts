import type { FoldedJob } from './fold-rows.js';
import { expandHostlist } from './hostlist.js';
import type { Instant, Job } from './job.js';
import type { PriceLists } from './prices.js';
import type { SinkRecord } from './record.js';
import { formatAmount, priceCharge, type Cents, type Price } from './service-units.js';

/** A job priced: what its record should say. Named like the fields of a record; nodes and amount stay unformatted until a record is made. */
export interface Charge {
  readonly jobId: string;
  readonly account: string;
  readonly userId: string;
  readonly amount: Cents;
  readonly state: string;
  readonly partition: string;
  readonly qos: string;
  readonly submittedAt: Instant;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly nodeList: string | null;
  readonly cpuCount: number;
  readonly requestedNodeCount: number | null;
  readonly allocatedNodeCount: number;
  readonly seconds: number;
  /** The price that was applied; null where the amount is 0.00 for another reason: no price, a free QOS, never ran. */
  readonly price: Price | null;
  /** The partition has no price (money 8). */
  readonly unknownPartition: boolean;
  /** No row ever had nodes: partition and requested nodes keep the record's value (money 10). */
  readonly neverRan: boolean;
}

export interface Pricing {
  readonly prices: PriceLists;
  /** QOSes that cost nothing (money 8). */
  readonly freeQos: ReadonlySet<string>;
}

/**
 * Prices an ended job.
 * @param userId numeric uid as text
 * @throws BrcSyncError `PRICE_MISSING` when the job ended before the first price list
 */
export function chargeJob(folded: FoldedJob, userId: string, pricing: Pricing): Charge {
  const { job } = folded;
  const endedAt = job.endedAt as Instant;
  const startedAt = folded.ran ? (job.startedAt ?? endedAt) : endedAt;
  const price = pricing.prices.at(endedAt).price(job.partition);
  const applied = price === null || !folded.ran || pricing.freeQos.has(job.qos) ? null : price;
  const seconds = endedAt - startedAt;
  return {
    jobId: job.jobId,
    account: job.account,
    userId,
    amount: applied === null ? 0n : priceCharge(applied, job.cpuCount, seconds),
    state: stateForSink(job.state),
    partition: job.partition,
    qos: job.qos,
    submittedAt: Math.min(job.submittedAt, startedAt),
    startedAt,
    endedAt,
    nodeList: folded.ran ? job.nodeList : null,
    cpuCount: folded.ran ? job.cpuCount : 0,
    requestedNodeCount: job.requestedNodeCount,
    allocatedNodeCount: folded.ran ? job.allocatedNodeCount : 0,
    seconds,
    price: applied,
    unknownPartition: folded.ran && price === null,
    neverRan: !folded.ran,
  };
}

/** The whole record to send for a charge (money 13); what Slurm does not know keeps the value of the record before. */
export function recordOfCharge(charge: Charge, before: SinkRecord | null): SinkRecord {
  const rawHours = charge.seconds / 3600;
  const kept = charge.neverRan ? before : null;
  return {
    jobId: before?.jobId ?? charge.jobId,
    account: charge.account,
    userId: charge.userId,
    amount: formatAmount(charge.amount),
    state: charge.state,
    partition: kept?.partition ?? charge.partition,
    qos: charge.qos,
    submittedAt: charge.submittedAt,
    startedAt: charge.startedAt,
    endedAt: charge.endedAt,
    nodes: charge.nodeList === null ? [] : expandHostlist(charge.nodeList),
    cpuCount: charge.cpuCount,
    requestedNodeCount: kept?.requestedNodeCount ?? charge.requestedNodeCount ?? before?.requestedNodeCount ?? null,
    allocatedNodeCount: charge.allocatedNodeCount,
    rawHours,
    cpuHours: rawHours * charge.cpuCount,
  };
}

/** COMPLETED is the portal's COMPLETING, the plugin's word; the others go by name (money 11). */
function stateForSink(state: Job['state']): string {
  return state === 'COMPLETED' ? 'COMPLETING' : state;
}
