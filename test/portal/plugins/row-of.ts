import type { Instant, Row } from '../../../src/core/job.js';

/** Midnight of July 1, 2026, Pacific time. */
export const MORNING: Instant = Date.UTC(2026, 6, 1, 7) / 1000;

/** A completed row of 20 CPUs that was submitted at MORNING, started a minute later and ran for an hour. */
export function rowOf(changed: Partial<Row> = {}): Row {
  return {
    jobId: '1001',
    cluster: 'brc',
    arrayJobId: null,
    arrayTaskId: null,
    hetJobId: null,
    hetOffset: null,
    account: 'fc_alpha',
    user: 'alice',
    uid: 10001,
    state: 'COMPLETED',
    partition: 'savio',
    qos: 'savio_normal',
    submittedAt: MORNING,
    eligibleAt: MORNING,
    startedAt: MORNING + 60,
    endedAt: MORNING + 3660,
    suspendedSeconds: 0,
    nodeList: 'n0001.savio1',
    cpuCount: 20,
    requestedNodeCount: 1,
    allocatedNodeCount: 1,
    ...changed,
  };
}

/** A row cancelled while pending, as Slurm tells it. */
export function pendingCancelled(changed: Partial<Row> = {}): Row {
  return rowOf({ state: 'CANCELLED', startedAt: null, nodeList: null, cpuCount: 0, allocatedNodeCount: 0, ...changed });
}
