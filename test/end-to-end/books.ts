import { formatCents } from '../portal/decimal.js';
import type { JobView } from '../portal/job.js';
import type { Portal } from '../portal/portal.js';
import type { DueRecord, Fate } from './due-record.js';

/** What a portal's record says otherwise than it should, a sentence each; nothing when it is right. */
export function faultsOfRecord(portal: Portal, due: DueRecord): string[] {
  const job = portal.job(due.jobId);
  if (job === null) return [`job ${due.jobId} has no record`];
  const faults: string[] = [];
  const say = (field: string, found: unknown, wanted: unknown): void => {
    faults.push(`job ${due.jobId} has ${field} ${String(found)} and not ${String(wanted)}`);
  };
  if (job.accountid !== due.account) say('account', job.accountid, due.account);
  if (job.userid !== due.userId) say('user', job.userid, due.userId);
  const cents = centsOf(job);
  if (cents !== due.cents && !(due.mayBeLow && cents === due.cents - 1n)) say('amount', job.amount, formatCents(due.cents));
  if (job.jobstatus !== 'COMPLETING' && job.jobstatus !== due.state) say('status', job.jobstatus, due.state);
  if (!due.submits.some((submit) => iso(submit) === job.submitdate)) say('submit', job.submitdate, due.submits.map(iso).join(' or '));
  if (job.startdate !== iso(due.startedAt)) say('start', job.startdate, iso(due.startedAt));
  if (job.enddate !== iso(due.endedAt)) say('end', job.enddate, iso(due.endedAt));
  if (job.num_cpus !== due.cpuCount) say('CPUs', job.num_cpus, due.cpuCount);
  return faults;
}

/** The faults of all records of ended jobs, and of jobs that never ran and are charged; `but` are ids that a test looks at itself. */
export function faultsOfRecords(portal: Portal, fates: ReadonlyMap<string, Fate>, but: readonly string[] = []): string[] {
  return [...fates].flatMap(([jobId, fate]) => {
    if (but.includes(jobId) || fate.kind === 'alive') return [];
    if (fate.kind === 'due') return faultsOfRecord(portal, fate.record);
    const amount = portal.job(jobId)?.amount ?? '0.00';
    return amount === '0.00' ? [] : [`job ${jobId} never ran and is charged ${amount}`];
  });
}

/** Records that `run update` has to close and did not: the portal lists them as open, and their jobs have ended. */
export function leftOpen(portal: Portal, fates: ReadonlyMap<string, Fate>): string[] {
  return portal.jobs().flatMap(({ jobslurmid, jobstatus }) => {
    const isOpen = jobstatus !== null && ['RUNNING', 'REQUEUED', 'RESIZING', 'PREEMPTED', 'NODE_FAIL'].includes(jobstatus);
    return isOpen && fates.get(jobslurmid)?.kind === 'due' ? [`job ${jobslurmid} has ended and is still ${jobstatus}`] : [];
  });
}

/**
 * Accounts and users whose usage is not the sum of their records to the cent. `uncharged` are the ids of records that lie outside their
 * allocation, which the portal stores and does not charge.
 */
export function faultsOfUsage(portal: Portal, uncharged: readonly string[] = []): string[] {
  const jobs = portal.jobs().filter((job) => !uncharged.includes(job.jobslurmid));
  const sum = (some: readonly JobView[]): bigint => some.reduce((total, job) => total + centsOf(job), 0n);
  const faults: string[] = [];
  for (const { account, shares, usage } of portal.directory.allocations) {
    const ofAccount = jobs.filter((job) => job.accountid === account.name);
    if (usage !== sum(ofAccount))
      faults.push(`${account.name} has used ${formatCents(usage)}, and its records say ${formatCents(sum(ofAccount))}`);
    for (const { user, usage: used } of shares.values()) {
      const ofUser = sum(ofAccount.filter((job) => job.userid === user.clusterUid));
      if (used !== ofUser)
        faults.push(`${user.username} has used ${formatCents(used)} of ${account.name}, and the records say ${formatCents(ofUser)}`);
    }
  }
  return faults;
}

export function centsOf({ amount }: Pick<JobView, 'amount'>): bigint {
  return BigInt(amount.replace('.', ''));
}

export function iso(instant: number): string {
  return new Date(instant * 1000).toISOString().replace('.000Z', 'Z');
}
