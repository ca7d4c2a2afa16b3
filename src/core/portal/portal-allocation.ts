import type { Fault } from '../input/bad-input.js';
import type { SinkAccount } from '../job-sink.js';
import { endOfDate, firstInstantOfDate } from '../period.js';
import { compileSchema, type ValidateFunction } from '../schema.js';

/** The needed part of an allocation as `GET /allocations/` tells it (contract portal-coldfront.md "Projects, allocations, users, usage"). */
export interface PortalAllocation {
  readonly id: number;
  readonly project: string;
  readonly resources: readonly { readonly name: string }[];
  readonly status: string;
  /** `2026-06-01`, or with a time behind it where the portal is older. */
  readonly start_date: string | null;
  readonly end_date: string | null;
}

const dateOrNull = { type: ['string', 'null'], pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?$' } as const;
const PORTAL_ALLOCATION_SCHEMA = {
  type: 'object',
  required: ['id', 'project', 'resources', 'status', 'start_date', 'end_date'],
  properties: {
    id: { type: 'integer' },
    project: { type: 'string', minLength: 1 },
    resources: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    status: { type: 'string' },
    start_date: dateOrNull,
    end_date: dateOrNull,
  },
};

let validator: ValidateFunction<PortalAllocation> | null = null;

/** A parsed allocation; what is wrong with it comes back as a Fault. */
export function readPortalAllocation(value: unknown): PortalAllocation | Fault {
  const isAllocation = (validator ??= compileSchema<PortalAllocation>(PORTAL_ALLOCATION_SCHEMA));
  if (isAllocation(value)) return value;
  const [error] = isAllocation.errors ?? [];
  const field = error?.instancePath.split('/')[1] ?? null;
  return {
    field,
    value: field === null || typeof value !== 'object' || value === null ? value : Reflect.get(value, field),
    message: `it is no allocation of the portal: ${error?.message ?? 'it does not fit'}.`,
    remedy: 'Use what GET /allocations/ of the portal returned, unchanged.',
  };
}

/** For each project the allocation that counts: of those that are `charged`, the Active one, else the one that began last. */
export function chooseAllocations(
  allocations: Iterable<PortalAllocation>,
  isCharged: (allocation: PortalAllocation) => boolean,
): ReadonlyMap<string, PortalAllocation> {
  const chosen = new Map<string, PortalAllocation>();
  for (const allocation of allocations) {
    if (!isCharged(allocation)) continue;
    const other = chosen.get(allocation.project);
    if (other === undefined || isBetter(allocation, other)) chosen.set(allocation.project, allocation);
  }
  return chosen;
}

/**
 * The account behind an allocation. Its dates are days in the site's zone.
 * @param periodicPrefixes accounts whose name begins with one of these and `_` have an allocation with an end that the portal checks
 */
export function accountOfAllocation(
  { project, start_date, end_date, status }: PortalAllocation,
  { timeZone, periodicPrefixes }: { readonly timeZone: string; readonly periodicPrefixes: readonly string[] },
): SinkAccount {
  const isPeriodic = periodicPrefixes.some((prefix) => project.startsWith(`${prefix}_`));
  return {
    name: project,
    allocationStart: start_date === null ? null : firstInstantOfDate(start_date.slice(0, 10), timeZone),
    allocationEnd: end_date === null || !isPeriodic ? null : endOfDate(end_date.slice(0, 10), timeZone),
    ...(status === 'Active' ? {} : { closed: true }),
  };
}

function isBetter(one: PortalAllocation, other: PortalAllocation): boolean {
  const active = Number(one.status === 'Active') - Number(other.status === 'Active');
  return active === 0 ? (one.start_date ?? '') > (other.start_date ?? '') : active > 0;
}
