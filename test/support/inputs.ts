/** Columns of sacct that the tests write, with what stands there unless a test says otherwise. */
const USUAL_ROW = {
  JobID: '101',
  JobIDRaw: '101',
  Cluster: 'savio',
  Submit: '2026-11-10T09:59:00',
  Start: '2026-11-10T10:00:00',
  End: '2026-11-10T11:00:00',
  ElapsedRaw: '3600',
  Suspended: '00:00:00',
  UID: '20001',
  User: 'ada',
  Account: 'fc_alpha',
  State: 'COMPLETED',
  Partition: 'savio3',
  QOS: 'normal',
  NodeList: 'n0001.savio3',
  AllocCPUS: '1',
  ReqNodes: '1',
  AllocNodes: '1',
};

export type SacctFields = Partial<typeof USUAL_ROW>;

/** What `sacct -P` prints, at a site in California: a usual row costs 12.00 SU. */
export function sacctText(...rows: readonly SacctFields[]): string {
  const lines = rows.map((fields) => ({ ...USUAL_ROW, ...(fields.JobIDRaw === undefined ? {} : { JobID: fields.JobIDRaw }), ...fields }));
  return [Object.keys(USUAL_ROW), ...lines.map((line) => Object.values(line))].map((line) => `${line.join('|')}\n`).join('');
}

/** Row of a job that was cancelled while pending. */
export const CANCELLED_PENDING: SacctFields = {
  Start: 'Unknown',
  End: '2026-11-10T10:30:00',
  ElapsedRaw: '0',
  State: 'CANCELLED by 20001',
  NodeList: 'None assigned',
  AllocNodes: '0',
};

const USUAL_RECORD = {
  jobslurmid: '101',
  submitdate: '2026-11-10T17:59:00Z',
  startdate: '2026-11-10T18:00:00Z',
  enddate: '2026-11-10T19:00:00Z' as string | null,
  userid: '20001',
  accountid: 'fc_alpha',
  amount: '12.00',
  jobstatus: 'COMPLETING',
  partition: 'savio3',
  qos: 'normal',
  nodes: [{ name: 'n0001.savio3' }],
  num_cpus: 1,
  num_req_nodes: 1,
  num_alloc_nodes: 1,
  raw_time: 1 as number | null,
  cpu_time: 1 as number | null,
};

export type PortalFields = Partial<typeof USUAL_RECORD>;

/** The portal's record of the usual row, as the completion plugin wrote it. */
export function portalJob(fields: PortalFields = {}): typeof USUAL_RECORD {
  return { ...USUAL_RECORD, ...fields };
}

/** A record that the completion plugin never closed: it holds an estimate. */
export function openJob(fields: PortalFields = {}): typeof USUAL_RECORD {
  return portalJob({ enddate: null, jobstatus: 'RUNNING', amount: '96.00', raw_time: null, cpu_time: null, ...fields });
}

/** One page of what `GET /jobs/` returns, of a list with these records in all. */
export function portalPage(results: readonly PortalFields[], all: readonly PortalFields[] = results): string {
  const total = all.reduce((sum, { amount = '0' }) => sum + Math.round(Number(amount) * 100), 0) / 100;
  return JSON.stringify({ count: all.length, next: null, previous: null, results, total_amount: total });
}
