import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BrcSyncError } from './errors.js';
import { readPasswdLine } from './user-map.js';

const run = promisify(execFile);

const NAMES_AT_ONCE = 500;
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** getent's exit status when it lacks some of the names, which is normal: people leave. */
const SOME_UNKNOWN = 2;

/** What getent would take for an option or a number (it then answers with the user of that uid), or what no user can be called. */
const NO_NAME = /^(?:[-+].*|[0-9]+|)$|[\s:\p{Cc}]/u;
const LONGEST_NAME = 256;

export interface GetentOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * Numeric uids of user names, as this machine's user database has them (passwd, LDAP, SSSD: whatever nsswitch.conf names). An unknown name is missing
 * from the answer; getent cannot tell it from one that a directory server keeps to itself because it is down.
 *
 * @throws BrcSyncError USER_MAP_INVALID where getent cannot be run, fails, hangs, or answers something else; the reason of an abort.
 */
export async function getentUserIds(names: readonly string[], options: GetentOptions): Promise<Map<string, string>> {
  const asked = [...new Set(names)].filter((name) => name.length <= LONGEST_NAME && !NO_NAME.test(name));
  const found = new Map<string, string>();
  for (let at = 0; at < asked.length; at += NAMES_AT_ONCE) {
    const batch = asked.slice(at, at + NAMES_AT_ONCE);
    const wanted = new Set(batch);
    for (const line of (await getent(batch, options)).split('\n')) {
      if (line === '') continue;
      const entry = readPasswdLine(line);
      if ('why' in entry) throw failed(`it answered with a line that ${entry.why}`, null);
      // A directory that takes names in any case may answer with another one.
      if (wanted.has(entry.name)) found.set(entry.name, entry.uid);
    }
  }
  return found;
}

async function getent(names: readonly string[], { signal, timeoutMs = TIMEOUT_MS }: GetentOptions): Promise<string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin' } = process.env;
  const surroundings = { env: { PATH, LC_ALL: 'C' }, signal, timeout: timeoutMs, maxBuffer: MAX_BYTES, encoding: 'utf8' } as const;
  try {
    return (await run('getent', ['passwd', ...names], surroundings)).stdout;
  } catch (error) {
    signal.throwIfAborted();
    const { code, killed, stdout = '', stderr = '' } = error as { code?: unknown; killed?: boolean; stdout?: string; stderr?: string };
    if (code === SOME_UNKNOWN) return stdout;
    if (code === 'ENOENT') throw failed('there is no such program', error);
    if (killed === true) throw failed(`it was not done after ${timeoutMs / 1000} s`, error);
    throw failed(stderr.trim().split('\n')[0]?.slice(0, 200) || `it ended with ${String(code)}`, error);
  }
}

function failed(why: string, cause: unknown): BrcSyncError {
  return new BrcSyncError('USER_MAP_INVALID', {
    message: `"userMap" asks getent for uids, and getent gave none: ${why}.`,
    remedy: 'Run `getent passwd root` by hand; where there is no getent, save the users in a file and set "userMap" to { "file": … }.',
    cause,
  });
}
