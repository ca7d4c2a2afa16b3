// npm run bench: a generated year of 1,000,000 jobs reconciled from files into the log sink, and `wc -l` on the same files as the floor.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateYear } from './generate-year.mjs';
import { measure } from './measure.mjs';

const JOBS = Number(process.env.BENCH_JOBS ?? 1_000_000);
const ACCOUNTS = 200;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'brc-sync-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

console.log(`Generating ${JOBS.toLocaleString('en')} jobs of ${ACCOUNTS} accounts, 1 % drift …`);
await generateYear(directory, { jobs: JOBS, accounts: ACCOUNTS, drift: 0.01 });
const plugins = join(directory, 'plugins.json');
writeFileSync(
  plugins,
  JSON.stringify({
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml' },
    instances: [
      { name: 'files', plugin: 'fixture', config: { files: 'jobs.psv' } },
      {
        name: 'log',
        plugin: 'log',
        config: { records: 'records.ndjson', allocations: 'allocations.json', file: 'puts.ndjson', format: 'ndjson' },
      },
    ],
  }),
  { mode: 0o600 },
);

const args = [
  'run',
  'full',
  '--source',
  'files',
  '--sink',
  'log',
  '--plugins',
  plugins,
  '--end',
  '2026-06-15',
  '--state-dir',
  join(directory, 'state'),
];
for (let round = 1; round <= ROUNDS; round += 1) {
  const run = await measure(join(root, 'bin/run.js'), [...args, '--json']);
  if (run.code !== 0) throw new Error(`the run ended with ${run.code}: ${run.stdout.slice(0, 2000)}`);
  const { totals } = JSON.parse(run.stdout);
  const rate = Math.round(totals.jobsRead / run.seconds);
  console.log(
    `reconcile ${round}: ${run.seconds.toFixed(2)} s, ${rate.toLocaleString('en')} jobs/s, peak ${run.peakMb?.toFixed(0) ?? '?'} MB; ` +
      `${totals.equal} equal, ${totals.updates} updates, ${totals.creates} creates`,
  );
}
const floor = await measure('wc', ['-l', join(directory, 'jobs.psv'), join(directory, 'records.ndjson')]);
console.log(
  `wc -l on the same files: ${floor.seconds.toFixed(2)} s, ${Math.round(JOBS / floor.seconds).toLocaleString('en')} jobs/s, peak ${floor.peakMb?.toFixed(0) ?? '?'} MB`,
);
