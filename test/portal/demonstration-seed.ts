import type { Seed } from './seed.js';

/** What the portal serves when nobody names a seed: the people and accounts of `examples/`. */
export const DEMONSTRATION_SEED: Seed = {
  about: 'A small site to look around in.',
  users: [
    { username: 'root', cluster_uid: '0' },
    { username: 'hpcu0', cluster_uid: '20001' },
    { username: 'alice', cluster_uid: '10001' },
    { username: 'bob', cluster_uid: '10002' },
    { username: 'staff', cluster_uid: '9001', staff: true },
  ],
  tokens: { staff: { key: '1111111111111111111111111111111111111111', user: 'staff' } },
  projects: [
    {
      name: 'fc_alpha',
      members: ['root', 'hpcu0', 'alice', 'bob'],
      allocation: { resource: 'Savio Compute', start_date: '2026-06-01', end_date: '2027-05-31', service_units: '300000.00' },
    },
    {
      name: 'co_beta',
      members: ['root', 'bob'],
      allocation: { resource: 'Savio Compute', start_date: '2024-02-01', end_date: null, service_units: '0.00' },
    },
  ],
};
