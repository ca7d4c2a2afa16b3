import type { Accounting } from './accounting.js';
import { hasPrefix } from './deployment.js';
import type { Deployment } from './deployment.js';
import type { Allocation } from './directory.js';
import type { JobFields } from './validate-job.js';
import { endOfDay, startOfDay } from './pacific.js';

/** Whether a request's own dates let its amount move usage: POST needs no end, PUT does (contract portal-coldfront.md, charging). */
export function datesCharge(fields: JobFields, allocation: Allocation, deployment: Deployment, method: 'POST' | 'PUT'): boolean {
  const { submitdate, startdate, enddate } = fields;
  if (submitdate == null || startdate == null) return false;
  if (method === 'PUT' && enddate == null) return false;
  if (allocation.startDate === null || startdate < startOfDay(allocation.startDate)) return false;
  if (method === 'POST' || !hasPrefix(allocation.account.name, deployment.periodicPrefixes)) return true;
  return allocation.endDate !== null && enddate! <= endOfDay(allocation.endDate);
}

/** Moves the account's and the user's usage by hundredths of SU; neither falls below 0.00, and what the floor swallows is lost. */
export function moveUsage({ allocation, share }: Accounting, difference: bigint): void {
  allocation.usage = floored(allocation.usage + difference);
  share.usage = floored(share.usage + difference);
}

function floored(cents: bigint): bigint {
  return cents < 0n ? 0n : cents;
}
