import { chargeJob, type Charge } from '../charge.js';
import { FINDING_REMEDIES, type Finding, type FindingKind } from '../finding.js';
import { splitRuns, type FoldedJob } from '../fold-rows.js';
import type { Instant, Row } from '../job.js';
import type { SinkAccount } from '../job-sink.js';
import { formatAmount, priceCharge, type Cents } from '../service-units.js';
import type { JudgeContext } from './context.js';

export interface FindingDetails {
  readonly jobId: string | null;
  readonly account: string | null;
  readonly message: string;
  readonly suAtStake?: Cents;
  readonly quiet?: boolean;
}

export function makeFinding(kind: FindingKind, details: FindingDetails): Finding {
  return {
    kind,
    jobId: details.jobId,
    account: details.account,
    message: details.message,
    remedy: FINDING_REMEDIES[kind],
    suAtStake: formatAmount(details.suAtStake ?? 0n),
    quiet: details.quiet ?? false,
  };
}

/** What a job that gets no change would cost; 0.00 while it has not ended. */
export function costOf(folded: FoldedJob, context: JudgeContext): Cents {
  return folded.ended ? chargeJob(folded, '', context.pricing).amount : 0n;
}

/** What is true of an ended job whatever its record says; quiet unless the job has a change (money 17). */
export function factsOf(folded: FoldedJob, charge: Charge, wasOpen: boolean, context: JudgeContext, quiet: boolean): Finding[] {
  const { jobId, account } = charge;
  const facts: Finding[] = [];
  const add = (kind: FindingKind, message: string, suAtStake: Cents): void => {
    facts.push(makeFinding(kind, { jobId, account, message, suAtStake, quiet }));
  };
  if (folded.requeued) {
    const runs = splitRuns(folded.rows);
    const every = runs.reduce((sum, run) => sum + costOfRun(run, charge), 0n);
    add(
      'requeued',
      `Slurm has ${runs.length} runs of it; the last one with nodes is charged, all of them would be ${formatAmount(every)} SU.`,
      every - charge.amount,
    );
  }
  if (folded.resized) {
    const sizes = folded.rows.reduce((sum, row) => sum + costOfSize(row, charge), 0n);
    add(
      'resized',
      `Its last size is charged for the whole time; each size for its own time would be ${formatAmount(sizes)} SU.`,
      sizes - charge.amount,
    );
  }
  if (folded.job.suspendedSeconds > 0) {
    const without = cost(charge, charge.cpuCount, Math.max(0, charge.seconds - folded.job.suspendedSeconds));
    add(
      'suspended',
      `It was suspended for ${folded.job.suspendedSeconds} s, which is charged; without, it would be ${formatAmount(without)} SU.`,
      without - charge.amount,
    );
  }
  if (charge.unknownPartition) {
    const plugin = /[A-Z]/.test(charge.partition) ? ' The completion plugin prices a name with capitals at 0.' : '';
    add('unknown-partition', `Partition ${charge.partition} has no price, so the job costs 0.00.${plugin}`, 0n);
  }
  const outside = outsideAllocation(charge.account, charge.startedAt, charge.endedAt, context.accounts);
  if (outside !== null) {
    const estimate = wasOpen ? ' Its estimate may still be charged.' : '';
    add('outside-allocation', `${outside} The portal stores its record and moves no usage.${estimate}`, charge.amount);
  }
  return facts;
}

/** Why the portal would not charge a job with these dates; null when it would, or when nobody knows the dates (money 16). */
export function outsideAllocation(
  account: string,
  startedAt: Instant,
  endedAt: Instant | null,
  accounts: ReadonlyMap<string, SinkAccount> | null,
): string | null {
  if (accounts === null) return null;
  const known = accounts.get(account);
  if (known === undefined) return 'Its account has no allocation in the sink.';
  if (known.allocationStart === null) return 'The account’s allocation has no start date.';
  if (startedAt < known.allocationStart) return 'It started before the account’s allocation.';
  // The portal takes the last second of the last day, and refuses midnight (recordings, charging).
  if (known.allocationEnd !== null && endedAt !== null && endedAt >= known.allocationEnd) return 'It ended after the account’s allocation.';
  return null;
}

function costOfRun(run: readonly Row[], charge: Charge): Cents {
  const first = run[0] as Row;
  const last = run[run.length - 1] as Row;
  if (first.startedAt === null || last.endedAt === null || last.allocatedNodeCount === 0) return 0n;
  return cost(charge, last.cpuCount, last.endedAt - first.startedAt);
}

/** Later rows of a resized job keep the original start, so a size lasts from the later of start and submit (contract slurm.md 4). */
function costOfSize(row: Row, charge: Charge): Cents {
  if (row.startedAt === null || row.endedAt === null || row.allocatedNodeCount === 0) return 0n;
  return cost(charge, row.cpuCount, row.endedAt - Math.max(row.startedAt, row.submittedAt));
}

function cost(charge: Charge, cpuCount: number, seconds: number): Cents {
  return charge.price === null ? 0n : priceCharge(charge.price, cpuCount, Math.max(0, seconds));
}
