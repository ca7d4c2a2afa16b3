import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Seed } from '../portal/seed.js';
import { portalJob, sacctText, type PortalFields, type SacctFields } from '../support/inputs.js';
import { PORTAL_TOKEN, portalSite, type PortalSite } from '../support/portal-site.js';

// The guard with the limits that nobody has configured, at the command line (money 20).

/** Jobs of an hour, half of them in each of two partitions. */
const JOBS = Array.from({ length: 120 }, (_, index) => ({ id: String(1001 + index), isFirst: index % 2 === 0 }));
const ROWS: SacctFields[] = JOBS.map(({ id, isFirst }) => ({ JobIDRaw: id, Partition: isFirst ? 'savio3' : 'savio3_htc' }));
const RECORDS: PortalFields[] = JOBS.map(({ id, isFirst }) => ({
  jobslurmid: id,
  partition: isFirst ? 'savio3' : 'savio3_htc',
  amount: isFirst ? '12.00' : '9.00',
}));

function seed(records: readonly PortalFields[]): Seed {
  return {
    users: [
      { username: 'ada', cluster_uid: '20001' },
      { username: 'staff', cluster_uid: null, staff: true },
    ],
    tokens: { staff: { key: PORTAL_TOKEN, user: 'staff' } },
    projects: [
      {
        name: 'fc_alpha',
        members: ['ada'],
        allocation: { resource: 'Savio Compute', start_date: '2026-06-01', end_date: '2027-05-31', service_units: '300000.00' },
      },
    ],
    jobs: records.map((fields) => portalJob(fields)),
  };
}

async function refusal(t: Test, site: PortalSite, what: string): Promise<string> {
  const { code, stdout, stderr } = await site.brcSync('run', 'full', '--source', 'fixture', '--sink', 'portal');
  t.equal(code, 4, `${what}: ${stderr}`);
  t.match(stdout, /Refused by the guard; nothing was written/, what);
  t.strictSame(
    site.portal.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    [],
    what,
  );
  return stdout;
}

void t.test('prices with one more zero, one changed price, half of the rows, and none, are refused before the first write', async (t) => {
  const site = await portalSite(t, { seed: seed(RECORDS), jobs: sacctText(...ROWS) });
  const write = (file: string, text: string): void => writeFileSync(join(site.folder, file), text);
  const equal = await site.brcSync('run', 'full', '--source', 'fixture', '--sink', 'portal', '--exit-code');
  t.equal(equal.code, 0, equal.stdout + equal.stderr);

  write('bank-config.toml', '[PartitionPrice]\nsavio3 = 120.00\nsavio3_htc = 90.00\n');
  const dearer = await refusal(t, site, 'one more zero');
  t.match(dearer, /120 of 120 closed records would be raised.*\n.*--allow closed-raised=120/);
  t.match(dearer, /looks like a price change/i);
  t.match(dearer, /savio3 .*10\.0/);

  write('bank-config.toml', '[PartitionPrice]\nsavio3 = 18.00\nsavio3_htc = 9.00\n');
  const one = await refusal(t, site, 'one price');
  t.match(one, /looks like a price change/i);
  t.match(one, /savio3 .*1\.50/);
  t.notMatch(one, /savio3_htc .*×|savio3_htc: /);
  t.match(one, /"prices"/);

  write('bank-config.toml', '[PartitionPrice]\nsavio3 = 12.00\nsavio3_htc = 9.00\n');
  write('jobs.psv', sacctText(...ROWS.slice(0, 60)));
  t.match(await refusal(t, site, 'half of the rows'), /does not know the jobs of 60 of 120 records.*\n.*--allow missing=60/);

  write('jobs.psv', sacctText());
  t.match(await refusal(t, site, 'no rows'), /brought no job at all, and the sink has 120 records.*\n.*--allow empty-source/);
});

void t.test('a sink that lists nothing gets nothing', async (t) => {
  const site = await portalSite(t, { seed: seed([]), jobs: sacctText(...ROWS) });
  t.match(await refusal(t, site, 'empty sink'), /listed no record at all; 120 would be created.*\n.*--allow empty-sink/);
});
