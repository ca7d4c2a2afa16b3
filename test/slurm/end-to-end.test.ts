/** From a real cluster to the portal's stand-in: what the plugins tell, what is lost of it, and what brc-sync makes of both. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Test } from 'tap';
import { faultsOfRecords, faultsOfUsage } from '../end-to-end/books.js';
import { fatesOf } from '../end-to-end/due-record.js';
import { CHEAPER, DEARER, ENDED_LATER, MORE_CPUS, ZEROED, spoil } from '../end-to-end/mischief.js';
import type { Mischief } from '../end-to-end/mischief.js';
import { changesOf, findingsOf, losing, openStory } from '../end-to-end/story.js';
import type { Loss, Story } from '../end-to-end/story.js';
import type { RunningPortal } from '../portal/start-portal.js';
import type { Reconciled } from '../support/site-folder.js';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, type Cluster } from './cluster.js';
import { seed, type SeededKind } from './seed.js';
import { readTruthRows } from './truth-rows.js';

/** High, so that jobs of seconds cost cents. */
const PRICES = { savio3: '12.00', savio3_htc: '9.00' };
const DAY = 86_400_000;

const booted = bootCluster();
if ('leftOut' in booted) {
  testUnless(booted.leftOut, 'a real cluster and a portal');
} else {
  await seed(booted);
  for (const source of ['sacct', 'slurmrestd'] as const) testStory(booted, source);
  testAgreement(booted);
}

type SourceName = 'sacct' | 'slurmrestd';

function testStory(cluster: Cluster, source: SourceName): void {
  void t.test(`${source}: where the plugins were heard, run full plans nothing but the jobs that they cannot close`, async (t) => {
    const { run, portal, rows } = await openCluster(t, cluster, source);
    const full = await run('full');
    t.strictSame(
      changesOf(full),
      idsOf(cluster, 'requeued-then-cancelled').map((id) => `update ${id}`),
    );
    t.strictSame(faultsOfRecords(portal.state, fatesOf(rows, PRICES)), []);
    t.strictSame(faultsOfUsage(portal.state), []);
    t.strictSame(changesOf(await run('full')), []);

    t.strictSame(changesOf(await run('full', '--compare', 'digest')), [], 'count and sums agree');
    const [dearer = ''] = idsOf(cluster, 'completed');
    const [forgotten = ''] = idsOf(cluster, 'with-steps');
    spoil(portal.state, dearer, DEARER);
    portal.state.forget(forgotten);
    const digest = await run('full', '--compare', 'digest');
    t.strictSame(new Set(changesOf(digest)), new Set([`update ${dearer}`, `create ${forgotten}`]));
    t.strictSame(faultsOfRecords(portal.state, fatesOf(rows, PRICES)), []);
    t.strictSame(faultsOfUsage(portal.state), []);
    t.strictSame(changesOf(await run('full', '--compare', 'digest')), []);
  });

  void t.test(`${source}: what was lost and spoilt is set right by run update and run full`, async (t) => {
    const { run, portal, rows } = await openCluster(t, cluster, source, lossesOf(cluster));
    const { state } = portal;
    const fates = fatesOf(rows, PRICES);
    const [zeroed = ''] = idsOf(cluster, 'suspended');
    disorder(cluster, portal);
    t.strictSame(faultsOfUsage(state), [], 'usage followed');
    const before = state.job(zeroed);

    const update = await run('update');
    t.equal(update.code, 0);
    t.ok(changesOf(update).length >= 5);
    const full = await run('full');
    t.equal(full.code, 0);
    t.ok(changesOf(full).some((line) => line.startsWith('create ')));

    // A second run that ends at once looks like a repaired runaway, and is left to a person (money 15).
    const doubted = full.findings.filter(({ kind }) => kind === 'repaired-in-source').map(({ jobId }) => jobId!);
    t.ok(
      doubted.every((id) => rows.some((row) => row.jobId === id && row.state === 'COMPLETED' && row.endedAt === row.startedAt)),
      `doubted: ${doubted.join(', ')}`,
    );
    t.strictSame(faultsOfRecords(state, fates, [zeroed, ...doubted]), []);
    t.strictSame(faultsOfUsage(state), []);
    t.strictSame(changesOf(await run('full')), [], 'a second run plans nothing');

    await run('full', '--trust-source');
    t.strictSame(faultsOfRecords(state, fates, [zeroed]), []);
    t.strictSame(faultsOfUsage(state), []);
    t.strictSame(state.job(zeroed), before, 'set to 0.00 by hand, and left alone');
    // The job that gave its node away is COMPLETED and never ends.
    const giver = idsOf(cluster, 'grown')[1] ?? '';
    t.strictSame(findingsOf(await run('full')), [`adjusted-by-hand ${zeroed}`, `runaway ${giver}`]);
  });
}

function testAgreement(cluster: Cluster): void {
  void t.test('sacct and slurmrestd give the same changes and findings', async (t) => {
    const said: (readonly [string, unknown])[][] = [];
    for (const source of ['sacct', 'slurmrestd'] as const) {
      const story = await openCluster(t, cluster, source, lossesOf(cluster));
      disorder(cluster, story.portal);
      const lines: (readonly [string, unknown])[] = [];
      for (const [command, ...flags] of [['update'], ['full'], ['full', '--compare', 'digest']] as const) {
        const { changes, findings }: Reconciled = await story.run(command, '--dry-run', '--all-findings', ...flags);
        lines.push([`${command} ${flags.join(' ')}`, [changes, findings]]);
      }
      said.push(lines);
    }
    const [bySacct = [], byRest = []] = said;
    t.ok(bySacct.every(([, lines]) => JSON.stringify(lines).length > 5000));
    for (const [index, [command, lines]] of bySacct.entries()) t.strictSame(byRest[index]?.[1], lines, command);
  });
}

async function openCluster(
  t: Test,
  cluster: Cluster,
  source: SourceName,
  losses: Readonly<Record<string, Loss>> = {},
): Promise<Story & { readonly rows: ReturnType<typeof readTruthRows> }> {
  process.env.SLURM_CONF = cluster.environment.SLURM_CONF;
  const rows = readTruthRows(cluster);
  const config = {
    sacct: { slurmConf: cluster.environment.SLURM_CONF },
    slurmrestd: { url: cluster.restUrl, token: { command: ['scontrol', 'token', 'lifespan=600'] } },
  };
  // Jobs that ended moments ago are the plugin's, which has told all that it will.
  const site = { settleMinutes: 0, userMap: { file: 'passwd' } };
  const files = { passwd: execFileSync('getent', ['passwd'], { encoding: 'utf8' }) };
  const [start_date, end_date] = [-90, 200].map((days) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10));
  const allocation = { resource: 'Savio Compute', start_date: start_date!, end_date: end_date!, service_units: '300000.00' };
  const allocations = Object.fromEntries(rows.map(({ account }) => [account, allocation]));
  const folder = { files, source: config[source], sourcePlugin: source, site };
  return { ...(await openStory(t, { rows, prices: PRICES, folder, allocations, isLost: losing(losses) })), rows };
}

/** Raw ids of the seeded jobs of a kind, in order of submit. */
function idsOf(cluster: Cluster, kind: string): string[] {
  const kinds = readFileSync(`${cluster.directory}/manifest.ndjson`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SeededKind);
  const rows = kinds.find((seeded) => seeded.kind === kind)?.rows ?? [];
  if (rows.length === 0) throw new Error(`no job of the kind ${kind} was seeded`);
  return [...new Set(rows.map(({ jobId }) => String(jobId)))];
}

/** Of the first job of each kind. */
function lossesOf(cluster: Cluster): Record<string, Loss> {
  const kinds: Record<Loss, readonly string[]> = {
    ends: ['exit-3', 'timeout', 'multi-node', 'preempted', 'dependency-never-satisfied'],
    all: ['with-steps', 'two-partitions', 'array', 'array-throttled', 'heterogeneous'],
    'last end': ['requeued', 'shrunk', 'node-failed'],
  };
  const lost = (Object.keys(kinds) as Loss[]).flatMap((loss) => kinds[loss].map((kind) => [idsOf(cluster, kind)[0]!, loss] as const));
  return Object.fromEntries(lost);
}

function disorder(cluster: Cluster, portal: RunningPortal): void {
  const spoilt: readonly (readonly [string, number, Mischief])[] = [
    ['completed', 0, DEARER],
    ['cancelled-running', 0, ENDED_LATER],
    ['launch-failed', 0, MORE_CPUS],
    ['suspended', 0, ZEROED],
    // The third of them, which preempts the others, has eight CPUs: a cent less is not 0.00.
    ['preempted', 2, CHEAPER],
  ];
  for (const [kind, index, mischief] of spoilt) spoil(portal.state, idsOf(cluster, kind)[index]!, mischief);
}
