/** What really ran, read from the accounting database by SQL: neither sacct nor slurmrestd had a hand in it. */
import { sql } from './cluster.js';
import type { Cluster } from './cluster.js';

/** One row of `savio_job_table`. Instants are epoch seconds as stored: 0 or 4294967295 where Slurm knows none. */
export interface TruthRow {
  readonly jobId: number;
  readonly submittedAt: number;
  readonly eligibleAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly suspendedSeconds: number;
  readonly state: string;
  readonly arrayJobId: number;
  readonly arrayTaskId: number;
  readonly arrayTasks: string | null;
  readonly hetJobId: number;
  readonly hetOffset: number;
  readonly account: string;
  /** From the association, as sacct does it; empty where the association names none. */
  readonly user: string;
  readonly uid: number;
  readonly partition: string;
  readonly qos: string;
  readonly nodeCount: number;
  readonly nodeList: string;
  readonly cpusRequested: number;
  readonly tresAllocated: string;
  /** Wait status, as wait(2) has it: exit code times 256 plus signal. */
  readonly exitStatus: number;
  readonly killedBy: number | null;
}

// Base states by number, and the flags that slurmdbd stores in place of a base state (slurm.h of 22.05).
const stateNames = {
  0: 'PENDING',
  1: 'RUNNING',
  2: 'SUSPENDED',
  3: 'COMPLETED',
  4: 'CANCELLED',
  5: 'FAILED',
  6: 'TIMEOUT',
  7: 'NODE_FAIL',
  8: 'PREEMPTED',
  9: 'BOOT_FAIL',
  10: 'DEADLINE',
  11: 'OUT_OF_MEMORY',
  1024: 'REQUEUED',
  8192: 'RESIZING',
} as const;

/** Every row, oldest job first. */
export function readTruth(cluster: Cluster): TruthRow[] {
  const stateCases = Object.entries(stateNames).map(([number, name]) => `when ${number} then '${name}'`);
  return sql(
    cluster,
    `select json_object(
      'jobId', j.id_job, 'submittedAt', j.time_submit, 'eligibleAt', j.time_eligible, 'startedAt', j.time_start, 'endedAt', j.time_end,
      'suspendedSeconds', j.time_suspended, 'state', case j.state ${stateCases.join(' ')} else concat('state ', j.state) end,
      'arrayJobId', j.id_array_job, 'arrayTaskId', j.id_array_task, 'arrayTasks', j.array_task_str,
      'hetJobId', j.het_job_id, 'hetOffset', j.het_job_offset,
      'account', j.account, 'user', coalesce(a.user, ''), 'uid', j.id_user, 'partition', j.\`partition\`, 'qos', coalesce(q.name, ''),
      'nodeCount', j.nodes_alloc, 'nodeList', coalesce(j.nodelist, ''), 'cpusRequested', j.cpus_req, 'tresAllocated', j.tres_alloc,
      'exitStatus', j.exit_code, 'killedBy', j.kill_requid)
    from savio_job_table j left join savio_assoc_table a on a.id_assoc = j.id_assoc left join qos_table q on q.id = j.id_qos
    where j.deleted = 0 order by j.id_job, j.time_submit;`,
  ).map((line) => JSON.parse(line) as TruthRow);
}
