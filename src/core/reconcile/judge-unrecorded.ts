import type { Change } from '../change.js';
import { chargeJob, recordOfCharge } from '../charge.js';
import type { Finding } from '../finding.js';
import { newestRow, type FoldedJob } from '../fold-rows.js';
import type { Instant } from '../job.js';
import { formatAmount } from '../service-units.js';
import type { JudgeContext } from './context.js';
import { costOf, factsOf, makeFinding } from './facts.js';
import { newestOf } from './identity.js';
import { judgeAliveUnrecorded } from './judge-alive.js';
import { NOTHING, onlyFindings, type Verdict } from './verdict.js';

/**
 * Decides about the jobs of an id that has no record: the newest that ran is created, an older one is `id-reused`, and nothing is created while
 * a newer job of the id is alive or has only just ended (money 2, 5, 10).
 */
export function judgeUnrecorded(jobs: readonly FoldedJob[], context: JudgeContext): Verdict {
  const newest = newestOf(jobs);
  if (newest === null) return NOTHING;
  if (!newest.ended) return judgeAliveUnrecorded(newest);
  const ran = jobs.filter((folded) => folded.ended && folded.ran && isInPeriod(folded, context));
  const latest = newestOf(ran);
  if (latest === null) return newest.ran ? NOTHING : onlyFindings(neverStarted(newest));
  const reused = ran.filter((folded) => folded !== latest).map((folded) => olderJob(folded, context));
  if (isSettling(newest, context)) return onlyFindings(settling(newest), ...reused);
  const verdict = judgeCreation(latest, context);
  return reused.length === 0 ? verdict : { ...verdict, findings: [...verdict.findings, ...reused] };
}

function judgeCreation(folded: FoldedJob, context: JudgeContext): Verdict {
  const { jobId, account, user } = folded.job;
  const userId = context.userIdOf(folded.job);
  if (userId === null) {
    const message = `Nobody knows the uid of user ${user ?? '(no name)'}.`;
    return onlyFindings(makeFinding('unknown-user', { jobId, account, message, suAtStake: costOf(folded, context) }));
  }
  if ((newestRow(folded).endedAt as Instant) > context.now && !context.flags.trustSource) {
    return onlyFindings(
      makeFinding('repaired-in-source', { jobId, account, message: 'Slurm’s end lies in the future; it has no record.' }),
    );
  }
  const charge = chargeJob(folded, userId, context.pricing);
  if (charge.unknownPartition && context.flags.strictPrices) context.onUnknownPartition(charge.partition, jobId);
  const after = recordOfCharge(charge, null);
  const change: Change = {
    kind: 'create',
    jobId,
    account,
    userId,
    before: null,
    after,
    drift: [],
    suDifference: formatAmount(charge.amount),
  };
  return { change, findings: factsOf(folded, charge, false, context, false), detailOnly: false };
}

/** A job whose end lies in the future is in every period that has not ended yet. */
function isInPeriod(folded: FoldedJob, context: JudgeContext): boolean {
  const end = folded.job.endedAt as Instant;
  return end >= context.period.from && (end < context.period.to || end > context.now);
}

function isSettling(folded: FoldedJob, context: JudgeContext): boolean {
  const end = newestRow(folded).endedAt as Instant;
  return end <= context.now && end + context.settleSeconds > context.now;
}

function neverStarted({ job }: FoldedJob): Finding {
  const message = `It was ${job.state} before it ran, and has no record.`;
  return makeFinding('never-started', { jobId: job.jobId, account: job.account, message, quiet: true });
}

function settling({ job }: FoldedJob): Finding {
  const message = 'It ended moments ago; the completion plugin may still write its record.';
  return makeFinding('settling', { jobId: job.jobId, account: job.account, message, quiet: true });
}

function olderJob(folded: FoldedJob, context: JudgeContext): Finding {
  const { jobId, account } = folded.job;
  const message = 'A newer job has the same id; the portal keeps one record an id.';
  return makeFinding('id-reused', { jobId, account, message, suAtStake: costOf(folded, context) });
}
