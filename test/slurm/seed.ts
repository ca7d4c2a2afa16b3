/**
 * `npm run slurm:seed`: submits every awkward kind of job, waits until the accounting database holds what is expected of each, and writes
 * `manifest.ndjson` (what was submitted) and `truth.ndjson` (every row, by SQL) into the cluster's directory.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { bootCluster } from './cluster.js';
import type { Cluster } from './cluster.js';
import { endingKinds, openKinds } from './job-kinds.js';
import type { JobKind } from './job-kinds.js';
import { JobMaker } from './job-maker.js';
import { readTruth } from './truth.js';
import type { TruthRow } from './truth.js';

const SEED_SECONDS = 180;

/** A line of the manifest: the rows that one kind of job left. */
export interface SeededKind {
  readonly kind: string;
  readonly submittedIds: readonly string[];
  readonly rows: readonly { readonly jobId: number; readonly submittedAt: number; readonly state: string }[];
}

/** Seeds once; a cluster that has its manifest is left as it is. */
export async function seed(cluster: Cluster): Promise<void> {
  const manifestFile = `${cluster.directory}/manifest.ndjson`;
  if (existsSync(manifestFile)) return;
  const maker = new JobMaker(cluster, Date.now() + SEED_SECONDS * 1000);
  const ended = await settle(cluster, maker, endingKinds);
  const open = await settle(cluster, maker, openKinds);
  writeFileSync(`${cluster.directory}/truth.ndjson`, toLines(readTruth(cluster)));
  writeFileSync(manifestFile, toLines([...ended, ...open]));
}

async function settle(cluster: Cluster, maker: JobMaker, kinds: readonly JobKind[]): Promise<SeededKind[]> {
  const made = await Promise.all(kinds.map(async (kind) => ({ kind, ids: await kind.make(maker) })));
  let unsettled: readonly string[] = [];
  const isSettled = (): boolean => {
    const truth = readTruth(cluster);
    unsettled = made
      .filter(({ kind, ids }) => !matches(kind, rowsOf(ids, truth)))
      .map(({ kind, ids }) => describe(kind, rowsOf(ids, truth)));
    return unsettled.length === 0;
  };
  await maker.poll('all jobs have settled', isSettled).catch((cause: unknown) => {
    throw new Error(`not settled: ${unsettled.join('; ')}`, { cause });
  });
  const truth = readTruth(cluster);
  return made.map(({ kind, ids }) => ({
    kind: kind.name,
    submittedIds: ids,
    rows: rowsOf(ids, truth).map(({ jobId, submittedAt, state }) => ({ jobId, submittedAt, state })),
  }));
}

function rowsOf(ids: readonly string[], truth: readonly TruthRow[]): TruthRow[] {
  return truth.filter((row) => [row.jobId, row.arrayJobId, row.hetJobId].some((id) => ids.includes(String(id))));
}

function matches(kind: JobKind, rows: readonly TruthRow[]): boolean {
  return states(rows) === [...kind.states].sort().join(',');
}

function describe(kind: JobKind, rows: readonly TruthRow[]): string {
  return `${kind.name} has ${states(rows)} instead of ${[...kind.states].sort().join(',')}`;
}

function states(rows: readonly TruthRow[]): string {
  return rows
    .map((row) => row.state)
    .sort()
    .join(',');
}

function toLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

if (process.argv[1]?.endsWith('slurm/seed.js') === true) {
  const cluster = bootCluster();
  if ('leftOut' in cluster) {
    console.error(cluster.leftOut);
    process.exitCode = 75;
  } else {
    await seed(cluster);
    console.log(`Slurm is seeded: manifest.ndjson and truth.ndjson in ${cluster.directory}`);
  }
}
