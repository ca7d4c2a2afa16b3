import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_GUARD } from '../../src/core/guard-limits.js';
import type { Instant, Row } from '../../src/core/job.js';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { sacctText, type SacctFields } from '../support/inputs.js';
import type { PluginEvent } from '../portal/plugins/plugin-events.js';
import { DEARER, ENDED_LATER, HALVED, spoil, type Mischief } from './mischief.js';
import { siteSeed, TOKEN } from './site-seed.js';
import { tell } from './tell.js';

/** A portal in which every record is wrong in one way, and a folder for the command line. */
export interface KillSite {
  readonly portal: RunningPortal;
  readonly rows: readonly Row[];
  readonly folder: string;
  readonly state: string;
  /** Jobs without a record. */
  readonly unrecorded: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export const KILL_PRICES = { savio: '0.75', savio_htc: '1.00', savio_gpu: '3.666667' };
const PARTITIONS = Object.keys(KILL_PRICES);
const ACCOUNTS = 8;
/** July 6, 2026, 08:00 UTC: 01:00 in California. */
const MONDAY: Instant = Date.UTC(2026, 6, 6, 8) / 1000;
const BEHIND_UTC = 7 * 3600;

type Trouble = 'open' | 'cancelled while pending' | 'unrecorded' | 'dearer' | 'cheaper' | 'ended later';
const TROUBLES: readonly Trouble[] = [
  'open',
  'open',
  'open',
  'open',
  'cancelled while pending',
  'unrecorded',
  'unrecorded',
  'dearer',
  'cheaper',
  'ended later',
];

interface TroubledJob {
  readonly trouble: Trouble;
  /** As the plugins saw it. */
  readonly told: Row;
  /** As Slurm recorded it. */
  readonly row: Row;
}

/** Every job needs one change: half of the records are open, a fifth of the jobs has none, the others are charged wrongly. */
export async function killSite(changes: number): Promise<KillSite> {
  const jobs = Array.from({ length: changes }, (_, index) => troubledJob(index));
  const rows = jobs.map(({ row }) => row);
  const portal = await startPortal({ seed: siteSeed(rows), latencyMs: 2 });
  disorder(portal, jobs);
  const folder = mkdtempSync(join(tmpdir(), 'brc-sync-kills-'));
  writeFolder(folder, portal, rows);
  return {
    portal,
    rows,
    folder,
    state: join(folder, 'state'),
    unrecorded: jobs.filter(({ trouble }) => trouble === 'unrecorded').map(({ row }) => row.jobId),
    environment: {
      ...process.env,
      NO_COLOR: '1',
      BRC_SYNC_PLUGINS: join(folder, 'plugins.json'),
      BRC_SYNC_STATE_DIR: join(folder, 'state'),
      BRC_SYNC_LOCK_DIR: join(folder, 'locks'),
    },
    async close() {
      await portal.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function troubledJob(index: number): TroubledJob {
  const trouble = TROUBLES[index % TROUBLES.length]!;
  const account = index % ACCOUNTS;
  const user = Math.floor(index / ACCOUNTS) % 3;
  const submittedAt = MONDAY + 60 * index;
  const told: Row = {
    jobId: String(1001 + index),
    cluster: 'savio',
    arrayJobId: null,
    arrayTaskId: null,
    hetJobId: null,
    hetOffset: null,
    account: `${['fc', 'co', 'ac'][account % 3]!}_lab${account}`,
    user: `user${account}_${user}`,
    uid: 10_000 + account * 10 + user,
    state: 'COMPLETED',
    partition: PARTITIONS[index % PARTITIONS.length]!,
    qos: 'savio_normal',
    submittedAt,
    eligibleAt: submittedAt,
    startedAt: submittedAt + 5,
    endedAt: submittedAt + 605 + (index % 50) * 36,
    suspendedSeconds: 0,
    nodeList: 'n0010.savio1',
    cpuCount: [1, 4, 20, 56][index % 4]!,
    requestedNodeCount: 1,
    allocatedNodeCount: 1,
  };
  if (trouble !== 'cancelled while pending') return { trouble, told, row: told };
  return { trouble, told, row: { ...told, state: 'CANCELLED', startedAt: null, nodeList: null, allocatedNodeCount: 0 } };
}

function disorder({ state }: RunningPortal, jobs: readonly TroubledJob[]): void {
  const troubles = new Map(jobs.map(({ told, trouble }) => [told.jobId, trouble]));
  const isLost = ({ plugin, row }: PluginEvent): boolean => {
    const trouble = troubles.get(row.jobId);
    return trouble === 'unrecorded' || (plugin === 'jobcomp' && (trouble === 'open' || trouble === 'cancelled while pending'));
  };
  tell(
    state,
    jobs.map(({ told }) => told),
    { prices: KILL_PRICES },
    isLost,
  );
  for (const { told, trouble } of jobs) {
    const mischief = MISCHIEF[trouble];
    if (mischief !== undefined) spoil(state, told.jobId, mischief);
  }
}

const MISCHIEF: Partial<Record<Trouble, Mischief>> = { dearer: DEARER, cheaper: HALVED, 'ended later': ENDED_LATER };

function writeFolder(folder: string, portal: RunningPortal, rows: readonly Row[]): void {
  mkdirSync(join(folder, 'locks'));
  writeFileSync(join(folder, 'portal.token'), TOKEN, { mode: 0o600 });
  const prices = Object.entries(KILL_PRICES).map(([name, price]) => `${name} = ${price}\n`);
  writeFileSync(join(folder, 'prices.toml'), `[PartitionPrice]\n${prices.join('')}`);
  writeFileSync(join(folder, 'jobs.psv'), sacctText(...rows.map(sacctFieldsOf)));
  const plugins = {
    // Everything is to be changed here, which the guard is there to keep from happening.
    site: {
      timeZone: 'America/Los_Angeles',
      prices: 'prices.toml',
      guard: Object.fromEntries(Object.keys(DEFAULT_GUARD).map((key) => [key, null])),
    },
    instances: [
      { name: 'fixture', plugin: 'fixture', config: { files: 'jobs.psv' } },
      { name: 'portal', plugin: 'coldfront', config: { baseUrl: portal.baseUrl, token: { file: 'portal.token' } } },
    ],
  };
  writeFileSync(join(folder, 'plugins.json'), JSON.stringify(plugins), { mode: 0o600 });
}

/** As `sacct` prints it in California. */
function sacctFieldsOf(row: Row): SacctFields {
  const seconds = row.startedAt === null ? 0 : row.endedAt! - row.startedAt;
  return {
    JobIDRaw: row.jobId,
    Submit: localText(row.submittedAt),
    Start: row.startedAt === null ? 'Unknown' : localText(row.startedAt),
    End: localText(row.endedAt!),
    ElapsedRaw: String(seconds),
    UID: String(row.uid),
    User: row.user!,
    Account: row.account,
    State: row.state,
    Partition: row.partition,
    QOS: row.qos,
    NodeList: row.nodeList ?? 'None assigned',
    AllocCPUS: String(row.cpuCount),
    ReqNodes: String(row.requestedNodeCount),
    AllocNodes: String(row.allocatedNodeCount),
  };
}

function localText(instant: Instant): string {
  return new Date((instant - BEHIND_UTC) * 1000).toISOString().slice(0, 19);
}
