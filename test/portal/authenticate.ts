import type { Directory, User } from './directory.js';
import { Refusal } from './reply.js';

/** Who calls, by `Authorization: Token <key>`; throws the portal's 401, by cause. */
export function authenticate(authorization: string | null, directory: Directory, nowMs: number): User {
  const words = (authorization ?? '').split(/\s+/u).filter((word) => word !== '');
  if (words[0]?.toLowerCase() !== 'token') throw unauthorised('Authentication credentials were not provided.');
  if (words.length === 1) throw unauthorised('Invalid token header. No credentials provided.');
  if (words.length > 2) throw unauthorised('Invalid token header. Token string should not contain spaces.');
  const token = directory.tokens.get(words[1]!);
  if (token === undefined) throw unauthorised('Invalid token.');
  if (!token.user.active) throw unauthorised('User inactive or deleted.');
  if (token.expiresAt !== null && token.expiresAt < nowMs * 1000) throw unauthorised('Expired token.');
  return token.user;
}

function unauthorised(detail: string): Refusal {
  return new Refusal(401, { detail }, { 'WWW-Authenticate': 'Token' });
}

/** What an address asks of its caller: `staff-writes` lets anybody read; `staff-reads` lets staff read and superusers write. */
export type Permission = 'anybody' | 'staff-writes' | 'staff-reads';

/** Throws the portal's 403. */
export function assertPermitted(user: User, permission: Permission, method: string): void {
  const reads = ['GET', 'HEAD', 'OPTIONS'].includes(method);
  const permitted =
    permission === 'anybody' || user.superuser || (permission === 'staff-writes' ? reads || user.staff : reads && user.staff);
  if (!permitted) throw new Refusal(403, { detail: 'You do not have permission to perform this action.' });
}
