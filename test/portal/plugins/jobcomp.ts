import type { Instant, Row } from '../../../src/core/job.js';
import { formatCents } from '../decimal.js';
import { asFloat32, hours32 } from './float32.js';
import { misspeltNodes } from './misspelt-nodes.js';
import { pluginCost } from './plugin-cost.js';
import type { PartitionPrices } from './plugin-cost.js';
import { rfc3339, uidOf } from './plugin-request.js';
import type { PluginRequest } from './plugin-request.js';

/** What slurmctld knew beside the row when the run ended. */
export interface Ending {
  /** Another row of the job follows: Slurm put it back in line. */
  readonly continued?: boolean;
  /** The first row of the run, which a resize split: slurmctld keeps its submit time and start. */
  readonly runStart?: Row;
  /** For the projected end of a resize; null is unlimited. */
  readonly timeLimitMinutes?: number | null;
}

/** slurmctld expects a job without a time limit to end a year after its start. */
const YEAR_MINUTES = 365 * 24 * 60;

/** What jobcomp sends when a run ends, is put back in line, or changes its size. */
export function jobcompRequest(row: Row, prices: PartitionPrices, ending: Ending = {}): PluginRequest {
  const { submittedAt, startedAt, endedAt } = timesOf(row, ending);
  const seconds = endedAt - startedAt;
  const rawTime = hours32(seconds);
  return {
    method: 'PUT',
    path: `/jobs/${row.jobId}/`,
    body: {
      jobslurmid: row.jobId,
      submitdate: rfc3339(submittedAt),
      startdate: rfc3339(startedAt),
      enddate: rfc3339(endedAt),
      userid: uidOf(row),
      accountid: row.account,
      amount: formatCents(pluginCost(prices, row.partition, row.cpuCount, seconds)),
      jobstatus: stateName(row, ending),
      partition: row.partition,
      qos: row.qos,
      nodes: misspeltNodes(row.nodeList),
      num_cpus: row.cpuCount,
      num_req_nodes: row.requestedNodeCount ?? 0,
      num_alloc_nodes: row.allocatedNodeCount,
      raw_time: asFloat32(rawTime),
      cpu_time: asFloat32(Math.fround(row.cpuCount) * rawTime),
    },
  };
}

function timesOf(row: Row, ending: Ending): { submittedAt: Instant; startedAt: Instant; endedAt: Instant } {
  if (row.endedAt === null) throw new Error(`job ${row.jobId} has not ended`);
  const first = ending.runStart ?? row;
  // A job cancelled while pending starts and ends at the moment of the cancel, for slurmctld.
  const startedAt = first.startedAt ?? row.endedAt;
  const limit = ending.timeLimitMinutes ?? YEAR_MINUTES;
  return { submittedAt: first.submittedAt, startedAt, endedAt: row.state === 'RESIZING' ? startedAt + limit * 60 : row.endedAt };
}

/** COMPLETING for every end, whatever it was: that is what the job is doing while the plugin runs. */
function stateName(row: Row, ending: Ending): string {
  if (row.state === 'REQUEUED' || row.state === 'RESIZING') return row.state;
  const putBack = ending.continued === true && (row.state === 'PREEMPTED' || row.state === 'NODE_FAIL');
  return putBack ? row.state : 'COMPLETING';
}
