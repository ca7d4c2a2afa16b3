import { formatCents } from './decimal.js';
import type { Account, User } from './directory.js';
import { formatMicros } from './micros.js';
import type { Micros } from './micros.js';

/** A job as the portal stores it. */
export interface PortalJob {
  readonly jobslurmid: string;
  user: User;
  account: Account;
  submitdate: Micros | null;
  startdate: Micros | null;
  enddate: Micros | null;
  /** Hundredths of SU. */
  amount: bigint;
  jobstatus: string | null;
  partition: string | null;
  qos: string | null;
  nodes: readonly string[];
  num_cpus: number | null;
  num_req_nodes: number | null;
  num_alloc_nodes: number | null;
  raw_time: number | null;
  cpu_time: number | null;
}

/** A job as the portal shows it. */
export interface JobView {
  readonly jobslurmid: string;
  readonly submitdate: string | null;
  readonly startdate: string | null;
  readonly enddate: string | null;
  readonly userid: string | null;
  readonly accountid: string;
  readonly amount: string;
  readonly jobstatus: string | null;
  readonly partition: string | null;
  readonly qos: string | null;
  readonly nodes: readonly { readonly name: string }[];
  readonly num_cpus: number | null;
  readonly num_req_nodes: number | null;
  readonly num_alloc_nodes: number | null;
  readonly raw_time: number | null;
  readonly cpu_time: number | null;
}

export function viewJob(job: PortalJob): JobView {
  return {
    jobslurmid: job.jobslurmid,
    submitdate: viewTime(job.submitdate),
    startdate: viewTime(job.startdate),
    enddate: viewTime(job.enddate),
    userid: job.user.clusterUid,
    accountid: job.account.name,
    amount: formatCents(job.amount),
    jobstatus: job.jobstatus,
    partition: job.partition,
    qos: job.qos,
    nodes: job.nodes.map((name) => ({ name })),
    num_cpus: job.num_cpus,
    num_req_nodes: job.num_req_nodes,
    num_alloc_nodes: job.num_alloc_nodes,
    raw_time: job.raw_time,
    cpu_time: job.cpu_time,
  };
}

function viewTime(time: Micros | null): string | null {
  return time === null ? null : formatMicros(time);
}
