import type { JobState, Row } from '../job.js';

/** A row as compact text to put away: its values as a JSON array, without its account, by which it is put away. */
export function writeRow(row: Row): string {
  return JSON.stringify([
    row.jobId,
    row.cluster,
    row.arrayJobId,
    row.arrayTaskId,
    row.hetJobId,
    row.hetOffset,
    row.user,
    row.uid,
    row.state,
    row.partition,
    row.qos,
    row.submittedAt,
    row.eligibleAt,
    row.startedAt,
    row.endedAt,
    row.suspendedSeconds,
    row.nodeList,
    row.cpuCount,
    row.requestedNodeCount,
    row.allocatedNodeCount,
  ] satisfies RowValues);
}

/** The row of a text that `writeRow` wrote. */
export function readRow(text: string, account: string): Row {
  const values = JSON.parse(text) as RowValues;
  return {
    jobId: values[0],
    cluster: values[1],
    arrayJobId: values[2],
    arrayTaskId: values[3],
    hetJobId: values[4],
    hetOffset: values[5],
    account,
    user: values[6],
    uid: values[7],
    state: values[8],
    partition: values[9],
    qos: values[10],
    submittedAt: values[11],
    eligibleAt: values[12],
    startedAt: values[13],
    endedAt: values[14],
    suspendedSeconds: values[15],
    nodeList: values[16],
    cpuCount: values[17],
    requestedNodeCount: values[18],
    allocatedNodeCount: values[19],
  };
}

type Text = string | null;
type Count = number | null;
type RowValues = [
  jobId: string,
  cluster: Text,
  arrayJobId: Text,
  arrayTaskId: Count,
  hetJobId: Text,
  hetOffset: Count,
  user: Text,
  uid: Count,
  state: JobState,
  partition: string,
  qos: string,
  submittedAt: number,
  eligibleAt: Count,
  startedAt: Count,
  endedAt: Count,
  suspendedSeconds: number,
  nodeList: Text,
  cpuCount: number,
  requestedNodeCount: Count,
  allocatedNodeCount: number,
];
