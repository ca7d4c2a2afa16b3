import { BrcSyncError, type ErrorCode } from '../errors.js';
import { HttpError } from '../http-error.js';
import type { Instant } from '../job.js';
import type { CheckResult } from '../job-source.js';
import { noAnswer } from './portal-failures.js';

/** Clocks that differ by less harm nobody: jobs settle for minutes before they are compared. */
const TOLERATED_SECONDS = 5;

const TOKEN_ACCEPTED = 'is accepted; the portal tells nobody when it expires (one obtained with a password: after 24 hours)';

export interface PortalCheck {
  readonly target: string;
  readonly now: () => Instant;
  /** Reads something from the portal; tells the portal's time where the portal does. */
  readonly ask: () => Promise<Instant | null>;
  /** What else to find out once the portal has answered. */
  readonly more: () => Promise<readonly CheckResult[]>;
  readonly signal: AbortSignal;
}

/** What an administrator wants to know of any portal before trusting it. */
export async function checkPortal({ target, now, ask, more, signal }: PortalCheck): Promise<readonly CheckResult[]> {
  const transport = new URL(target).protocol === 'http:' ? [good('transport', 'http: the token travels unencrypted')] : [];
  try {
    const serverTime = await ask();
    const clock = clockResult(serverTime, now());
    return [...transport, good('portal', `${target} answers`), good('token', TOKEN_ACCEPTED), clock, ...(await more())];
  } catch (error) {
    signal.throwIfAborted();
    const known = error instanceof HttpError ? noAnswer(error) : error;
    if (!(known instanceof BrcSyncError)) throw error;
    const isToken = known.code === 'UNAUTHORISED' || known.code === 'CONFIG_INVALID';
    return [...transport, bad(isToken ? 'token' : 'portal', known.message, known.remedy, known.code)];
  }
}

export function good(name: string, message: string): CheckResult {
  return { name, ok: true, message, remedy: null };
}

/** @param code what a run would end with */
export function bad(name: string, message: string, remedy: string, code: ErrorCode = 'CONFIG_INVALID'): CheckResult {
  return { name, ok: false, message, remedy, code };
}

function clockResult(serverTime: Instant | null, now: Instant): CheckResult {
  if (serverTime === null) return good('clock', 'the portal does not tell its time');
  const ahead = serverTime - now;
  if (Math.abs(ahead) <= TOLERATED_SECONDS) return good('clock', "the portal's clock agrees with this machine's");
  const way = ahead > 0 ? 'ahead of' : 'behind';
  const message = `the portal's clock is ${Math.abs(ahead)} s ${way} this machine's`;
  return { ...bad('clock', message, 'Synchronise the clocks (NTP).'), warning: true };
}
