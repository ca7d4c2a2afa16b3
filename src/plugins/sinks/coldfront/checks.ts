import { BrcSyncError, HttpError, type CheckResult, type Clock, type ErrorCode } from '../../../builtin-sdk.js';
import { noAnswer } from './failures.js';
import { jobsQuery, readJobPage } from './job-page.js';
import { contentOf, type PortalClient } from './portal-client.js';

/** Clocks that differ by less harm nobody: jobs settle for minutes before they are compared. */
const TOLERATED_SECONDS = 5;

export interface CheckOptions {
  readonly client: PortalClient;
  readonly target: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What an administrator wants to know before trusting this sink. Writes nothing. */
export async function checkColdfront(options: CheckOptions): Promise<readonly CheckResult[]> {
  const results = addressResults(options.target);
  const portal = await portalResults(options);
  return [...results, ...portal];
}

function addressResults(target: string): CheckResult[] {
  const { protocol, pathname } = new URL(target);
  const results: CheckResult[] = [];
  if (!pathname.endsWith('/api/')) {
    results.push(
      bad('address', `${target} does not end in /api/`, 'Correct "baseUrl" of the instance, unless your portal has its API elsewhere.'),
    );
  }
  if (protocol === 'http:') results.push(good('transport', 'http: the token travels unencrypted'));
  return results;
}

async function portalResults({ client, target, clock, signal }: CheckOptions): Promise<CheckResult[]> {
  try {
    const reply = await client.get('jobs/', jobsQuery({}, { from: 0, to: 1 }), signal);
    const now = clock.now();
    readJobPage(contentOf(reply));
    return [
      good('portal', `${target} answers`),
      good('token', 'is accepted; the portal tells nobody when it expires (one obtained with a password: after 24 hours)'),
      clockResult(reply.response.serverTime, now),
      await permissionResult(client, signal),
    ];
  } catch (error) {
    signal.throwIfAborted();
    const known = error instanceof HttpError ? noAnswer(error) : error;
    if (!(known instanceof BrcSyncError)) throw error;
    const name = known.code === 'UNAUTHORISED' || known.code === 'CONFIG_INVALID' ? 'token' : 'portal';
    return [bad(name, known.message, known.remedy, known.code)];
  }
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

function clockResult(serverTime: number | null, now: number): CheckResult {
  if (serverTime === null) return good('clock', 'the portal does not tell its time');
  const ahead = serverTime - now;
  if (Math.abs(ahead) <= TOLERATED_SECONDS) return good('clock', "the portal's clock agrees with this machine's");
  const way = ahead > 0 ? 'ahead of' : 'behind';
  const message = `the portal's clock is ${Math.abs(ahead)} s ${way} this machine's`;
  return { ...bad('clock', message, 'Synchronise the clocks (NTP).'), warning: true };
}

function good(name: string, message: string): CheckResult {
  return { name, ok: true, message, remedy: null };
}

function bad(name: string, message: string, remedy: string, code: ErrorCode = 'CONFIG_INVALID'): CheckResult {
  return { name, ok: false, message, remedy, code };
}
