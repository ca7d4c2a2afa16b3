import type { Row } from '../../src/core/job.js';
import type { Seed, SeedAllocation } from '../portal/seed.js';

/** The staff token of every portal that `siteSeed` describes. */
export const TOKEN = '2222222222222222222222222222222222222222';

/** A periodic allocation that all of 2026's jobs lie in, for accounts that a test says nothing about. */
const USUAL: SeedAllocation = { resource: 'Savio Compute', start_date: '2026-06-01', end_date: '2027-05-31', service_units: '300000.00' };

export interface SiteSeedOptions {
  /** By account; null: the project has no allocation. */
  readonly allocations?: Readonly<Record<string, SeedAllocation | null>>;
  readonly uidOf?: (username: string) => number;
}

/** A portal without records that knows everybody and every account in these rows. */
export function siteSeed(rows: readonly Row[], options: SiteSeedOptions = {}): Seed {
  const uids = new Map<string, string>();
  const members = new Map<string, Set<string>>();
  for (const { user, uid, account } of rows) {
    if (user === null) throw new Error('a row without a user');
    uids.set(user, String(uid ?? options.uidOf?.(user)));
    members.set(account, (members.get(account) ?? new Set()).add(user));
  }
  return {
    users: [
      ...[...uids].map(([username, cluster_uid]) => ({ username, cluster_uid })),
      { username: 'staff', cluster_uid: null, staff: true },
    ],
    tokens: { staff: { key: TOKEN, user: 'staff' } },
    projects: [...members].map(([name, users]) => {
      const allocation = options.allocations?.[name];
      return { name, members: [...users], allocation: allocation === undefined ? USUAL : allocation };
    }),
  };
}
