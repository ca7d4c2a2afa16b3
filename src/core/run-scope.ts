import { BrcSyncError } from './errors.js';
import type { Instant, Row } from './job.js';
import type { SinkAccount } from './job-sink.js';
import type { SkippedRecord } from './job-source.js';
import { allocationYearStart, parseCommandTime } from './period.js';
import { openMemory } from './memory/open-memory.js';
import type { SinkMemory } from './memory/sink-memory.js';
import type { JudgeContext } from './reconcile/context.js';
import type { RunEnvironment, RunRequest } from './run-request.js';
import { selectAccounts } from './select-accounts.js';
import type { SiteSettings } from './site.js';
import { localReadAsUtc } from './site-zone.js';
import { openUserDirectory, type UserDirectory } from './user-directory.js';
import type { RunDirectory } from './state-directory.js';
import type { Window } from './window.js';

/** What a run covers and by which rules it judges, settled before anything but accounts is read. */
export interface Scope {
  readonly context: JudgeContext;
  readonly timeZone: string;
  /** Null of a sink that only writes down what it would send. */
  readonly memory: SinkMemory | null;
  readonly users: UserDirectory;
  /** Of `full`: the accounts to walk, in order of name. */
  readonly accounts: readonly SinkAccount[];
  readonly startOf: (account: SinkAccount) => Instant;
  /** First day of the allocation year in which the period ends. */
  readonly yearStart: Instant;
  /** @throws BrcSyncError `CLUSTER_AMBIGUOUS` at the first row of a second cluster where none is configured (money 3) */
  readonly assertOneCluster: (row: Row) => void;
  /** @throws BrcSyncError `PARTITION_UNKNOWN` under --strict-prices, with all of them (money 8) */
  readonly assertPartitionsKnown: () => void;
}

/** Of a request and its surroundings, what says how to judge. */
export type ScopeRequest = Pick<RunRequest, 'command' | 'start' | 'end' | 'accounts' | 'compare' | 'flags' | 'dryRun'>;
export type ScopeEnvironment = Pick<RunEnvironment, 'opened' | 'prices' | 'clock' | 'signal' | 'logger'> & {
  readonly directory: Pick<RunDirectory, 'stateDirectory'>;
};

export async function prepareScope(
  request: ScopeRequest,
  environment: ScopeEnvironment,
  onSkip: (skipped: SkippedRecord) => void,
): Promise<Scope> {
  const { opened, prices, clock } = environment;
  const { site } = opened.sink;
  const now = clock.now();
  assertCapabilities(request, environment);
  const { period, yearStart, startLimit } = periodOf(request, siteOfPeriod(opened.sink), now);
  const users = await openUserDirectory({ userMap: site.userMap, sink: opened.sink, signal: environment.signal });
  const { accounts, datesKnown } = await accountsOf(request, environment, { from: yearStart, to: period.to }, onSkip);
  const cluster = opened.sink.cluster ?? opened.source.instance.cluster ?? null;
  const memory = await openMemory({ ...environment, sink: opened.sink }, !request.dryRun);
  if (datesKnown) memory?.noteAllocations(accounts);
  const unknownPartitions = new Map<string, string>();

  const context: JudgeContext = {
    command: request.command,
    now,
    period,
    settleSeconds: site.settleMinutes * 60,
    runawaySeconds: site.runawayDays * 86_400,
    lostJobs: new Set(),
    cluster,
    pricing: { prices, freeQos: new Set(site.freeQos) },
    flags: request.flags,
    userIdOf: users.userIdOf,
    localReadAsUtc: (instant) => localReadAsUtc(instant, site.timeZone),
    accounts: datesKnown ? new Map(accounts.map((account) => [account.name, account])) : null,
    ...(memory === null ? {} : { lastWritten: (jobId) => memory.lastWritten(jobId) }),
    onUnknownPartition: (partition, jobId) => void unknownPartitions.set(partition, jobId),
  };
  return {
    context,
    timeZone: site.timeZone,
    memory,
    users,
    accounts: selectAccounts(request.accounts, accounts, { unknown: request.command === 'full' ? 'refuse' : 'ignore' }),
    startOf: (account) => Math.max(account.allocationStart ?? yearStart, startLimit ?? 0),
    yearStart,
    assertOneCluster: oneClusterOnly(cluster, opened.sink.name),
    assertPartitionsKnown: () => refuseUnknownPartitions(unknownPartitions),
  };
}

/** A plugin that cannot do a thing has no such method: said before anything is read. */
function assertCapabilities({ command, compare }: ScopeRequest, { opened: { source, sink } }: ScopeEnvironment): void {
  if (command !== 'full') return;
  if (sink.instance.recordsOfAccount === undefined) {
    throw new BrcSyncError('CAPABILITY_MISSING', {
      message: `Sink ${sink.name} (plugin ${sink.plugin}) cannot list the records of an account, which \`run full\` needs.`,
      remedy: 'Use `run update`, or another sink.',
      context: { instance: sink.name },
    });
  }
  if (compare === 'digest' && (sink.instance.totals === undefined || sink.instance.record === undefined)) {
    const lacks = sink.instance.totals === undefined ? 'tell count and sums of an account' : 'look up one record';
    throw new BrcSyncError('CAPABILITY_MISSING', {
      message: `Sink ${sink.name} (plugin ${sink.plugin}) cannot ${lacks}, which \`--compare digest\` needs.`,
      remedy: 'Use `--compare records`, or another sink.',
      context: { instance: sink.name },
    });
  }
  if (sink.instance.accounts === undefined && source.instance.accounts === undefined) {
    throw new BrcSyncError('CAPABILITY_MISSING', {
      message: `Neither sink ${sink.name} nor source ${source.name} can tell which accounts there are, which \`run full\` needs.`,
      remedy: 'Use `run update`, or plugins that know the accounts.',
      context: { instance: sink.name },
    });
  }
}

interface PeriodOfRun {
  readonly period: Window;
  readonly yearStart: Instant;
  readonly startLimit: Instant | null;
}

/** The old database counts by calendar years, whatever the site's allocations do. */
function siteOfPeriod({ site, instance }: ScopeEnvironment['opened']['sink']): SiteSettings {
  return instance.periodStart === undefined ? site : { ...site, allocationYearStart: instance.periodStart };
}

function periodOf({ start, end }: ScopeRequest, site: SiteSettings, now: Instant): PeriodOfRun {
  const { timeZone } = site;
  const to = end === null ? now : parseCommandTime(end, { timeZone, bound: 'end' });
  const startLimit = start === null ? null : parseCommandTime(start, { timeZone, bound: 'start' });
  const yearStart = allocationYearStart(Math.min(to, now) - 1, site);
  const from = startLimit ?? yearStart;
  if (from >= to) {
    throw new BrcSyncError('USAGE', {
      message: `The period is empty: it starts (${start ?? 'allocation year'}) at or after its end (${end ?? 'now'}).`,
      remedy: 'Give a --start before --end.',
    });
  }
  return { period: { from, to }, yearStart, startLimit };
}

async function accountsOf(
  { command }: ScopeRequest,
  { opened: { source, sink }, signal }: ScopeEnvironment,
  window: Window,
  onSkip: (skipped: SkippedRecord) => void,
): Promise<{ accounts: readonly SinkAccount[]; datesKnown: boolean }> {
  if (sink.instance.accounts !== undefined) return { accounts: await sink.instance.accounts({ signal }), datesKnown: true };
  const names = command === 'full' ? ((await source.instance.accounts?.({ window, signal, onSkip })) ?? []) : [];
  return { accounts: names.map((name) => ({ name, allocationStart: null, allocationEnd: null })), datesKnown: false };
}

/** Refuses the first row of a second cluster where none is configured (money 3). */
export function oneClusterOnly(configured: string | null, sinkName: string): (row: Row) => void {
  let first: string | null = null;
  return ({ cluster }) => {
    if (configured !== null || cluster === null || cluster === first) return;
    if (first === null) {
      first = cluster;
      return;
    }
    throw new BrcSyncError('CLUSTER_AMBIGUOUS', {
      message: `The source has jobs of the clusters ${first} and ${cluster}, whose ids repeat, and sink ${sinkName} does not say which one it bills.`,
      remedy: `Add "cluster": "${first}" to the instance ${sinkName} in plugins.json.`,
      context: { instance: sinkName },
    });
  };
}

function refuseUnknownPartitions(unknown: ReadonlyMap<string, string>): void {
  if (unknown.size === 0) return;
  const named = [...unknown].map(([partition, jobId]) => `${partition} (job ${jobId})`).join(', ');
  throw new BrcSyncError('PARTITION_UNKNOWN', {
    message: `--strict-prices: these partitions have no price: ${named}.`,
    remedy: 'Add them to [PartitionPrice] of the price list, under their exact names; 0 makes one free.',
  });
}
