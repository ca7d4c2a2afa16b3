// What a site has beside its jobs: a portal's allocations and a price list.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As `GET /allocations/` tells them; days as YYYY-MM-DD, or null. */
export function writeAllocations(directory, accounts, { start, end }) {
  const results = accounts.map((project, index) => ({
    id: index + 1,
    project,
    resources: [{ name: 'Savio Compute' }],
    status: 'Active',
    start_date: start,
    end_date: end,
  }));
  const list = JSON.stringify({ count: results.length, next: null, previous: null, results });
  writeFileSync(join(directory, 'allocations.json'), `${list}\n`, { mode: 0o600 });
}

export function writePrices(directory, partitions) {
  const lines = ['[PartitionPrice]', ...partitions.map(([name, price]) => `${name} = ${price}`)];
  writeFileSync(join(directory, 'bank-config.toml'), `${lines.join('\n')}\n`, { mode: 0o600 });
}
