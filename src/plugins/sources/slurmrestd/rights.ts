import { BrcSyncError } from '../../../builtin-sdk.js';
import type { RestClient } from './rest-client.js';

/** What Slurm's accounting allows a user. */
export interface Rights {
  readonly isOperator: boolean;
  /** Of any account. */
  readonly isCoordinator: boolean;
}

interface UserReply {
  /** A text up to v0.0.39, then a list. */
  readonly administrator_level?: unknown;
  readonly coordinators?: unknown;
}

/** None for a user whom the accounting does not know. SlurmUser may have more than it says. */
export async function readRights(client: RestClient, version: string, user: string, signal: AbortSignal): Promise<Rights> {
  if (user === 'root') return { isOperator: true, isCoordinator: false };
  try {
    const { content } = await client.get({ path: `slurmdb/${version}/user/${encodeURIComponent(user)}`, signal });
    const [found] = Array.isArray(content['users']) ? (content['users'] as readonly UserReply[]) : [];
    const level = JSON.stringify(found?.administrator_level ?? '');
    const coordinators = found?.coordinators ?? [];
    return {
      isOperator: /Operator|Administrator/i.test(level),
      isCoordinator: !Array.isArray(coordinators) || coordinators.length > 0,
    };
  } catch (error) {
    if (error instanceof BrcSyncError && error.code === 'SOURCE_UNREACHABLE') return { isOperator: false, isCoordinator: false };
    throw error;
  }
}
