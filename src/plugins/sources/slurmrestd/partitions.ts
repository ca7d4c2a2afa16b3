import { BrcSyncError } from '../../../builtin-sdk.js';
import type { RestClient } from './rest-client.js';
import type { Session } from './session.js';

/** The partitions that slurmctld has, where slurmrestd serves `slurm` beside `slurmdb`; null where it does not. */
export async function readPartitions(client: RestClient, { version }: Session, signal: AbortSignal): Promise<readonly string[] | null> {
  try {
    const { content } = await client.get({ path: `slurm/${version}/partitions`, signal });
    const { partitions } = content;
    return Array.isArray(partitions) ? [...new Set(partitions.flatMap(nameOf))].sort() : null;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BrcSyncError)) throw error;
    return null;
  }
}

function nameOf(partition: unknown): string[] {
  const name = typeof partition === 'object' && partition !== null && 'name' in partition ? partition.name : null;
  return typeof name === 'string' ? [name] : [];
}
