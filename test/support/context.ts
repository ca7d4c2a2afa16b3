import type { JudgeContext, ReconcileFlags } from '../../src/core/reconcile/context.js';
import type { PriceList, PriceLists } from '../../src/core/prices.js';
import { parsePrice } from '../../src/core/service-units.js';
import { localReadAsUtc } from '../../src/core/site-zone.js';
import { HOUR, NOON } from './jobs.js';

export const NO_FLAGS: ReconcileFlags = {
  details: false,
  overwriteAdjusted: false,
  trustSource: false,
  zeroDuplicates: false,
  strictPrices: false,
};

/** One price list for all times. */
export function pricesOf(table: Readonly<Record<string, number>>): PriceLists {
  const list: PriceList = {
    from: null,
    file: 'test.toml',
    knownPartitions: Object.keys(table),
    digest: 'test',
    price: (partition) => (table[partition] === undefined ? null : parsePrice(table[partition])),
  };
  return { lists: [list], digest: 'test', at: () => list };
}

/** A context in which `aJob()` is settled, in the period, and costs 1 SU a CPU hour. */
export function aContext(fields: Partial<JudgeContext> = {}): JudgeContext {
  const now = NOON + 10 * HOUR;
  return {
    command: 'full',
    now,
    period: { from: NOON - 1000 * HOUR, to: now },
    settleSeconds: 600,
    runawaySeconds: 30 * 86_400,
    lostJobs: new Set(),
    cluster: 'savio',
    pricing: { prices: pricesOf({ savio3: 1, savio2_htc: 0.75, Savio4: 2 }), freeQos: new Set(['free']) },
    flags: NO_FLAGS,
    userIdOf: (job) => (job.uid === null ? null : String(job.uid)),
    localReadAsUtc: (instant) => localReadAsUtc(instant, 'America/Los_Angeles'),
    accounts: null,
    onUnknownPartition: () => undefined,
    ...fields,
  };
}
