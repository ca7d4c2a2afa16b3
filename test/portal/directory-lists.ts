import { passes, readChoices } from './choices.js';
import type { Account, Allocation, Share, User } from './directory.js';
import { SERVICE_UNITS, projectStatusNames } from './directory-views.js';
import { lastValue } from './request.js';
import type { Tables } from './validate-job.js';

/** The lists of people, accounts and allocations after their filters; each throws the portal's 400 for a choice that does not exist. */

export function filterUsers(query: URLSearchParams, { directory }: Tables): User[] {
  const names = new Set(query.getAll('username'));
  return directory.users.filter((user) => names.size === 0 || names.has(user.username));
}

export function filterAccounts(query: URLSearchParams, { directory, deployment }: Tables): Account[] {
  const given = readChoices(query, [
    { name: 'status', known: projectStatusNames },
    { name: 'allowance_type', known: deployment.allowancePrefixes },
  ]);
  const name = lastValue(query, 'name') ?? '';
  const prefixes = [...(given.allowance_type ?? [])];
  return directory.accounts.filter(
    (account) =>
      passes(given.status, account.status) &&
      (name === '' || account.name === name) &&
      (prefixes.length === 0 || prefixes.some((prefix) => account.name.startsWith(prefix))),
  );
}

export function filterAllocations(query: URLSearchParams, tables: Tables): Allocation[] {
  const { allocations } = tables.directory;
  const given = readChoices(query, accountAndResource(tables));
  return allocations.filter((allocation) => passes(given.project, allocation.account.name) && passes(given.resources, allocation.resource));
}

export function filterShares(query: URLSearchParams, tables: Tables): [Share, Allocation][] {
  const given = readChoices(query, [...accountAndResource(tables), { name: 'user', known: tables.directory.usersByName.keys() }]);
  return allShares(tables).filter(
    ([share, allocation]) =>
      passes(given.project, allocation.account.name) &&
      passes(given.resources, allocation.resource) &&
      passes(given.user, share.user.username),
  );
}

export function allShares({ directory }: Tables): [Share, Allocation][] {
  return directory.allocations.flatMap((allocation) =>
    [...allocation.shares.values()].map((share): [Share, Allocation] => [share, allocation]),
  );
}

/** The only type an attribute has here; another is a 400. */
export function assertAttributeType(query: URLSearchParams): void {
  readChoices(query, [{ name: 'type', known: [SERVICE_UNITS] }]);
}

function accountAndResource({ directory, deployment }: Tables) {
  const resources = [...deployment.resources, ...directory.allocations.map((allocation) => allocation.resource)];
  return [
    { name: 'project', known: directory.accountsByName.keys() },
    { name: 'resources', known: resources },
  ];
}
