/** A job as the portal's API tells it (contract portal-coldfront.md "A job"). */
export interface PortalJob {
  readonly jobslurmid: string;
  readonly accountid: string;
  readonly userid?: string | null;
  readonly amount: string;
  readonly jobstatus?: string | null;
  readonly partition?: string | null;
  readonly qos?: string | null;
  readonly submitdate?: string | null;
  readonly startdate?: string | null;
  readonly enddate?: string | null;
  readonly nodes?: readonly { readonly name: string }[];
  readonly num_cpus?: number | null;
  readonly num_req_nodes?: number | null;
  readonly num_alloc_nodes?: number | null;
  readonly raw_time?: number | null;
  readonly cpu_time?: number | null;
}

/** The same with the bare names of its nodes. */
export type JobWithNodeNames = Omit<PortalJob, 'nodes'> & { readonly nodes: readonly string[] };
