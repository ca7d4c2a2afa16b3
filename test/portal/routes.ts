import type { Permission } from './authenticate.js';
import { canSubmit } from './can-submit.js';
import { allShares, assertAttributeType, filterAccounts, filterAllocations, filterShares, filterUsers } from './directory-lists.js';
import {
  viewAccount,
  viewAllocation,
  viewAttribute,
  viewHistory,
  viewMember,
  viewShare,
  viewShareAttribute,
  viewUser,
} from './directory-views.js';
import { viewJob } from './job.js';
import { listJobs } from './list-jobs.js';
import { pageBody } from './paging.js';
import { Breakdown, Refusal, jsonReply } from './reply.js';
import type { Reply } from './reply.js';
import { readJson } from './request-body.js';
import type { PortalRequest } from './request.js';
import type { Tables } from './validate-job.js';
import { createJob, putJob } from './write-job.js';

/** What a view may look at beside the request. */
export interface Site extends Tables {
  nowMs(): number;
  /** When everything in the seed was created, ISO 8601. */
  readonly createdAt: string;
}

export type View = (request: PortalRequest, site: Site, captured: readonly string[]) => Reply;

/** One kind of address, below `/api/`. */
export interface Route {
  readonly pattern: RegExp;
  readonly allow: string;
  readonly permission: Permission;
  readonly views: Readonly<Partial<Record<string, View>>>;
  /** Addresses of lists and single things take a format as suffix, such as `.json`. */
  readonly takesSuffix: boolean;
}

export const ID = '([^/.]+)';

function readOnly(pattern: string, view: View, permission: Permission = 'staff-writes'): Route {
  return { pattern: whole(pattern), allow: 'GET, HEAD, OPTIONS', permission, views: { GET: view }, takesSuffix: true };
}

export function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}/$`, 'u');
}

export const ROUTES: readonly Route[] = [
  readOnly('', rootView, 'anybody'),
  {
    pattern: whole('jobs'),
    allow: 'GET, POST, HEAD, OPTIONS',
    permission: 'staff-writes',
    views: {
      GET: (request, site) => listJobs(request, site, site.nowMs()),
      POST: (request, site) => jsonReply(201, viewJob(createJob(readJson(request), site))),
    },
    takesSuffix: true,
  },
  {
    pattern: whole(`jobs/${ID}`),
    allow: 'GET, PUT, PATCH, HEAD, OPTIONS',
    permission: 'staff-writes',
    views: {
      GET: (_request, site, [id]) => jsonReply(200, viewJob(found(site.jobs.get(id!), 'Job'))),
      PUT: (request, site, [id]) => jsonReply(200, viewJob(putJob(id!, readJson(request), site))),
      PATCH: () => jsonReply(200, { failure: 'This method is not supported.' }),
    },
    takesSuffix: true,
  },
  readOnly('users', (request, site) => jsonReply(200, pageBody(request, filterUsers(request.query, site), viewUser)), 'anybody'),
  readOnly(`users/${ID}`, (_, site, [id]) => jsonReply(200, viewUser(withId(site.directory.users, id!, 'User'))), 'anybody'),
  readOnly('projects', (request, site) =>
    jsonReply(
      200,
      pageBody(request, filterAccounts(request.query, site), (account) => viewAccount(account, site.createdAt)),
    ),
  ),
  readOnly(`projects/${ID}`, (_, site, [id]) =>
    jsonReply(200, viewAccount(withId(site.directory.accounts, id!, 'Project'), site.createdAt)),
  ),
  readOnly(`projects/${ID}/users`, membersView, 'staff-reads'),
  readOnly('allocations', (request, site) => jsonReply(200, pageBody(request, filterAllocations(request.query, site), viewAllocation))),
  readOnly(`allocations/${ID}`, (_, site, [id]) => jsonReply(200, viewAllocation(withId(site.directory.allocations, id!, 'Allocation')))),
  readOnly(`allocations/${ID}/attributes`, (request, site, [id]) => {
    assertAttributeType(request.query);
    return jsonReply(200, pageBody(request, ofId(site.directory.allocations, id!), viewAttribute));
  }),
  readOnly(`allocations/${ID}/attributes/${ID}`, (_, site, [id, attribute]) => {
    const [allocation] = ofId(site.directory.allocations, id!);
    return jsonReply(
      200,
      viewAttribute(found(String(allocation?.attributeId) === attribute ? allocation : undefined, 'AllocationAttribute')),
    );
  }),
  readOnly(`allocations/${ID}/attributes/${ID}/history`, (request, site, [id]) => {
    const entries = ofId(site.directory.allocations, id!).flatMap((allocation) => viewHistory(allocation, site.createdAt));
    return jsonReply(
      200,
      pageBody(request, entries, (entry) => entry),
    );
  }),
  readOnly('allocation_users', (request, site) =>
    jsonReply(
      200,
      pageBody(request, filterShares(request.query, site), ([share, allocation]) => viewShare(share, allocation)),
    ),
  ),
  readOnly(`allocation_users/${ID}`, (_, site, [id]) => {
    const pair = found(
      allShares(site).find(([share]) => String(share.id) === id),
      'AllocationUser',
    );
    return jsonReply(200, viewShare(...pair));
  }),
  readOnly(`allocation_users/${ID}/attributes`, (request, site, [id]) => {
    assertAttributeType(request.query);
    const shares = allShares(site).filter(([share]) => String(share.id) === id);
    return jsonReply(
      200,
      pageBody(request, shares, ([share, allocation]) => viewShareAttribute(share, allocation)),
    );
  }),
  {
    pattern: whole('can_submit_job/(.*)/(.*)/(.*)'),
    allow: 'OPTIONS, GET',
    permission: 'anybody',
    views: { GET: (_, site, [cost, uid, account]) => canSubmit(cost!.trim(), uid!.trim(), account!.trim(), site) },
    takesSuffix: false,
  },
];

function rootView(request: PortalRequest): Reply {
  const names = ['allocations', 'allocation_users', 'cluster_access_requests'];
  return jsonReply(200, Object.fromEntries(names.map((name) => [name, `http://${request.host}/api/${name}/`])));
}

function membersView(request: PortalRequest, site: Site, [id]: readonly string[]): Reply {
  const members = ofId(site.directory.accounts, id!).flatMap((account) =>
    [...account.members.values()].map((member) => viewMember(member, account)),
  );
  return jsonReply(
    200,
    pageBody(request, members, (member) => member),
  );
}

/** The things with that id: one or none. An id that is no number breaks the portal here. */
function ofId<T extends { readonly id: number }>(things: readonly T[], id: string): T[] {
  if (!/^\d+$/u.test(id)) throw new Breakdown('no number');
  return things.filter((thing) => thing.id === Number(id));
}

function withId<T extends { readonly id: number }>(things: readonly T[], id: string, kind: string): T {
  if (!/^\d+$/u.test(id)) throw new Refusal(404, { detail: 'Not found.' });
  return found(
    things.find((thing) => thing.id === Number(id)),
    kind,
  );
}

function found<T>(thing: T | undefined, kind: string): T {
  if (thing === undefined) throw new Refusal(404, { detail: `No ${kind} matches the given query.` });
  return thing;
}
