// npm run bench:portal: into a portal on this machine, warmed up, each round beside a sequential pusher that sends every job over a connection of its own.
// Where the pusher would take minutes, 500 of its jobs are timed and the rest reckoned from them. In the end what the journal costs.
// BENCH_PARTS=changes,nightly,digest,journal chooses; BENCH_ROUNDS are the rounds with and without a journal.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateYear } from './generate-year.mjs';
import { push, serve, sync } from './portal-runs.mjs';
import { writeSeed } from './portal-site.mjs';
import { warmUp } from './warm-up.mjs';

const base = mkdtempSync(join(tmpdir(), 'brc-sync-bench-'));
process.on('exit', () => rmSync(base, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const TIMED = 500;
const PARTS = (process.env.BENCH_PARTS ?? 'changes,nightly,digest,journal').split(',');
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const JOURNAL_SWITCH = new URL('journal-switch.mjs', import.meta.url).href;

const CHANGES = {
  site: { jobs: 5_000, accounts: 16, drift: 1 },
  // More than the guard lets pass without being asked.
  guard: { sharePercent: null, closedRaisedPercent: null, closedLoweredPercent: null, closedRaisedSu: null, closedLoweredSu: null },
  portal: ['--latency', '5'],
};

const BENCHES = [
  { name: 'changes', title: '5,000 changes over 16 accounts, 5 ms latency', ...CHANGES, goal: 7 },
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
    // At its measured speed the portal's own work is nothing beside its waiting, and warming it up would take minutes.
    isWarmedUp: false,
    goal: 200,
  },
];

for (const bench of BENCHES.filter(({ name }) => PARTS.includes(name))) await compare(bench);
if (PARTS.includes('journal')) await weighJournal();

async function compare({ name, title, site, guard, portal, timed, flags, readBefore = false, isWarmedUp = true, goal }) {
  const { wrong = 0, ...year } = site;
  const directory = await openSite(name, year);
  const state = join(directory, 'state');
  let port = '0';
  if (readBefore) {
    const whole = await serve(directory, []);
    port = new URL(whole.url).port;
    await sync(directory, whole, { guard, state });
    await whole.stop();
    await writeSeed(directory, { accounts: year.accounts, wrong });
  }

  const ours = await serve(directory, portal, port);
  if (isWarmedUp) await warmUp(directory, ours);
  const run = await sync(directory, ours, { flags, guard, state });
  await ours.stop();
  const theirs = await serve(directory, portal);
  if (isWarmedUp) await warmUp(directory, theirs);
  const pushed = await push(directory, theirs, timed ?? year.jobs);
  await theirs.stop();

  const reckoned = (pushed.seconds / pushed.sent) * year.jobs;
  const how =
    timed === undefined
      ? `${pushed.seconds.toFixed(1)} s`
      : `${reckoned.toFixed(0)} s reckoned from ${pushed.sent} jobs in ${pushed.seconds.toFixed(2)} s`;
  console.log(
    `${title}: ${show(run)}, peak ${run.peakMb?.toFixed(0) ?? '?'} MB, ${run.applied} changes applied; ` +
      `the pusher ${how}: ${(reckoned / run.seconds).toFixed(1)} times as fast (goal ${goal})`,
  );
}

/** The same run with and without a journal, in turns, each into a fresh portal; the medians are compared. */
async function weighJournal() {
  const directory = await openSite('journal', CHANGES.site);
  const runs = { on: [], off: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const journal of round % 2 === 0 ? ['on', 'off'] : ['off', 'on']) {
      const portal = await serve(directory, CHANGES.portal);
      await warmUp(directory, portal);
      const env = { NODE_OPTIONS: `--import ${JOURNAL_SWITCH}`, BENCH_JOURNAL: journal };
      runs[journal].push(await sync(directory, portal, { guard: CHANGES.guard, env }));
      await portal.stop();
    }
  }
  const [withIt, without] = [medianOf(runs.on), medianOf(runs.off)];
  const share = ((withIt.seconds - without.seconds) / withIt.seconds) * 100;
  console.log(
    `the journal, ${CHANGES.site.jobs} changes at 5 ms latency, medians of ${ROUNDS} runs: with it ${show(withIt)}, without ${show(without)}: ` +
      `${share.toFixed(1)} % of wall time (goal at most 5 %)`,
  );
}

async function openSite(name, year) {
  const directory = join(base, name);
  mkdirSync(directory);
  await generateYear(directory, year);
  await writeSeed(directory, { accounts: year.accounts });
  return directory;
}

function medianOf(runs) {
  return runs.sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)];
}

function show({ seconds, cpuSeconds }) {
  return `${seconds.toFixed(2)} s (CPU ${cpuSeconds?.toFixed(2) ?? '?'} s, load ${loadavg()[0].toFixed(1)})`;
}
