import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { JobView } from './job.js';
import type { Seed } from './seed.js';

const { results } = JSON.parse(readFileSync(resolve('examples/portal-jobs.json'), 'utf8')) as { readonly results: readonly JobView[] };

/** What the portal serves when nobody names a seed: the site of `examples/`, whose Slurm and whose records do not agree. */
export const DEMONSTRATION_SEED: Seed = {
  about: 'The site of examples/.',
  users: [
    { username: 'root', cluster_uid: '0' },
    { username: 'hpcu0', cluster_uid: '20001' },
    { username: 'staff', cluster_uid: '9001', staff: true },
  ],
  tokens: { staff: { key: '1111111111111111111111111111111111111111', user: 'staff' } },
  projects: [
    {
      name: 'fc_alpha',
      members: ['root', 'hpcu0'],
      allocation: { resource: 'Savio Compute', start_date: '2026-06-01', end_date: '2027-05-31', service_units: '300000.00' },
    },
    {
      name: 'co_beta',
      members: ['root'],
      allocation: { resource: 'Savio Compute', start_date: '2024-02-01', end_date: null, service_units: '0.00' },
    },
  ],
  posted: results.filter(({ enddate }) => enddate === null).map(asSent),
  jobs: results.filter(({ enddate }) => enddate !== null).map(asSent),
};

function asSent(job: JobView): Readonly<Record<string, unknown>> {
  return { ...job };
}
