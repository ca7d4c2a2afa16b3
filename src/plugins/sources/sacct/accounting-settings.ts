import { userInfo } from 'node:os';
import type { SacctConfig } from './config.js';
import type { SlurmCommands } from './slurm-commands.js';

/** What slurmdbd says about itself; null where it does not say. */
export interface AccountingSettings {
  readonly clusters: readonly string[];
  readonly slurmdbdVersion: string | null;
  /** What users without rights do not see: `jobs`, `users`, … */
  readonly privateData: readonly string[];
  /** The same of slurmctld, by the slurm.conf at hand; null where it does not say. */
  readonly queuePrivateData: readonly string[] | null;
  /** As slurmdbd prints it; null: no limit. */
  readonly maxQueryTimeRange: string | null;
  /** Null where it cannot be told, as behind a wrapper. */
  readonly isOperator: boolean | null;
}

const SEES_EVERYTHING = ['Operator', 'Administrator'];

/** @throws BrcSyncError where slurmdbd or its database does not answer. */
export async function readAccountingSettings(
  config: SacctConfig,
  commands: SlurmCommands,
  signal: AbortSignal,
): Promise<AccountingSettings> {
  const clusters = await commands.lines('sacctmgr', ['-n', '-P', 'list', 'cluster', 'format=Cluster'], signal);
  // Without slurmdbd this ends well, so it comes second.
  const lines = await commands.lines('sacctmgr', ['show', 'configuration'], signal);
  const title = lines.findIndex((line) => line.startsWith('SlurmDBD configuration'));
  const settings = settingsOf(title === -1 ? [] : lines.slice(title + 1));
  // Those of slurm.conf stand before them, some under the same names.
  const queuePrivateData = settingsOf(title === -1 ? lines : lines.slice(0, title)).get('PrivateData');
  const range = settings.get('MaxQueryTimeRange') ?? 'UNLIMITED';
  return {
    clusters,
    slurmdbdVersion: settings.get('SLURMDBD_VERSION') ?? null,
    privateData: kindsOf(settings.get('PrivateData') ?? 'none'),
    queuePrivateData: queuePrivateData === undefined ? null : kindsOf(queuePrivateData),
    maxQueryTimeRange: range === 'UNLIMITED' ? null : range,
    isOperator: await readIsOperator(config, settings.get('SlurmUser') ?? '', commands, signal),
  };
}

/** root and SlurmUser may see everything whatever sacctmgr says; behind a wrapper we do not know who we are unless we are told. */
async function readIsOperator(
  { sacctmgr, user = sacctmgr.length > 1 ? undefined : userInfo().username }: SacctConfig,
  slurmUser: string,
  commands: SlurmCommands,
  signal: AbortSignal,
): Promise<boolean | null> {
  if (user === undefined) return null;
  if (user === 'root' || slurmUser.startsWith(`${user}(`)) return true;
  const levels = await commands.lines('sacctmgr', ['-n', '-P', 'show', 'user', user, 'format=AdminLevel'], signal);
  return levels.some((level) => SEES_EVERYTHING.includes(level));
}

function settingsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(lines.map(toSetting));
}

function kindsOf(text: string): string[] {
  return text.split(',').filter((kind) => kind !== 'none');
}

function toSetting(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
