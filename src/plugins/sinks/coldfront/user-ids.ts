import { compileSchema, deviates, type PortalClient } from '../../../builtin-sdk.js';
import { readList } from './read-list.js';

interface User {
  readonly id: number;
  readonly username: string;
  readonly profile: { readonly cluster_uid: string | null } | null;
}

const isUser = compileSchema<User>({
  type: 'object',
  required: ['id', 'username', 'profile'],
  properties: {
    id: { type: 'integer' },
    username: { type: 'string' },
    profile: { type: ['object', 'null'], required: ['cluster_uid'], properties: { cluster_uid: { type: ['string', 'null'] } } },
  },
});

/** Names in one request: fewer than a page has, and short enough for the address line of a web server. */
const NAMES_AT_ONCE = 50;

/** The way from user names to cluster UIDs, which the portal knows in this direction only. */
export class UserIds {
  /** Null: the portal knows no uid of that name. */
  readonly #known = new Map<string, string | null>();

  constructor(private readonly client: PortalClient) {}

  /** Uids by name; an unknown name is missing. */
  async of(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    signal.throwIfAborted();
    // Without a name the portal would list everybody.
    const wanted = [...new Set(names)].filter((name) => name !== '');
    const unasked = wanted.filter((name) => !this.#known.has(name));
    const batches = Array.from({ length: Math.ceil(unasked.length / NAMES_AT_ONCE) }, (_, index) =>
      unasked.slice(index * NAMES_AT_ONCE, (index + 1) * NAMES_AT_ONCE),
    );
    await Promise.all(batches.map((batch) => this.#ask(batch, signal)));
    const found = new Map<string, string>();
    for (const name of wanted) {
      const userId = this.#known.get(name);
      if (userId) found.set(name, userId);
    }
    return found;
  }

  async #ask(names: readonly string[], signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams(names.map((name) => ['username', name]));
    const users = await readList(this.client, { path: 'users/', query, read: readUser, signal });
    const byName = new Map(users.map(({ username, profile }) => [username, profile?.cluster_uid ?? null]));
    for (const name of names) this.#known.set(name, byName.get(name) ?? null);
  }
}

function readUser(value: unknown, pointer: string): User {
  if (isUser(value)) return value;
  const [error] = isUser.errors ?? [];
  throw deviates('users/', `${pointer}${error?.instancePath ?? ''}`, error?.message ?? 'is no user');
}
