import {
  accountOfAllocation,
  chooseAllocations,
  deviates,
  isPortalFault,
  readPortalAllocation,
  type PortalAllocation,
  type PortalClient,
  type SinkAccount,
} from '../../../builtin-sdk.js';
import { readList } from './read-list.js';

export interface AllocationSettings {
  readonly timeZone: string;
  readonly computeResources: Readonly<Record<string, string>>;
  readonly periodicPrefixes: readonly string[];
}

/** Every account with an allocation of its compute resource, whatever its status: one pass over the list, and no request for each project. */
export async function readAccounts(
  client: PortalClient,
  settings: AllocationSettings,
  signal: AbortSignal,
): Promise<readonly SinkAccount[]> {
  const allocations = await readAllocations(client, new URLSearchParams(), signal);
  const chosen = chooseAllocations(allocations, (allocation) => isOfCompute(allocation, settings.computeResources));
  return [...chosen.values()].map((allocation) => accountOfAllocation(allocation, settings));
}

/** The allocation that jobs of an account are charged to; null where it has none, or the portal does not know the account. */
export async function readAllocation(
  client: PortalClient,
  account: string,
  { computeResources }: AllocationSettings,
  signal: AbortSignal,
): Promise<PortalAllocation | null> {
  const allocations = await readAllocations(client, new URLSearchParams({ project: account }), signal);
  const chosen = chooseAllocations(allocations, (allocation) => isOfCompute(allocation, computeResources));
  return chosen.get(account) ?? null;
}

function readAllocations(client: PortalClient, query: URLSearchParams, signal: AbortSignal): Promise<readonly PortalAllocation[]> {
  const path = 'allocations/';
  const read = (value: unknown, pointer: string): PortalAllocation => {
    const allocation = readPortalAllocation(value);
    if (!isPortalFault(allocation)) return allocation;
    throw deviates(path, allocation.field === null ? pointer : `${pointer}/${allocation.field}`, allocation.message);
  };
  return readList(client, { path, query, read, signal });
}

function isOfCompute({ project, resources }: PortalAllocation, table: Readonly<Record<string, string>>): boolean {
  const wanted = computeResource(project, table);
  return resources.some(({ name }) => name === wanted);
}

/** By the prefix in front of the first `_`; else the whole name in capitals (contract portal-coldfront.md). */
function computeResource(account: string, table: Readonly<Record<string, string>>): string {
  const [prefix = ''] = account.split('_', 1);
  return Object.hasOwn(table, prefix) ? (table[prefix] ?? '') : `${account.toUpperCase()} Compute`;
}
