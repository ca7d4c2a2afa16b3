import type { Job } from '../../src/core/job.js';
import type { SinkRecord } from '../../src/core/record.js';

/** 2026-09-01T12:00:00Z, inside the allocation year that starts on June 1, 2026. */
export const NOON = 1_788_264_000;
export const HOUR = 3600;

/** A job of one CPU hour in savio3 that ended normally, with what a test says otherwise. */
export function aJob(fields: Partial<Job> = {}): Job {
  return {
    jobId: '100',
    cluster: 'savio',
    arrayJobId: null,
    arrayTaskId: null,
    hetJobId: null,
    hetOffset: null,
    account: 'fc_alpha',
    user: 'alice',
    uid: 10001,
    state: 'COMPLETED',
    partition: 'savio3',
    qos: 'savio_normal',
    submittedAt: NOON - HOUR,
    eligibleAt: NOON - HOUR,
    startedAt: NOON,
    endedAt: NOON + HOUR,
    suspendedSeconds: 0,
    nodeList: 'n0001.savio3',
    cpuCount: 1,
    requestedNodeCount: 1,
    allocatedNodeCount: 1,
    ...fields,
  };
}

/** The record that the plugin leaves for `aJob()` at 1 SU a CPU hour, with what a test says otherwise. */
export function aRecord(fields: Partial<SinkRecord> = {}): SinkRecord {
  return {
    jobId: '100',
    account: 'fc_alpha',
    userId: '10001',
    amount: '1.00',
    state: 'COMPLETING',
    partition: 'savio3',
    qos: 'savio_normal',
    submittedAt: NOON - HOUR,
    startedAt: NOON,
    endedAt: NOON + HOUR,
    nodes: ['n0001.savio3'],
    cpuCount: 1,
    requestedNodeCount: 1,
    allocatedNodeCount: 1,
    rawHours: 1,
    cpuHours: 1,
    ...fields,
  };
}

/** As SPANK leaves it at the start of a job: an estimate, no end, no requested nodes, no hours. */
export function anOpenRecord(fields: Partial<SinkRecord> = {}): SinkRecord {
  return aRecord({ amount: '24.00', state: 'RUNNING', endedAt: null, requestedNodeCount: null, rawHours: null, cpuHours: null, ...fields });
}
