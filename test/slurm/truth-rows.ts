/** The truth as the Rows that a source should hand over. */
import type { JobState, Row } from '../../src/core/job.js';
import { sql } from './cluster.js';
import type { Cluster } from './cluster.js';
import { readTruth } from './truth.js';
import type { TruthRow } from './truth.js';

const NO_VALUE = 4_294_967_294;
const CPU = 1;
const NODE = 4;

/** Every row that can be charged or is waited for; a job that waits for its first run is neither, and no question about time shows it. */
export function readTruthRows(cluster: Cluster): Row[] {
  const requested = requestedNodes(cluster);
  return readTruth(cluster)
    .filter((truth) => truth.state !== 'PENDING')
    .map((truth) => toRow(truth, requested.get(keyOf(truth.jobId, truth.submittedAt)) ?? null));
}

/** What makes a row that row. */
export function keyOf(jobId: number | string, submittedAt: number): string {
  return `${jobId} ${submittedAt}`;
}

function toRow(truth: TruthRow, requestedNodeCount: number | null): Row {
  const endedAt = instantOrNull(truth.endedAt);
  const startedAt = instantOrNull(truth.startedAt);
  const allocatedNodeCount = tresCount(truth.tresAllocated, NODE);
  return {
    jobId: String(truth.jobId),
    cluster: 'savio',
    arrayJobId: truth.arrayJobId === 0 ? null : String(truth.arrayJobId),
    arrayTaskId: truth.arrayJobId === 0 || truth.arrayTaskId >= NO_VALUE ? null : truth.arrayTaskId,
    hetJobId: truth.hetJobId === 0 ? null : String(truth.hetJobId),
    hetOffset: truth.hetJobId === 0 ? null : truth.hetOffset,
    account: truth.account,
    user: truth.user,
    uid: truth.uid,
    state: truth.state as JobState,
    partition: truth.partition,
    qos: truth.qos,
    submittedAt: truth.submittedAt,
    eligibleAt: instantOrNull(truth.eligibleAt),
    // Slurm's database layer never tells a start after the end.
    startedAt: startedAt !== null && endedAt !== null && startedAt > endedAt ? endedAt : startedAt,
    endedAt,
    suspendedSeconds: truth.suspendedSeconds,
    nodeList: allocatedNodeCount === 0 ? null : truth.nodeList,
    cpuCount: tresCount(truth.tresAllocated, CPU),
    requestedNodeCount,
    allocatedNodeCount,
  };
}

function requestedNodes(cluster: Cluster): ReadonlyMap<string, number | null> {
  const lines = sql(cluster, 'select id_job, time_submit, tres_req from savio_job_table;');
  return new Map(
    lines.map((line) => {
      const [jobId = '', submittedAt = '', tres = ''] = line.split('\t');
      return [keyOf(jobId, Number(submittedAt)), tresCount(tres, NODE) || null];
    }),
  );
}

function instantOrNull(instant: number): number | null {
  return instant === 0 || instant >= NO_VALUE ? null : instant;
}

/** `1=2,2=100,4=1`: the numbers of Slurm's tres_table. */
function tresCount(text: string, kind: number): number {
  return Number(new RegExp(`(?:^|,)${kind}=(\\d+)`, 'u').exec(text)?.[1] ?? 0);
}
