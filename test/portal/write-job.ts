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

const EMPTY = {
  submitdate: null,
  startdate: null,
  enddate: null,
  amount: 0n,
  jobstatus: null,
  partition: null,
  qos: null,
  num_cpus: null,
  num_req_nodes: null,
  num_alloc_nodes: null,
  raw_time: null,
  cpu_time: null,
};

function insert(fields: JobFields, copied: PortalJob | undefined, tables: Tables): PortalJob {
  const job: PortalJob = { ...EMPTY, ...copied, ...fields, nodes: tables.jobs.mergeNodes([], fields.nodes ?? []) };
  tables.jobs.add(job);
  return job;
}
