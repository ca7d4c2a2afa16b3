import { BrcSyncError } from './errors.js';
import { getentUserIds } from './getent.js';
import type { Job } from './job.js';
import type { JobSink } from './job-sink.js';
import type { SiteSettings } from './site.js';
import { loadUserMap } from './user-map.js';

/** Numeric uids, as text, of user names; an unknown name is missing from the answer. */
export type FindUserIds = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Who is who, as far as it has been asked (money 4). */
export interface UserDirectory {
  /** The uid of a job's user as text: the row's own, else what has been learnt of the name; null when nobody knows it. */
  readonly userIdOf: (job: Job) => string | null;
  /** Looks up those names that have not been looked up before. */
  readonly learn: (names: ReadonlySet<string>) => Promise<void>;
}

export interface UserDirectoryOptions {
  readonly userMap: SiteSettings['userMap'];
  readonly sink: { readonly name: string; readonly instance: JobSink };
  readonly signal: AbortSignal;
}

/**
 * The site's user map, and behind it the sink, where it can tell uids. A file is read here, once.
 *
 * @throws BrcSyncError INPUT_NOT_FOUND, USER_MAP_INVALID
 */
export async function openUserDirectory({ userMap, sink, signal }: UserDirectoryOptions): Promise<UserDirectory> {
  const finders: FindUserIds[] = [];
  if (userMap !== null) finders.push('file' in userMap ? await fromFile(userMap.file) : (names) => getentUserIds(names, { signal }));
  if (sink.instance.userIds !== undefined) finders.push((names) => fromSink(sink, names, signal));
  return createUserDirectory(finders);
}

/** @param finders asked in this order, each for the names that those before it do not know */
export function createUserDirectory(finders: readonly FindUserIds[]): UserDirectory {
  const known = new Map<string, string | null>();
  let last: Promise<void> = Promise.resolve();

  async function lookUp(names: ReadonlySet<string>): Promise<void> {
    let missing = [...names].filter((name) => !known.has(name));
    for (const find of finders) {
      if (missing.length === 0) return;
      const found = await find(missing);
      missing = missing.filter((name) => {
        const userId = found.get(name);
        if (userId !== undefined) known.set(name, userId);
        return userId === undefined;
      });
    }
    for (const name of missing) known.set(name, null);
  }

  return {
    userIdOf: ({ uid, user }) => (uid !== null ? String(uid) : user === null ? null : (known.get(user) ?? null)),
    // One after the other: two accounts that are read at once mostly have the same people.
    learn: (names) => (last = last.then(() => lookUp(names))),
  };
}

async function fromFile(file: string): Promise<FindUserIds> {
  const map = await loadUserMap(file);
  return (names) => {
    const found = names.map((name) => [name, map.uidOf(name)] as const);
    return Promise.resolve(new Map(found.filter((entry): entry is readonly [string, string] => entry[1] !== null)));
  };
}

async function fromSink(
  { name, instance }: UserDirectoryOptions['sink'],
  names: readonly string[],
  signal: AbortSignal,
): ReturnType<FindUserIds> {
  const found = (await instance.userIds?.(names, { signal })) ?? new Map<string, string>();
  for (const [user, userId] of found) {
    if (/^[0-9]+$/.test(userId)) continue;
    throw new BrcSyncError('PLUGIN_CONTRACT', {
      message: `Sink ${name} says that user ${JSON.stringify(user)} has the uid ${JSON.stringify(userId)}, which is no number.`,
      remedy: 'This is a fault of the plugin: report it to its author.',
      context: { instance: name, user },
    });
  }
  return found;
}
