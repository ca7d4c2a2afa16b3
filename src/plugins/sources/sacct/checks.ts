import type { CheckResult, Clock, ErrorCode } from '../../../builtin-sdk.js';
import { BrcSyncError } from '../../../builtin-sdk.js';
import { readAccountingSettings, type AccountingSettings } from './accounting-settings.js';
import type { SacctConfig } from './config.js';
import { readRows } from './read-rows.js';
import { endedArguments, runningArguments } from './sacct-arguments.js';
import type { SlurmCommands } from './slurm-commands.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Clocks that differ by less harm nobody: jobs settle for minutes before they are compared. */
const TOLERATED_SECONDS = 5;

/** Configured clusters that slurmdbd does not know. */
export function unknownClusters({ clusters = [] }: SacctConfig, settings: AccountingSettings): string[] {
  return clusters.filter((cluster) => cluster !== 'all' && !settings.clusters.includes(cluster));
}

/** Whether jobs of other people are shown; null where it cannot be told. */
export function canSeeOthers({ privateData, isOperator }: AccountingSettings): boolean | null {
  return privateData.includes('jobs') ? isOperator : true;
}

/** Whether squeue shows other people's jobs for certain; of another cluster's slurm.conf nothing is known here. */
export function canSeeQueue({ clusters }: SacctConfig, { queuePrivateData, isOperator }: AccountingSettings): boolean {
  return isOperator === true || (clusters === undefined && queuePrivateData !== null && !queuePrivateData.includes('jobs'));
}

export function canSeeAccounts({ privateData, isOperator }: AccountingSettings): boolean {
  return !privateData.includes('accounts') || isOperator === true;
}

/** What an administrator wants to know before trusting this source. Each part answers for itself. */
export async function checkSacct(
  config: SacctConfig,
  commands: SlurmCommands,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const version = await attempt('sacct', signal, async () => [await checkVersion(commands, signal)]);
  const settings = await attempt('slurmdbd', signal, () => checkSettings(config, commands, signal));
  const jobs = await attempt('jobs', signal, () => checkJobs(config, commands, clock, signal));
  return [...version, ...settings, ...jobs];
}

async function checkVersion(commands: SlurmCommands, signal: AbortSignal): Promise<CheckResult> {
  const [version = 'says no version'] = await commands.lines('sacct', ['--version'], signal);
  return good('sacct', version);
}

async function checkSettings(config: SacctConfig, commands: SlurmCommands, signal: AbortSignal): Promise<CheckResult[]> {
  if (!commands.hasSacctmgr) return [good('slurmdbd', 'not asked: no sacctmgr is configured')];
  const settings = await readAccountingSettings(config, commands, signal);
  return [
    good('slurmdbd', `answers${settings.slurmdbdVersion === null ? '' : `, version ${settings.slurmdbdVersion}`}`),
    checkClusters(config, settings),
    checkPermission(settings),
    checkRange(config, settings),
  ];
}

function checkClusters(config: SacctConfig, settings: AccountingSettings): CheckResult {
  const unknown = unknownClusters(config, settings);
  const known = settings.clusters.join(', ') || 'none';
  if (unknown.length === 0) return good('clusters', config.clusters === undefined ? known : `${config.clusters.join(', ')} (of: ${known})`);
  return bad('clusters', `${unknown.join(', ')} unknown`, `Correct "clusters" of the instance; there are: ${known}.`);
}

function checkPermission(settings: AccountingSettings): CheckResult {
  const sees = canSeeOthers(settings);
  if (sees === true) return good('permission', `sees everybody's jobs (PrivateData: ${settings.privateData.join(', ') || 'none'})`);
  const message =
    sees === null ? 'slurmdbd hides jobs from some users; whether from this one cannot be told' : "does not see other people's jobs";
  const remedy = 'Run as a user with AdminLevel Operator: sacctmgr modify user NAME set adminlevel=operator.';
  return bad('permission', message, remedy, 'UNAUTHORISED');
}

function checkRange({ sliceDays }: SacctConfig, { maxQueryTimeRange, isOperator }: AccountingSettings): CheckResult {
  if (maxQueryTimeRange === null) return good('query range', 'unlimited');
  if (isOperator === true) return good('query range', `${maxQueryTimeRange}, which does not bind an Operator`);
  const days = Number(/^(\d+)-/.exec(maxQueryTimeRange)?.[1] ?? 0);
  if (days >= (sliceDays ?? 31)) return good('query range', `${maxQueryTimeRange}, long enough for ${sliceDays ?? 31} days at once`);
  return bad('query range', `MaxQueryTimeRange is ${maxQueryTimeRange}`, `Set sliceDays to ${Math.max(1, days)}.`);
}

/** Jobs from our future tell that our clock is behind Slurm's; that it is ahead, no job can tell. An end proves nothing: Slurm stores planned ones, too. */
async function checkJobs(config: SacctConfig, commands: SlurmCommands, clock: Clock, signal: AbortSignal): Promise<CheckResult[]> {
  const now = clock.now();
  let count = 0;
  let newest = 0;
  for (const args of [endedArguments(config, null, { from: now - HOUR, to: now + DAY }), runningArguments(config, null, now)]) {
    for await (const rows of readRows(commands.output('sacct', args, signal), () => undefined)) {
      count += rows.length;
      for (const row of rows) newest = Math.max(newest, row.submittedAt, row.startedAt ?? 0);
    }
  }
  const ahead = newest - now;
  return [good('jobs', `${count} ended in the last hour or run`), clockResult(ahead)];
}

function clockResult(ahead: number): CheckResult {
  if (ahead <= TOLERATED_SECONDS) return good('clock', 'no job is from the future');
  const message = `Slurm's clock is at least ${ahead} s ahead of this machine's`;
  return { ...bad('clock', message, 'Synchronise the clocks (NTP).'), warning: true };
}

async function attempt(name: string, signal: AbortSignal, run: () => Promise<CheckResult[]>): Promise<CheckResult[]> {
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrcSyncError)) throw error;
    return [bad(name, error.message, error.remedy, error.code)];
  }
}

function good(name: string, message: string): CheckResult {
  return { name, ok: true, message, remedy: null };
}

function bad(name: string, message: string, remedy: string, code: ErrorCode = 'CONFIG_INVALID'): CheckResult {
  return { name, ok: false, message, remedy, code };
}
