import type { Finding } from '../finding.js';
import { foldRows, newestRow, type FoldedJob } from '../fold-rows.js';
import type { Row } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import type { JudgeContext } from './context.js';
import { costOf, makeFinding } from './facts.js';
import { identify, newestOf, type Identity } from './identity.js';
import { judgeAlive } from './judge-alive.js';
import { judgeEnded } from './judge-ended.js';
import { judgeUnrecorded } from './judge-unrecorded.js';
import { onlyFindings, type Verdict } from './verdict.js';

/**
 * Decides about one raw id: its rows in Slurm against its record in the sink.
 * @param rows every row of that id, of any cluster, account and user
 * @param record null when the sink holds none
 */
export function judge(rows: readonly Row[], record: SinkRecord | null, context: JudgeContext): Verdict {
  const jobs = foldRows(rows);
  const billed = context.cluster === null ? jobs : jobs.filter(({ job }) => job.cluster === null || job.cluster === context.cluster);
  if (record === null) {
    const foreign = jobs.filter((folded) => !billed.includes(folded)).map(otherCluster);
    const verdict = judgeUnrecorded(billed, context);
    return foreign.length === 0 ? verdict : { ...verdict, findings: [...verdict.findings, ...foreign] };
  }
  return billed.length === 0 ? judgeForeign(record, jobs, context) : judgeRecorded(record, billed, context);
}

function judgeRecorded(record: SinkRecord, jobs: readonly FoldedJob[], context: JudgeContext): Verdict {
  let match: FoldedJob | null = null;
  let identity: Identity = 'other';
  let unknownUser: FoldedJob | null = null;
  for (const folded of jobs) {
    const userId = context.userIdOf(folded.job);
    if (userId === null) {
      if (folded.rows.some((row) => row.submittedAt === record.submittedAt)) unknownUser = folded;
      continue;
    }
    const found = identify(record, folded, userId, context.localReadAsUtc);
    if (found === 'same' || (found !== 'other' && identity !== 'same')) {
      match = found === 'owner-differs' ? match : folded;
      identity = found;
    }
  }
  if (match === null) return unknownUser === null ? notThisJob(record, jobs, identity) : onlyFindings(unknownUserOf(unknownUser, context));
  const verdict = judgeMatch(record, match, identity, context);
  const others = jobs.filter((folded) => folded !== match && folded.ended && folded.ran && endsInPeriod(folded, context));
  if (others.length === 0) return verdict;
  const reused = others.map((folded) =>
    makeFinding('id-reused', {
      jobId: record.jobId,
      account: folded.job.account,
      message: `Another job with this id, of account ${record.account}, holds the record; this one has none.`,
      suAtStake: costOf(folded, context),
    }),
  );
  return { ...verdict, findings: [...verdict.findings, ...reused] };
}

function judgeMatch(record: SinkRecord, folded: FoldedJob, identity: Identity, context: JudgeContext): Verdict {
  return folded.ended ? judgeEnded(record, folded, identity === 'clock-shifted', context) : judgeAlive(record, folded, context);
}

function notThisJob(record: SinkRecord, jobs: readonly FoldedJob[], identity: Identity): Verdict {
  const { job } = newestOf(jobs) as FoldedJob;
  const suAtStake = parseAmount(record.amount);
  const base = { jobId: record.jobId, account: record.account, suAtStake };
  if (identity === 'owner-differs') {
    const message = `The record belongs to user ${record.userId ?? 'unknown'} of ${record.account}, the job to ${job.user ?? job.uid ?? 'unknown'} of ${job.account}.`;
    return onlyFindings(makeFinding('owner-differs', { ...base, message }));
  }
  const message = 'The record’s submit time is that of no job Slurm has under this id.';
  return onlyFindings(makeFinding('id-reused', { ...base, message }));
}

function judgeForeign(record: SinkRecord, jobs: readonly FoldedJob[], context: JudgeContext): Verdict {
  const foreign = jobs.find((folded) => {
    const userId = context.userIdOf(folded.job);
    return userId !== null && identify(record, folded, userId, context.localReadAsUtc) === 'same';
  });
  if (foreign !== undefined) return onlyFindings(otherCluster(foreign));
  const { jobId, account, amount, state } = record;
  const message = `Slurm knows no job with this id; the record is ${state ?? 'without state'} at ${amount} SU.`;
  return onlyFindings(makeFinding('missing-in-source', { jobId, account, message, suAtStake: parseAmount(amount) }));
}

function otherCluster({ job }: FoldedJob): Finding {
  const message = `It ran on cluster ${job.cluster ?? 'unknown'}, which this sink does not bill.`;
  return makeFinding('other-cluster', { jobId: job.jobId, account: job.account, message });
}

function unknownUserOf(folded: FoldedJob, context: JudgeContext): Finding {
  const { job } = folded;
  const message = `Nobody knows the uid of user ${job.user ?? '(no name)'}.`;
  return makeFinding('unknown-user', { jobId: job.jobId, account: job.account, message, suAtStake: costOf(folded, context) });
}

function endsInPeriod(folded: FoldedJob, context: JudgeContext): boolean {
  const end = newestRow(folded).endedAt;
  return end !== null && end >= context.period.from && end < context.period.to;
}
