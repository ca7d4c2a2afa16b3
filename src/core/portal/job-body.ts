import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, parseAmount } from '../service-units.js';

/** A record as the body of a PUT: whole, since what is left out keeps its stored value, and null clears it (money 13). */
export function bodyOf(record: SinkRecord): Readonly<Record<string, unknown>> {
  return {
    jobslurmid: record.jobId,
    submitdate: dateOf(record.submittedAt),
    startdate: dateOf(record.startedAt),
    enddate: dateOf(record.endedAt),
    userid: record.userId,
    accountid: record.account,
    amount: formatAmount(parseAmount(record.amount)),
    jobstatus: record.state,
    partition: record.partition,
    qos: record.qos,
    nodes: record.nodes.map((name) => ({ name })),
    num_cpus: record.cpuCount,
    num_req_nodes: record.requestedNodeCount,
    num_alloc_nodes: record.allocatedNodeCount,
    raw_time: record.rawHours,
    cpu_time: record.cpuHours,
  };
}

/** A time without `Z` would be taken in the server's zone. */
function dateOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
