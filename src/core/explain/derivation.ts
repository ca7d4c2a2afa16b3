import { chargeJob, type Charge, type Pricing } from '../charge.js';
import type { FoldedJob } from '../fold-rows.js';
import { formatInstant } from '../instants.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, formatPrice, formatUnrounded, lowestCharge, priceCharge } from '../service-units.js';

/** How an ended job's amount comes about (money 7 to 10): every factor, as text where it is an amount or a time. */
export interface Derivation {
  readonly partition: string;
  readonly qos: string;
  readonly priceList: { readonly file: string; /** Null: always. */ readonly from: string | null };
  /** SU per CPU hour; null: the list does not have the partition. */
  readonly price: string | null;
  /** Why the price does not count; null: it does. */
  readonly free: 'never-ran' | 'free-qos' | 'no-price' | null;
  readonly cpuCount: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  /** Price × CPUs × seconds ÷ 3600, before it is rounded half-up; `…` where the digits do not end. */
  readonly unrounded: string;
  readonly amount: string;
  /** The cent below, where the completion plugin may have written it (money 9); else null. */
  readonly orLower: string | null;
}

/** Null while the job has not ended. */
export function deriveCharge(folded: FoldedJob, pricing: Pricing): Derivation | null {
  return folded.ended ? derivationOf(chargeJob(folded, '', pricing), pricing) : null;
}

/** How the amount of a record comes about; null where it is not what such a job costs by these lists: somebody or something else set it. */
export function deriveRecord(record: SinkRecord, pricing: Pricing): Derivation | null {
  const { partition, qos, startedAt, endedAt, cpuCount } = record;
  if (partition === null || startedAt === null || endedAt === null || cpuCount === null || endedAt < startedAt) return null;
  const list = pricing.prices.lists.findLast(({ from }) => from === null || from <= endedAt);
  if (list === undefined) return null;
  const seconds = endedAt - startedAt;
  const price = list.price(partition);
  const neverRan = cpuCount === 0;
  const applied = neverRan || pricing.freeQos.has(qos ?? '') ? null : price;
  const amount = applied === null ? 0n : priceCharge(applied, cpuCount, seconds);
  const priced = { partition, qos: qos ?? '', amount, startedAt, endedAt, cpuCount, seconds, price: applied, neverRan };
  const derivation = derivationOf({ ...priced, unknownPartition: !neverRan && price === null }, pricing);
  return derivation.amount === record.amount || derivation.orLower === record.amount ? derivation : null;
}

type Priced = Omit<Charge, 'jobId' | 'account' | 'userId' | 'state' | 'submittedAt' | 'nodeList' | `${'requested' | 'allocated'}NodeCount`>;

function derivationOf(charge: Priced, { prices }: Pricing): Derivation {
  const list = prices.at(charge.endedAt);
  const price = list.price(charge.partition);
  const { price: applied, cpuCount, seconds } = charge;
  const lowest = applied === null ? charge.amount : lowestCharge(applied, cpuCount, seconds);
  return {
    partition: charge.partition,
    qos: charge.qos,
    priceList: { file: list.file, from: list.from === null ? null : formatInstant(list.from) },
    price: price === null ? null : formatPrice(price),
    free: applied !== null ? null : charge.neverRan ? 'never-ran' : charge.unknownPartition ? 'no-price' : 'free-qos',
    cpuCount,
    startedAt: formatInstant(charge.startedAt),
    endedAt: formatInstant(charge.endedAt),
    seconds,
    unrounded: applied === null ? '0' : formatUnrounded(applied, cpuCount, seconds),
    amount: formatAmount(charge.amount),
    orLower: lowest === charge.amount ? null : formatAmount(lowest),
  };
}
