import { compileSchema, deviates, formatAmount, parseAmount, type AccountUsage, type PortalClient } from '../../../builtin-sdk.js';
import { readAllocation, type AllocationSettings } from './allocations.js';
import { readList } from './read-list.js';
import type { UserIds } from './user-ids.js';

interface Attribute {
  readonly id: number;
  readonly allocation_attribute_type: string;
  readonly usage: { readonly value: string } | null;
}

interface Share {
  readonly id: number;
  readonly allocation: number;
  readonly user: string;
}

const isAttribute = compileSchema<Attribute>({
  type: 'object',
  required: ['id', 'allocation_attribute_type', 'usage'],
  properties: {
    id: { type: 'integer' },
    allocation_attribute_type: { type: 'string' },
    usage: {
      type: ['object', 'null'],
      required: ['value'],
      properties: { value: { type: 'string', pattern: '^[0-9]+(?:[.][0-9]{1,2})?$' } },
    },
  },
});

const isShare = compileSchema<Share>({
  type: 'object',
  required: ['id', 'allocation', 'user'],
  properties: { id: { type: 'integer' }, allocation: { type: 'integer' }, user: { type: 'string', minLength: 1 } },
});

/** Reads what is used, anew each time; who has a share in which allocation is remembered. */
export class UsageReader {
  readonly #shares = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    private readonly client: PortalClient,
    private readonly userIds: UserIds,
    private readonly settings: AllocationSettings,
  ) {}

  async usage(account: string, userIds: readonly string[], signal: AbortSignal): Promise<AccountUsage> {
    const allocation = await readAllocation(this.client, account, this.settings, signal);
    if (allocation === null) return { used: null, users: new Map() };
    const [used, shares] = await Promise.all([
      this.#used(`allocations/${allocation.id}/attributes/`, signal),
      userIds.length === 0 ? new Map<string, number>() : this.#sharesOf(account, allocation.id, signal),
    ]);
    const wanted = [...new Set(userIds)].flatMap((userId) => {
      const share = shares.get(userId);
      return share === undefined ? [] : [{ userId, share }];
    });
    const values = await Promise.all(wanted.map(({ share }) => this.#used(`allocation_users/${share}/attributes/`, signal)));
    const users = wanted.flatMap(({ userId }, index) => {
      const value = values[index] ?? null;
      return value === null ? [] : [[userId, value] as const];
    });
    return { used, users: new Map(users) };
  }

  async #used(path: string, signal: AbortSignal): Promise<string | null> {
    const query = new URLSearchParams();
    const attributes = await readList(this.client, { path, query, signal, read: reader(path, isAttribute) });
    const units = attributes.find((attribute) => attribute.allocation_attribute_type === 'Service Units');
    return units?.usage ? formatAmount(parseAmount(units.usage.value)) : null;
  }

  /** The id of each user's share in an allocation, by user id. */
  async #sharesOf(account: string, allocationId: number, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const key = `${allocationId} ${account}`;
    const known = this.#shares.get(key);
    if (known !== undefined) return known;
    const path = 'allocation_users/';
    const query = new URLSearchParams({ project: account });
    const listed = await readList(this.client, { path, query, signal, read: reader(path, isShare) });
    const shares = listed.filter((share) => share.allocation === allocationId);
    const userIds = await this.userIds.of(
      shares.map(({ user }) => user),
      signal,
    );
    const byUserId = new Map<string, number>();
    for (const { user, id } of shares) {
      const userId = userIds.get(user);
      if (userId !== undefined) byUserId.set(userId, id);
    }
    this.#shares.set(key, byUserId);
    return byUserId;
  }
}

function reader<T>(path: string, isValid: ReturnType<typeof compileSchema<T>>): (value: unknown, pointer: string) => T {
  return (value, pointer) => {
    if (isValid(value)) return value;
    const [error] = isValid.errors ?? [];
    throw deviates(path, `${pointer}${error?.instancePath ?? ''}`, error?.message ?? 'does not fit');
  };
}
