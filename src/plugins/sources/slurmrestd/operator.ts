import { BrcSyncError } from '../../../sdk.js';
import type { RestClient } from './rest-client.js';

/** Whether a user may see everything; null where Slurm does not tell. */
export async function readIsOperator(client: RestClient, version: string, user: string, signal: AbortSignal): Promise<boolean | null> {
  if (user === 'root') return true;
  try {
    const { content } = await client.get({ path: `slurmdb/${version}/user/${encodeURIComponent(user)}`, signal });
    // A text up to v0.0.39, then a list.
    const level = JSON.stringify(
      (content['users'] as readonly { administrator_level?: unknown }[] | undefined)?.[0]?.administrator_level ?? '',
    );
    return /Operator|Administrator/i.test(level);
  } catch (error) {
    if (error instanceof BrcSyncError && error.code === 'SOURCE_UNREACHABLE') return null;
    throw error;
  }
}
