import type { Change, RecordField } from '../change.js';
import { chargeJob, recordOfCharge, type Charge } from '../charge.js';
import type { Finding } from '../finding.js';
import { newestRow, type FoldedJob } from '../fold-rows.js';
import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, lowestCharge, parseAmount } from '../service-units.js';
import type { JudgeContext, LastWritten } from './context.js';
import { amountsAgree, diffRecord, isOpen, type Drift } from './diff.js';
import { factsOf, makeFinding } from './facts.js';
import { NOTHING, onlyFindings, type Verdict } from './verdict.js';

/** Decides about a record and the ended job it belongs to: equal, a change, or a reason to leave it alone. */
export function judgeEnded(record: SinkRecord, folded: FoldedJob, clockShifted: boolean, context: JudgeContext): Verdict {
  const outOfTime = leftForItsTime(record, folded, context);
  if (outOfTime !== null) return outOfTime;

  const { charge, drift, wasOpen, keptAmount } = compareEnded(record, folded, context);
  const fields = drift.material.length > 0 || context.flags.details ? [...drift.material, ...drift.detail] : [];
  const detailOnly = fields.length === 0 && drift.detail.length > 0;
  const withheld = fields.length === 0 ? null : reasonToWithhold(record, folded, charge, wasOpen, context);
  const change = fields.length === 0 || withheld !== null ? null : updateOf(record, charge, fields);

  const findings = factsOf(folded, charge, wasOpen, context, change === null);
  if (withheld !== null) findings.push(withheld);
  if (keptAmount) findings.push(keptFinding(record, charge));
  if (clockShifted) findings.push(shiftedFinding(record));
  return change === null && findings.length === 0 && !detailOnly ? NOTHING : { change, findings: oncePerKind(findings), detailOnly };
}

/** A record held against what its job's charge says. */
export interface ComparedRecord {
  readonly charge: Charge;
  readonly drift: Drift;
  /** The record has not been closed. */
  readonly wasOpen: boolean;
  /** The partition has no price, and the closed record keeps what it was charged (money 8). */
  readonly keptAmount: boolean;
}

/** Prices an ended job and compares its record, whatever is decided about them. */
export function compareEnded(record: SinkRecord, folded: FoldedJob, context: JudgeContext): ComparedRecord {
  const priced = chargeJob(folded, record.userId as string, context.pricing);
  if (priced.unknownPartition && context.flags.strictPrices) context.onUnknownPartition(priced.partition, priced.jobId);
  const wasOpen = isOpen(record, context.now);
  const keptAmount = priced.unknownPartition && !wasOpen && parseAmount(record.amount) > 0n;
  const charge = keptAmount ? { ...priced, amount: parseAmount(record.amount) } : priced;
  return { charge, drift: diffRecord(record, charge, folded), wasOpen, keptAmount };
}

/** Money 5 (settling) and 11 (the period); null when it is time to compare. */
function leftForItsTime(record: SinkRecord, folded: FoldedJob, context: JudgeContext): Verdict | null {
  const { jobId, account } = folded.job;
  const end = folded.job.endedAt as Instant;
  const suAtStake = parseAmount(record.amount);
  if (end < context.period.from && context.command === 'update') {
    const message = 'It ended before the period; its record is still open.';
    return onlyFindings(makeFinding('before-period', { jobId, account, message, suAtStake }));
  }
  if (end >= context.period.to && end <= context.now) {
    return onlyFindings(
      makeFinding('after-period', { jobId, account, message: 'It ended at or after the end of the period.', suAtStake, quiet: true }),
    );
  }
  const settledAt = (newestRow(folded).endedAt as Instant) + context.settleSeconds;
  if (settledAt > context.now && end <= context.now) {
    const message = 'It ended moments ago; the completion plugin may still write its record.';
    return onlyFindings(makeFinding('settling', { jobId, account, message, suAtStake, quiet: true }));
  }
  return null;
}

function reasonToWithhold(record: SinkRecord, folded: FoldedJob, charge: Charge, wasOpen: boolean, context: JudgeContext): Finding | null {
  const { jobId, account } = charge;
  const adjusted = context.flags.overwriteAdjusted ? null : howAdjusted(record, charge, context);
  if (adjusted !== null) {
    const message = `${adjusted}; the job costs ${formatAmount(charge.amount)} SU.`;
    return makeFinding('adjusted-by-hand', { jobId, account, message, suAtStake: charge.amount - parseAmount(record.amount) });
  }
  if (!context.flags.trustSource) {
    const why = repairReason(record, folded, wasOpen, context.now);
    const suAtStake = charge.amount - parseAmount(record.amount);
    if (why !== null) return makeFinding('repaired-in-source', { jobId, account, message: why, suAtStake });
  }
  return null;
}

/** What a person did to the amount (money 14); null: nothing. */
function howAdjusted(record: SinkRecord, charge: Charge, context: JudgeContext): string | null {
  if (isSetToNothing(record, charge, context)) {
    const plugin = /[A-Z]/.test(charge.partition) ? ' (the completion plugin prices a partition with capitals at 0)' : '';
    return `Somebody set the record to 0.00${plugin}`;
  }
  const last = context.lastWritten?.(record.jobId) ?? null;
  if (last === null || !isAmountChanged(record, charge, last)) return null;
  return `Somebody changed the amount from ${last.amount}, which brc-sync wrote on ${formatInstant(last.at)}, to ${record.amount}`;
}

/** Another amount with the dates that this tool wrote; of other dates the completion plugin may be the author. */
function isAmountChanged(record: SinkRecord, charge: Charge, last: LastWritten): boolean {
  if (record.amount === last.amount) return false;
  if (record.submittedAt !== last.submittedAt || record.startedAt !== last.startedAt || record.endedAt !== last.endedAt) return false;
  // The completion plugin, heard late, may write the other cent of a tie (money 9).
  return !(amountsAgree(record, charge) && amountsAgree(last, charge));
}

/** A record at 0.00 whose own dates and CPUs cost something by the list in force (money 14). */
function isSetToNothing(record: SinkRecord, charge: Charge, context: JudgeContext): boolean {
  const cpuCount = record.cpuCount ?? 0;
  if (parseAmount(record.amount) !== 0n || cpuCount === 0) return false;
  if (context.pricing.freeQos.has(record.qos ?? charge.qos)) return false;
  const { prices } = context.pricing;
  // A record may claim an end from before the first list; only a job's own end must have a price.
  const pricedAt = Math.max(record.endedAt ?? charge.endedAt, prices.lists[0]?.from ?? 0);
  const price = prices.at(pricedAt).price(record.partition ?? charge.partition);
  if (price === null) return false;
  const seconds = record.startedAt === null || record.endedAt === null ? 3600 : record.endedAt - record.startedAt;
  return lowestCharge(price, cpuCount, Math.max(0, seconds)) > 0n;
}

/** How a row looks like a repair by `sacctmgr show runaway`, or ends in the future (money 15); null when it does not. */
function repairReason(record: SinkRecord, folded: FoldedJob, wasOpen: boolean, now: Instant): string | null {
  const row = newestRow(folded);
  const end = row.endedAt as Instant;
  if (end > now) return 'Slurm’s end lies in the future.';
  const repaired = row.state === 'COMPLETED' && end === Math.max(row.startedAt ?? 0, row.eligibleAt ?? 0, row.submittedAt);
  if (!repaired) return null;
  if (wasOpen) return 'Slurm’s row is COMPLETED at the very moment it began, as a repaired runaway is; the record is open.';
  const laterEnd = record.endedAt !== null && record.endedAt > end;
  return laterEnd ? 'Slurm’s row is COMPLETED at the very moment it began, as a repaired runaway is; the record ended later.' : null;
}

function updateOf(record: SinkRecord, charge: Charge, drift: readonly RecordField[]): Change {
  const recorded = parseAmount(record.amount);
  // Either cent of a tie is equal (money 9): an amount that has not drifted is not moved by another field's change.
  const amount = drift.includes('amount') ? charge.amount : recorded;
  const after = recordOfCharge({ ...charge, amount }, record);
  const { account, userId } = charge;
  return {
    kind: 'update',
    jobId: record.jobId,
    account,
    userId,
    before: record,
    after,
    drift,
    suDifference: formatAmount(amount - recorded),
  };
}

function keptFinding(record: SinkRecord, charge: Charge): Finding {
  const message = `Partition ${charge.partition} has no price; its closed record keeps ${record.amount} SU.`;
  return makeFinding('unknown-partition', { jobId: charge.jobId, account: charge.account, message, suAtStake: parseAmount(record.amount) });
}

function shiftedFinding(record: SinkRecord): Finding {
  const message = 'The record’s times are the site’s local times, written as if they were UTC.';
  return makeFinding('clock-shifted', { jobId: record.jobId, account: record.account, message });
}

/** Every kind once a job; a loud finding wins over the quiet fact of its kind. */
function oncePerKind(findings: readonly Finding[]): Finding[] {
  const byKind = new Map<string, Finding>();
  for (const finding of findings) {
    const earlier = byKind.get(finding.kind);
    if (earlier === undefined || earlier.quiet) byKind.set(finding.kind, finding);
  }
  return [...byKind.values()];
}
