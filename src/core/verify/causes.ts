import type { SinkAccount } from '../job-sink.js';
import type { Instant } from '../job.js';
import type { PriceLists } from '../prices.js';
import type { SinkRecord } from '../record.js';
import { parseAmount, priceCharge, type Cents } from '../service-units.js';
import type { Cause, CauseKind } from './balance.js';
import type { Lowering, WrittenByUs } from './written-by-us.js';

/** What the causes of a difference are looked for in. */
export interface CauseContext {
  readonly account: SinkAccount;
  /** Records of the account, or of one user of it, that start in the allocation. */
  readonly records: readonly SinkRecord[];
  /** Of these, what the portal would have charged. */
  readonly isCharged: (record: SinkRecord) => boolean;
  readonly usage: Cents;
  readonly charged: Cents;
  readonly written: WrittenByUs;
  /** Lowerings by this tool that would have met this floor: the user's own, or any of the account. */
  readonly lowerings: readonly Lowering[];
  /** First instant after the allocation's first day. */
  readonly firstDayEnd: Instant;
  /** Null: the site has none. */
  readonly prices: PriceLists | null;
  /** No job is let run for longer: bounds what an estimate can be. */
  readonly longestJobSeconds: number;
}

/** Every cause that records and journals show, whichever way it reaches (money 24). */
export function findCauses(context: CauseContext): Cause[] {
  return [endedAfter(context), firstDay(context), edited(context), floored(context), closed(context)].filter((cause) => cause !== null);
}

function endedAfter(context: CauseContext): Cause | null {
  const late = context.records.filter((record) => !context.isCharged(record));
  const message = 'These jobs ended after the allocation. Their estimates were charged when they started; their ends moved no usage.';
  return causeOf('ended-after-allocation', message, late, { least: 0n, most: sum(late, (record) => estimateOf(record, context)) });
}

/** The portal sets an allowance anew some time on its first day; what was charged before that, estimates of jobs that still ran too, is gone. */
function firstDay(context: CauseContext): Cause | null {
  const early = context.records.filter((record) => (record.startedAt ?? Infinity) < context.firstDayEnd && context.isCharged(record));
  const lost = sum(early, (record) => (record.endedAt === null ? parseAmount(record.amount) : estimateOf(record, context)));
  const message = 'These jobs started on the allocation’s first day: what they were charged before the allowance was set anew is gone.';
  return causeOf('started-on-first-day', message, early, { least: lost === null ? null : -lost, most: 0n });
}

function edited(context: CauseContext): Cause | null {
  let [least, most] = [0n, 0n];
  const found = context.records.filter((record) => {
    const written = context.written.last.get(record.jobId);
    if (written === undefined || !context.isCharged(record)) return false;
    if (written.amount === record.amount || written.startedAt !== record.startedAt || written.endedAt !== record.endedAt) return false;
    const moved = parseAmount(written.amount) - parseAmount(record.amount);
    if (moved < 0n) least += moved;
    else most += moved;
    return true;
  });
  const message =
    'These amounts are not those that brc-sync wrote, with the same dates: whoever edits a record in the portal’s own pages moves no usage.';
  return causeOf('edited-since-written', message, found, { least, most });
}

/**
 * A lowering can only have met the floor where all that is used now was charged since: then what had been charged before is lost. It takes a
 * record that was stored without being charged.
 */
function floored({ account, records, isCharged, lowerings, written, usage, charged }: CauseContext): Cause | null {
  const start = account.allocationStart ?? 0;
  const first = Math.min(...lowerings.filter(({ at }) => at >= start).map(({ at }) => at));
  if (!Number.isFinite(first) || charged === 0n) return null;
  const since = records.filter(
    (record) =>
      isCharged(record) && (record.endedAt === null || record.endedAt >= first || (written.last.get(record.jobId)?.at ?? 0) >= first),
  );
  const chargedSince = since.reduce((total, { amount }) => total + parseAmount(amount), 0n);
  if (usage > chargedSince || chargedSince === charged) return null;
  const ids = new Set(lowerings.map(({ jobId }) => jobId));
  const message =
    'brc-sync lowered these records, and all that is used now was charged since: usage may have stopped at 0.00 then, and what had been charged before is gone.';
  const lowered = records.filter(({ jobId }) => ids.has(jobId));
  return causeOf('floored', message, lowered, { least: chargedSince - charged, most: 0n });
}

function closed({ account, usage, charged }: CauseContext): Cause | null {
  if (account.closed !== true || usage !== 0n || charged === 0n) return null;
  const message = 'The allocation is closed: the portal set its usage to 0.00.';
  return { kind: 'allocation-closed', message, least: -charged, most: 0n, records: [] };
}

/** The most that a job's estimate can have been; null: nobody knows. */
function estimateOf(record: SinkRecord, { written, prices, longestJobSeconds }: CauseContext): Cents | null {
  const known = written.estimates.get(record.jobId);
  if (known !== undefined) return known;
  if (prices === null || record.partition === null || record.cpuCount === null) return null;
  const at = Math.max(record.startedAt ?? 0, prices.lists[0]?.from ?? 0);
  const price = prices.at(at).price(record.partition);
  if (price === null) return parseAmount(record.amount);
  return priceCharge(price, record.cpuCount, longestJobSeconds);
}

function causeOf(kind: CauseKind, message: string, records: readonly SinkRecord[], reach: Pick<Cause, 'least' | 'most'>): Cause | null {
  if (records.length === 0) return null;
  return { kind, message, ...reach, records: records.map(({ jobId, userId, amount }) => ({ jobId, userId, amount: parseAmount(amount) })) };
}

function sum(records: readonly SinkRecord[], of: (record: SinkRecord) => Cents | null): Cents | null {
  return records.reduce<Cents | null>((total, record) => {
    const own = of(record);
    return total === null || own === null ? null : total + own;
  }, 0n);
}
