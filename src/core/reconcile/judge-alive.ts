import { newestRow, type FoldedJob } from '../fold-rows.js';
import { isEndedState } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount, type Cents } from '../service-units.js';
import type { JudgeContext } from './context.js';
import { isOpen } from './diff.js';
import { makeFinding } from './facts.js';
import { onlyFindings, type Verdict } from './verdict.js';

/** Decides about a record whose job Slurm has not ended: it is left alone (money 1, 15, 17). */
export function judgeAlive(record: SinkRecord, folded: FoldedJob, context: JudgeContext): Verdict {
  const { jobId, account, state, startedAt } = folded.job;
  const suAtStake = parseAmount(record.amount);
  if (hasLostItsEnd(folded)) return judgeEndless(folded, `the record holds ${record.amount} SU`, suAtStake);
  if (context.lostJobs.has(jobId) && (state === 'RUNNING' || state === 'SUSPENDED')) {
    const message = `Slurm’s accounting has it ${state}, but slurmctld does not know it; the record holds ${record.amount} SU.`;
    return onlyFindings(makeFinding('runaway', { jobId, account, message, suAtStake }));
  }
  const asOf = Math.min(context.now, context.period.to);
  if (state === 'RUNNING' && startedAt !== null && startedAt < asOf - context.runawaySeconds) {
    const days = Math.floor((asOf - startedAt) / 86_400);
    const message = `Slurm’s accounting has had it RUNNING for ${days} days; the record holds ${record.amount} SU.`;
    return onlyFindings(makeFinding('runaway', { jobId, account, message, suAtStake }));
  }
  const closed = !isOpen(record, context.now);
  const message = closed ? `Its record is closed, but Slurm says it is ${state}.` : `Slurm says it is ${state}.`;
  return onlyFindings(makeFinding('still-running', { jobId, account, message, suAtStake, quiet: !closed }));
}

/** A job that has no record and that Slurm has not ended. */
export function judgeAliveUnrecorded(folded: FoldedJob): Verdict {
  const { jobId, account, state } = folded.job;
  if (hasLostItsEnd(folded)) {
    if (folded.ran) return judgeEndless(folded, 'it has no record', 0n);
    return onlyFindings(makeFinding('never-started', { jobId, account, message: 'It never ran, and has no record.', quiet: true }));
  }
  const message = `Slurm says it is ${state}; it has no record.`;
  return onlyFindings(makeFinding('still-running', { jobId, account, message, quiet: true }));
}

/** Finished, and yet without an end for ever: so slurmdbd keeps a job that gave its last node to another [22.05.8]. */
function hasLostItsEnd(folded: FoldedJob): boolean {
  const { state, endedAt } = newestRow(folded);
  return endedAt === null && isEndedState(state);
}

/** Without an end nothing can be charged, and to wait for one is in vain (money 15). */
function judgeEndless({ job: { jobId, account, state } }: FoldedJob, standing: string, suAtStake: Cents): Verdict {
  const message = `Slurm’s accounting has it ${state} and has no end of it, so nothing can be charged; ${standing}.`;
  return onlyFindings(makeFinding('runaway', { jobId, account, message, suAtStake }));
}
