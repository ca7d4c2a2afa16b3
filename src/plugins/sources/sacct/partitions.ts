import type { SacctConfig } from './config.js';
import type { SlurmCommands } from './slurm-commands.js';

/**
 * The partitions of the clusters, as sinfo has them from slurmctld; null without a sinfo.
 *
 * @throws BrcSyncError SOURCE_UNREACHABLE
 */
export async function readPartitions(
  { sinfo, clusters }: SacctConfig,
  commands: SlurmCommands,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  if (sinfo.length === 0) return null;
  const where = clusters === undefined ? [] : ['-M', clusters.join(',')];
  const lines = await commands.lines('sinfo', [...where, '-h', '-a', '-o', '%R'], signal);
  // With -M each cluster has a line of its own.
  return [...new Set(lines.filter((line) => !line.startsWith('CLUSTER: ')))].sort();
}
