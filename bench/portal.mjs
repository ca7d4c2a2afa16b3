// npm run bench:portal: into a portal on this machine, each round beside a sequential pusher that sends every job over a connection of its own.
// The stand-in runs in a process of its own; where the pusher would take minutes, 500 of its jobs are timed and the rest reckoned from them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PARTITIONS, generateYear } from './generate-year.mjs';
import { measure } from './measure.mjs';
import { TOKEN, writeSeed } from './portal-site.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'brc-sync-bench-'));
const standIns = new Set();
process.on('exit', () => {
  for (const child of standIns) child.kill();
  rmSync(base, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const TIMED = 500;
const only = process.env.BENCH_ONLY?.split(',');

const BENCHES = [
  {
    name: 'changes',
    title: '5,000 changes over 16 accounts, 5 ms latency',
    site: { jobs: 5_000, accounts: 16, drift: 1 },
    // More than the guard lets pass without being asked.
    guard: { sharePercent: null, closedRaisedPercent: null, closedLoweredPercent: null, closedRaisedSu: null, closedLoweredSu: null },
    portal: ['--latency', '5'],
    goal: 7,
  },
  {
    name: 'nightly',
    title: 'a nightly full sync of 50,000 jobs in 100 accounts with 1 % drift, 5 ms latency',
    site: { jobs: 50_000, accounts: 100, drift: 0.01 },
    portal: ['--latency', '5'],
    timed: TIMED,
    goal: 20,
  },
  {
    name: 'digest',
    title: '200,000 jobs in 100 accounts with 5 wrong, --compare digest, a portal at its measured speed',
    site: { jobs: 200_000, accounts: 100, drift: 0, wrong: 5 },
    portal: ['--slow'],
    timed: TIMED,
    flags: ['--compare', 'digest'],
    // What a digest leans on: one whole reading before, of the same portal while nothing was wrong, and at full speed.
    readBefore: true,
    goal: 200,
  },
];

for (const bench of BENCHES.filter(({ name }) => only === undefined || only.includes(name))) await compare(bench);

async function compare({ name, title, site, guard = {}, portal, timed, flags = [], readBefore = false, goal }) {
  const directory = join(base, name);
  const { wrong = 0, ...year } = site;
  mkdirSync(directory);
  await generateYear(directory, year);
  await writeSeed(directory, { accounts: year.accounts });
  let port = '0';
  if (readBefore) {
    const whole = await serve(directory, [], port);
    port = new URL(whole.url).port;
    await sync(directory, whole, { flags: [], guard });
    await whole.stop();
    await writeSeed(directory, { accounts: year.accounts, wrong });
  }

  const ours = await serve(directory, portal, port);
  const run = await sync(directory, ours, { flags, guard });
  await ours.stop();
  const theirs = await serve(directory, portal, '0');
  const pushed = await push(directory, theirs, timed ?? year.jobs);
  await theirs.stop();

  const reckoned = (pushed.seconds / pushed.sent) * year.jobs;
  const how =
    timed === undefined
      ? `${pushed.seconds.toFixed(1)} s`
      : `${reckoned.toFixed(0)} s reckoned from ${pushed.sent} jobs in ${pushed.seconds.toFixed(2)} s`;
  console.log(
    `${title}: ${run.seconds.toFixed(2)} s, peak ${run.peakMb?.toFixed(0) ?? '?'} MB, ${run.applied} changes applied; ` +
      `the pusher ${how}: ${(reckoned / run.seconds).toFixed(1)} times as fast (goal ${goal})`,
  );
}

async function serve(directory, flags, port) {
  const args = [join(root, '.build/test/portal/main.js'), '--seed', join(directory, 'seed.json'), '--port', port, ...flags];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  standIns.add(child);
  const [url] = await once(createInterface(child.stdout), 'line');
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    standIns.delete(child);
  };
  return { url, stop };
}

/** `run full` as a person starts it, from the first to the last line. */
async function sync(directory, { url }, { flags, guard }) {
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml', guard },
    instances: [
      { name: 'files', plugin: 'fixture', config: { files: 'jobs.psv' } },
      { name: 'portal', plugin: 'coldfront', config: { baseUrl: url, token: { env: 'BENCH_TOKEN' } } },
    ],
  };
  const file = join(directory, 'plugins.json');
  writeFileSync(file, JSON.stringify(plugins), { mode: 0o600 });
  const args = ['run', 'full', '--source', 'files', '--sink', 'portal', '--plugins', file, '--end', '2026-06-15', '--json', ...flags];
  const env = { ...process.env, BENCH_TOKEN: TOKEN, BRC_SYNC_STATE_DIR: join(directory, 'state') };
  const run = await measure(join(root, 'bin/run.js'), [...args], { env });
  if (run.code !== 0) throw new Error(`the run ended with ${run.code}: ${run.stdout.slice(0, 2000)}`);
  return { ...run, applied: JSON.parse(run.stdout).applied.applied };
}

async function push(directory, { url }, most) {
  const prices = JSON.stringify(Object.fromEntries(PARTITIONS));
  const args = [join(root, 'bench/sequential-pusher.mjs'), url, TOKEN, join(directory, 'jobs.psv'), prices, String(most)];
  const { code, stdout } = await measure(process.execPath, args);
  if (code !== 0) throw new Error(`the pusher ended with ${code}`);
  return JSON.parse(stdout);
}
