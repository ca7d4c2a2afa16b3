import { bad, BrcSyncError, checkPortal, contentOf, good, type CheckResult, type Clock, type PortalClient } from '../../../builtin-sdk.js';
import { jobsQuery, readJobPage } from './job-page.js';

export interface CheckOptions {
  readonly client: PortalClient;
  readonly target: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What an administrator wants to know before trusting this sink. Writes nothing. */
export async function checkColdfront({ client, target, clock, signal }: CheckOptions): Promise<readonly CheckResult[]> {
  const results = await checkPortal({
    target,
    now: () => clock.now(),
    ask: async () => {
      const reply = await client.get('jobs/', jobsQuery({}, { from: 0, to: 1 }), signal);
      readJobPage(contentOf(reply));
      return reply.response.serverTime;
    },
    more: async () => [await permissionResult(client, signal)],
    signal,
  });
  return [...addressResults(target), ...results];
}

function addressResults(target: string): CheckResult[] {
  if (new URL(target).pathname.endsWith('/api/')) return [];
  const remedy = 'Correct "baseUrl" of the instance, unless your portal has its API elsewhere.';
  return [bad('address', `${target} does not end in /api/`, remedy)];
}

/** Members of a project are shown to those only who may write: that of no project is an empty list for them, and a 403 for others. */
async function permissionResult(client: PortalClient, signal: AbortSignal): Promise<CheckResult> {
  try {
    const { response } = await client.get('projects/0/users/', null, signal);
    if (response.status === 200) return good('permission', 'the account of the token is staff: it may write');
    return good('permission', `whether the account of the token may write cannot be told (status ${response.status})`);
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'UNAUTHORISED') throw error;
    return bad('permission', 'the account of the token is no staff: it may read, and not write', error.remedy, error.code);
  }
}
