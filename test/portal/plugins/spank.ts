import type { Row } from '../../../src/core/job.js';
import { formatCents } from '../decimal.js';
import { misspeltNodes } from './misspelt-nodes.js';
import { pluginCost } from './plugin-cost.js';
import type { PartitionPrices } from './plugin-cost.js';
import { UNLIMITED_MINUTES, rfc3339, uidOf } from './plugin-request.js';
import type { PluginRequest } from './plugin-request.js';

/** What SPANK sends when a run starts: an estimate, no end, no hours. A time limit of null is unlimited. */
export function spankRequest(row: Row, prices: PartitionPrices, timeLimitMinutes: number | null): PluginRequest {
  if (row.startedAt === null) throw new Error(`job ${row.jobId} never started`);
  const seconds = (timeLimitMinutes ?? UNLIMITED_MINUTES) * 60;
  return {
    method: 'POST',
    path: '/jobs/',
    body: {
      jobslurmid: row.jobId,
      submitdate: rfc3339(row.submittedAt),
      startdate: rfc3339(row.startedAt),
      userid: uidOf(row),
      accountid: row.account,
      amount: formatCents(pluginCost(prices, row.partition, row.cpuCount, seconds)),
      jobstatus: 'RUNNING',
      partition: row.partition,
      qos: row.qos,
      nodes: misspeltNodes(row.nodeList),
      num_cpus: row.cpuCount,
      num_alloc_nodes: row.allocatedNodeCount,
    },
  };
}
