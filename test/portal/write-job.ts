import { datesCharge, moveUsage } from './charging.js';
import type { PortalJob } from './job.js';
import { validateJob } from './validate-job.js';
import type { JobFields, Tables } from './validate-job.js';

/** POST: a new job, charged with its amount when its dates allow, end or no end. Throws the portal's refusals. */
export function createJob(body: unknown, tables: Tables): PortalJob {
  const { fields, accounting } = validateJob(body, undefined, tables);
  if (fields.amount !== undefined && datesCharge(fields, accounting.allocation, tables.deployment, 'POST'))
    moveUsage(accounting, fields.amount);
  return insert(fields, undefined, tables);
}

/**
 * PUT: changes the job of the path, or stores a new one. What is stored goes by the id in the body: with a path that exists and a new id
 * in the body, a copy under that id comes into being.
 */
export function putJob(pathId: string, body: unknown, tables: Tables): PortalJob {
  const stored = tables.jobs.get(pathId);
  const { fields, accounting } = validateJob(body, stored, tables);
  const same = tables.jobs.get(fields.jobslurmid);
  if (fields.amount !== undefined && datesCharge(fields, accounting.allocation, tables.deployment, 'PUT')) {
    moveUsage(accounting, fields.amount - (same?.amount ?? 0n));
  }
  if (same === undefined) return insert(fields, stored, tables);
  const { nodes, ...changed } = fields;
  tables.jobs.change(same, nodes === undefined ? changed : { ...changed, nodes: tables.jobs.mergeNodes(same.nodes, nodes) });
  return same;
}

/** A new row. Each field is named, so that all jobs have one shape: a seed may bring hundreds of thousands. */
function insert(fields: JobFields, copied: PortalJob | undefined, tables: Tables): PortalJob {
  const job: PortalJob = {
    jobslurmid: fields.jobslurmid,
    user: fields.user,
    account: fields.account,
    submitdate: sentOr(fields.submitdate, copied?.submitdate),
    startdate: sentOr(fields.startdate, copied?.startdate),
    enddate: sentOr(fields.enddate, copied?.enddate),
    amount: fields.amount ?? copied?.amount ?? 0n,
    jobstatus: sentOr(fields.jobstatus, copied?.jobstatus),
    partition: sentOr(fields.partition, copied?.partition),
    qos: sentOr(fields.qos, copied?.qos),
    nodes: tables.jobs.mergeNodes([], fields.nodes ?? []),
    num_cpus: sentOr(fields.num_cpus, copied?.num_cpus),
    num_req_nodes: sentOr(fields.num_req_nodes, copied?.num_req_nodes),
    num_alloc_nodes: sentOr(fields.num_alloc_nodes, copied?.num_alloc_nodes),
    raw_time: sentOr(fields.raw_time, copied?.raw_time),
    cpu_time: sentOr(fields.cpu_time, copied?.cpu_time),
  };
  tables.jobs.add(job);
  return job;
}

/** What was sent, a null too; else what the copied job has. */
function sentOr<T>(sent: T | null | undefined, copied: T | null | undefined): T | null {
  return sent === undefined ? (copied ?? null) : sent;
}
