// npm run bench:slurm: `run full` against a real Slurm beside the very same calls of it, answers thrown away.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchPrograms } from './children.mjs';
import { measure } from './measure.mjs';
import { mostAtOnce, replay } from './replay.mjs';
import { notedCommands, notingCommand, notingServer, perform } from './slurm-calls.mjs';
import { makeSite } from './slurm-site.mjs';

const SACCT_JOBS = Number(process.env.BENCH_JOBS ?? 1_000_000);
const REST_JOBS = Number(process.env.BENCH_REST_JOBS ?? 100_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const PARTS = (process.env.BENCH_PARTS ?? 'slurmrestd,sacct,sacct-empty').split(',');
const ACCOUNTS = Array.from({ length: 200 }, (_, index) => `bulk_${String(index).padStart(4, '0')}`);
const DAYS = 365;
const DRIFT = 0.01;

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'brc-sync-bench-'));
const environment = bootCluster();
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

if (PARTS.includes('slurmrestd')) {
  loadJobs(REST_JOBS);
  await benchSlurmrestd();
}
if (PARTS.some((part) => part.startsWith('sacct'))) loadJobs(SACCT_JOBS);
if (PARTS.includes('sacct')) await benchSacct('portal in step but for 1 %', DRIFT);
if (PARTS.includes('sacct-empty')) await benchSacct('empty portal', null);

async function benchSacct(title, drift) {
  const place = join(directory, `sacct-${drift}`);
  const notes = join(place, 'notes');
  mkdirSync(place);
  await makeSite(place, {
    accounts: ACCOUNTS,
    days: DAYS,
    drift,
    environment,
    sources: [
      {
        name: 'noted',
        plugin: 'sacct',
        config: { command: notingCommand('sacct', notes), sacctmgr: notingCommand('sacctmgr', notes), user: 'root' },
      },
      { name: 'slurm', plugin: 'sacct', config: {} },
    ],
  });
  await runFull(place, 'noted');
  const calls = notedCommands(notes);
  const env = { ...environment, SLURM_TIME_FORMAT: '%s', TZ: 'UTC' };
  console.log(`sacct, ${SACCT_JOBS.toLocaleString('en')} jobs, ${title}: ${calls.length} calls of Slurm, ${mostAtOnce(calls)} at once`);
  await compare({
    run: async () => {
      const largestSacct = watchPrograms('sacct', `SLURM_CONF=${environment.SLURM_CONF}`);
      const run = await runFull(place, 'slurm');
      return { ...run, note: `, largest sacct ${largestSacct()?.toFixed(0) ?? '?'} MB` };
    },
    bare: () => replay(calls, ({ command }) => perform(command, env)),
  });
}

async function benchSlurmrestd() {
  const place = join(directory, 'slurmrestd');
  mkdirSync(place);
  const url = environment.BRC_SYNC_SLURM_REST_URL;
  const noting = await notingServer(url);
  const token = { command: environment.BRC_SYNC_SLURM_TOKEN_COMMAND.split(' ') };
  await makeSite(place, {
    accounts: ACCOUNTS,
    days: DAYS,
    drift: DRIFT,
    environment,
    sources: [
      { name: 'noted', plugin: 'slurmrestd', config: { url: noting.url, token } },
      { name: 'slurm', plugin: 'slurmrestd', config: { url, token } },
    ],
  });
  await runFull(place, 'noted');
  await noting.close();
  const calls = noting.calls();
  const jwt = execFileSync(token.command[0], token.command.slice(1), { env: environment, encoding: 'utf8' })
    .trim()
    .replace('SLURM_JWT=', '');
  const curl = ['curl', '-sSf', '-H', 'X-SLURM-USER-NAME: root', '-H', `X-SLURM-USER-TOKEN: ${jwt}`, '-o', '/dev/null'];
  const megabytes = calls.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  console.log(
    `slurmrestd, ${REST_JOBS.toLocaleString('en')} jobs, portal in step but for 1 %: ${calls.length} requests, ${mostAtOnce(calls)} at once, ${megabytes.toFixed(0)} MB`,
  );
  await compare({
    run: () => runFull(place, 'slurm'),
    bare: () => replay(calls, ({ path }) => perform([...curl, new URL(path, url).href], environment)),
  });
}

/** In turns, so that a machine that slows down slows both. */
async function compare({ run, bare }) {
  const ratios = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const ours = await run();
    const theirs = await bare();
    ratios.push(ours.seconds / theirs);
    console.log(
      `  ${round}: run full ${ours.seconds.toFixed(1)} s, peak ${ours.peakMb?.toFixed(0) ?? '?'} MB${ours.note ?? ''}; ${ours.says}; ` +
        `bare ${theirs.toFixed(1)} s; ratio ${ratios.at(-1).toFixed(2)}; load ${loadavg()[0].toFixed(1)}`,
    );
  }
  console.log(`  median ratio ${ratios.sort((a, b) => a - b)[Math.floor(ratios.length / 2)].toFixed(2)}`);
}

async function runFull(place, source) {
  const args = [
    'run',
    'full',
    '--source',
    source,
    '--sink',
    'log',
    '--plugins',
    join(place, 'plugins.json'),
    '--state-dir',
    join(place, 'state'),
  ];
  // As a user runs it, with the flags of its first line.
  const run = await measure(join(root, 'bin/run.js'), [...args, '--json'], {
    env: { ...process.env, ...environment },
  });
  if (run.code !== 0) throw new Error(`the run ended with ${run.code}: ${run.stdout.slice(0, 2000)}`);
  const { totals } = JSON.parse(run.stdout);
  rmSync(join(place, 'puts.ndjson'), { force: true });
  return { ...run, says: `${totals.jobsRead} rows, ${totals.equal} equal, ${totals.updates} updates, ${totals.creates} creates` };
}

/** Boots a cluster, or finds it as it is; what it did not boot it leaves running. */
function bootCluster() {
  const place = process.env.BRC_SYNC_SLURM_DIR ?? join(tmpdir(), `brc-sync-slurm-bench-${process.getuid()}`);
  const own = { ...process.env, BRC_SYNC_SLURM_DIR: place };
  const isUp = spawnSync('test', ['-f', join(place, 'env')]).status === 0;
  const up = spawnSync('bash', [join(root, 'test/slurm/up.sh')], { env: own, encoding: 'utf8' });
  if (up.status !== 0) {
    console.error(up.stderr.trim());
    process.exit(up.status ?? 1);
  }
  if (!isUp) process.on('exit', () => spawnSync('bash', [join(root, 'test/slurm/down.sh')], { env: own }));
  const said = readFileSync(join(place, 'env'), 'utf8').matchAll(/^export (\w+)='(.*)'$/gmu);
  return {
    PATH: `${process.env.PATH}:/usr/sbin:/sbin`,
    LC_ALL: 'C',
    ...Object.fromEntries([...said].map(([, name, value]) => [name, value])),
  };
}

/** So that there are so many in all. */
function loadJobs(count) {
  const [program, ...args] = environment.BRC_SYNC_SLURM_SQL.split(' ');
  const sql = "select count(*) from savio_job_table where account like 'bulk\\_%'";
  const there = Number(execFileSync(program, [...args, '-N', '-e', sql], { encoding: 'utf8' }));
  if (there > count) throw new Error(`The cluster has ${there} bulk-loaded jobs already: take it down (npm run slurm:down).`);
  if (there === count) return;
  const more = [String(count - there), String(ACCOUNTS.length), String(DAYS)];
  execFileSync('bash', [join(root, 'test/slurm/bulk-load.sh'), ...more], { env: { ...process.env, ...environment }, stdio: 'inherit' });
}
