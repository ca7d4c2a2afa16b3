import type { Row } from '../../src/core/job.js';
import type { SinkRecord } from '../../src/core/record.js';
import { HOUR, NOON, aJob, aRecord, anOpenRecord } from './jobs.js';

/** Within the allocation of fc_alpha, which begins at NOON - 100 hours; co_beta has none. */
export const ACCOUNTS = [
  { name: 'fc_alpha', allocationStart: NOON - 100 * HOUR, allocationEnd: null },
  { name: 'co_beta', allocationStart: null, allocationEnd: null },
  { name: 'fc_moving', allocationStart: NOON - 100 * HOUR, allocationEnd: null },
];

const never = { state: 'CANCELLED', startedAt: null, nodeList: null, allocatedNodeCount: 0, cpuCount: 0 } as const;
const shift = 7 * HOUR;

/** At least one job for each kind of change, and for each finding of money 1–18. */
export const ROWS: Row[] = [
  aJob({ jobId: '1' }),
  aJob({ jobId: '2' }),
  aJob({ jobId: '3' }),
  aJob({ jobId: '4' }),
  aJob({ jobId: '5' }),
  aJob({ jobId: '6' }),
  aJob({ jobId: '7' }),
  aJob({ jobId: '8', cluster: 'lawrencium' }),
  aJob({ jobId: '9', uid: null, user: 'nobody_knows' }),
  aJob({ jobId: '10', account: 'fc_unknown' }),
  aJob({ jobId: '11', partition: 'nowhere' }),
  aJob({ jobId: '12', arrayJobId: '90', arrayTaskId: 2 }),
  aJob({ jobId: '13', arrayJobId: '90', arrayTaskId: 3 }),
  aJob({ jobId: '14' }),
  aJob({ jobId: '15', startedAt: NOON, endedAt: NOON }),
  aJob({ jobId: '16', state: 'RUNNING', endedAt: null, startedAt: NOON - 90 * HOUR, submittedAt: NOON - 91 * HOUR }),
  aJob({ jobId: '17', state: 'RUNNING', endedAt: null }),
  aJob({ jobId: '18', ...never }),
  aJob({ jobId: '19', endedAt: NOON + 10 * HOUR - 60 }),
  aJob({ jobId: '20', state: 'REQUEUED', submittedAt: NOON - 5 * HOUR, startedAt: NOON - 4 * HOUR, endedAt: NOON - HOUR }),
  aJob({ jobId: '20' }),
  aJob({
    jobId: '21',
    state: 'RESIZING',
    submittedAt: NOON,
    startedAt: NOON,
    endedAt: NOON + HOUR,
    cpuCount: 2,
    allocatedNodeCount: 2,
    nodeList: 'n[1-2]',
  }),
  aJob({ jobId: '21', submittedAt: NOON + HOUR, startedAt: NOON, endedAt: NOON + 2 * HOUR }),
  aJob({ jobId: '22', suspendedSeconds: 600 }),
  aJob({ jobId: '23', account: 'co_beta' }),
  aJob({ jobId: '24' }),
  aJob({ jobId: '24', submittedAt: NOON + 2 * HOUR, startedAt: NOON + 3 * HOUR, endedAt: NOON + 4 * HOUR }),
  aJob({ jobId: '25', ...never }),
  aJob({ jobId: '26', startedAt: NOON - 101 * HOUR, submittedAt: NOON - 102 * HOUR }),
];

export const RECORDS: SinkRecord[] = [
  aRecord({ jobId: '1' }),
  anOpenRecord({ jobId: '2' }),
  aRecord({ jobId: '3', amount: '0.40' }),
  aRecord({ jobId: '5', userId: '777' }),
  aRecord({ jobId: '6', submittedAt: NOON - 999 * HOUR, amount: '3.00' }),
  aRecord({ jobId: '7', submittedAt: NOON - HOUR - shift, startedAt: NOON - shift, endedAt: NOON + HOUR - shift }),
  aRecord({ jobId: '8' }),
  aRecord({ jobId: '9' }),
  aRecord({ jobId: '11', partition: 'nowhere', amount: '5.00' }),
  aRecord({ jobId: '90_2' }),
  aRecord({ jobId: '12' }),
  aRecord({ jobId: '90_3' }),
  aRecord({ jobId: '14', amount: '0.00' }),
  aRecord({ jobId: '15', amount: '9.00' }),
  anOpenRecord({ jobId: '16', startedAt: NOON - 90 * HOUR, submittedAt: NOON - 91 * HOUR }),
  aRecord({ jobId: '17' }),
  anOpenRecord({ jobId: '18', amount: '48.00' }),
  anOpenRecord({ jobId: '20', amount: '72.00' }),
  anOpenRecord({ jobId: '21', submittedAt: NOON, amount: '10.00' }),
  aRecord({ jobId: '22' }),
  anOpenRecord({ jobId: '23', account: 'co_beta' }),
  aRecord({ jobId: '26', startedAt: NOON - 101 * HOUR, submittedAt: NOON - 102 * HOUR, amount: '50.00' }),
  aRecord({ jobId: '404' }),
  aRecord({ jobId: '500', account: 'fc_moving' }),
];
