import { getentUserIds } from '../getent.js';
import type { SiteSettings } from '../site.js';
import { loadUserMap } from '../user-map.js';
import { failureOf, ok, type Check } from './check.js';

export interface UsersQuestion {
  readonly userMap: SiteSettings['userMap'];
  /** The sink tells uids of names. */
  readonly sinkKnows: boolean;
  readonly signal: AbortSignal;
}

/** Whether names can become uids (money 4). */
export async function checkUsers(sink: string, { userMap, sinkKnows, signal }: UsersQuestion): Promise<Check> {
  const name = `${sink} users`;
  const behind = sinkKnows ? '; the sink is asked for names that it does not have' : '';
  try {
    if (userMap === null) return ok(name, sinkKnows ? 'no userMap; the sink is asked for uids' : 'no userMap: the source has to tell uids');
    if ('getent' in userMap) {
      await getentUserIds(['root'], { signal });
      return ok(name, `getent tells uids${behind}`);
    }
    return ok(name, `${userMap.file}: ${(await loadUserMap(userMap.file)).size} users${behind}`);
  } catch (error) {
    return failureOf(name, error);
  }
}
