import { formatInstant, formatAmount, parseAmount, type Instant, type RecordField, type SinkRecord } from '../../../sdk.js';

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

/** Fields in which the portal's answer is not what was sent. Nodes are only ever added: those sent have to be among them. */
export function fieldsNotAsSent(answered: SinkRecord, sent: SinkRecord): readonly RecordField[] {
  const stored = new Set(answered.nodes);
  const differs: Readonly<Record<RecordField, boolean>> = {
    amount: parseAmount(answered.amount) !== parseAmount(sent.amount),
    state: answered.state !== sent.state,
    partition: answered.partition !== sent.partition,
    qos: answered.qos !== sent.qos,
    submittedAt: answered.submittedAt !== sent.submittedAt,
    startedAt: answered.startedAt !== sent.startedAt,
    endedAt: answered.endedAt !== sent.endedAt,
    nodes: sent.nodes.some((name) => !stored.has(name)),
    cpuCount: answered.cpuCount !== sent.cpuCount,
    requestedNodeCount: answered.requestedNodeCount !== sent.requestedNodeCount,
    allocatedNodeCount: answered.allocatedNodeCount !== sent.allocatedNodeCount,
    rawHours: !sameHours(answered.rawHours, sent.rawHours),
    cpuHours: !sameHours(answered.cpuHours, sent.cpuHours),
  };
  return (Object.keys(differs) as RecordField[]).filter((field) => differs[field]);
}

/** A time without `Z` would be taken in the server's zone. */
function dateOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}

/** A database may keep fewer digits than JSON has. */
function sameHours(answered: number | null, sent: number | null): boolean {
  if (answered === null || sent === null) return answered === sent;
  return Math.abs(answered - sent) <= 1e-6 * Math.max(1, Math.abs(sent));
}
