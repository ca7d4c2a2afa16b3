import type { Change } from '../change.js';
import { chargeJob, recordOfCharge } from '../charge.js';
import { foldRows, newestRow } from '../fold-rows.js';
import type { Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, parseAmount } from '../service-units.js';
import type { JudgeContext } from './context.js';
import { diffRecord } from './diff.js';
import { makeFinding } from './facts.js';
import { identify } from './identity.js';
import { NOTHING, onlyFindings, type Verdict } from './verdict.js';

/** What a record under a display id turns out to be. */
export interface DuplicateVerdict extends Verdict {
  /** The raw id of the same job; null when the record is not a duplicate (any more). */
  readonly rawId: string | null;
}

/** `A_T` of an array task or `H+N` of a heterogeneous component: never the portal's key (money 6). */
export function isDisplayId(jobId: string): boolean {
  return /^[0-9]+[_+][0-9]+$/.test(jobId);
}

export function isRawId(jobId: string): boolean {
  return /^[0-9]+$/.test(jobId);
}

/**
 * Decides about a record under a display id: charged twice once the raw id has its record, so `--zero-duplicates` sets it to 0.00, with the dates
 * of the job, so that usage follows (money 6, 13).
 * @param rows every row of the raw id that the display id stands for
 */
export function judgeDuplicate(record: SinkRecord, rows: readonly Row[], context: JudgeContext): DuplicateVerdict {
  const charged = parseAmount(record.amount);
  if (charged === 0n) return { ...NOTHING, rawId: null };
  const base = { jobId: record.jobId, account: record.account, suAtStake: charged };
  const jobs = foldRows(rows);
  if (jobs.length === 0) {
    const message = `Slurm knows no job with this display id; the record holds ${record.amount} SU.`;
    return { ...onlyFindings(makeFinding('missing-in-source', { ...base, message })), rawId: null };
  }
  const identified = jobs.map((folded) => {
    const userId = context.userIdOf(folded.job);
    return { folded, userId, identity: userId === null ? 'other' : identify(record, folded, userId, context.localReadAsUtc) };
  });
  const same = identified.find(({ identity }) => identity === 'same' || identity === 'clock-shifted');
  if (same === undefined) {
    const owner = identified.some(({ identity }) => identity === 'owner-differs');
    const message = `The record stands under a display id, and is not of the job that Slurm has under it.`;
    return { ...onlyFindings(makeFinding(owner ? 'owner-differs' : 'id-reused', { ...base, message })), rawId: null };
  }

  const rawId = same.folded.job.jobId;
  const finding = makeFinding('duplicate-array-id', {
    ...base,
    message: `It is job ${rawId}, under a second key, at ${record.amount} SU.`,
  });
  const newestEnd = newestRow(same.folded).endedAt;
  const due = same.folded.ended && newestEnd !== null && newestEnd + context.settleSeconds <= context.now && newestEnd < context.period.to;
  if (!context.flags.zeroDuplicates || !due) return { ...onlyFindings(finding), rawId };

  const charge = { ...chargeJob(same.folded, same.userId as string, context.pricing), amount: 0n, price: null };
  const drift = diffRecord(record, charge, same.folded);
  const change: Change = {
    kind: 'update',
    jobId: record.jobId,
    account: charge.account,
    userId: charge.userId,
    before: record,
    after: recordOfCharge(charge, record),
    drift: [...drift.material, ...drift.detail],
    suDifference: formatAmount(-charged),
  };
  return { change, findings: [finding], detailOnly: false, rawId };
}
