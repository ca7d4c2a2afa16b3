import type { Change } from '../change.js';
import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { JobSink, SinkAccount } from '../job-sink.js';
import { formatAmount, parseAmount, type Cents } from '../service-units.js';
import { outsideAllocation } from './facts.js';

/** Why a decrease is not sent: what is used, and would be floored at 0.00. */
export interface Clamp {
  readonly message: string;
  /** How much of the decrease the floor would swallow. */
  readonly lost: Cents;
}

/**
 * What is used of one account's allowance and of its users' while changes are applied. Sinks floor usage at 0.00, and what the floor swallows is
 * lost (money 19): a decrease must fit into what is left of both.
 */
export class UsageLedger {
  /** Null: nothing is used that could be floored. */
  readonly #used: Cents | null;
  #left: Cents;
  readonly #users: Map<string, Cents>;
  readonly #account: string;
  readonly #allocations: ReadonlyMap<string, SinkAccount> | null;

  private constructor(
    account: string,
    used: Cents | null,
    users: Map<string, Cents>,
    allocations: ReadonlyMap<string, SinkAccount> | null,
  ) {
    this.#account = account;
    this.#used = used;
    this.#users = users;
    this.#allocations = allocations;
    this.#left = used ?? 0n;
  }

  /** Reads the usage of an account; null where the sink cannot tell it, or where none of these changes lowers any. */
  static async open(
    account: string,
    changes: readonly Change[],
    options: { readonly sink: JobSink; readonly allocations: ReadonlyMap<string, SinkAccount> | null; readonly signal: AbortSignal },
  ): Promise<UsageLedger | null> {
    const { sink, allocations, signal } = options;
    const decreases = changes.filter((change) => movement(change, allocations) < 0n);
    if (sink.usage === undefined || decreases.length === 0) return null;
    const userIds = [...new Set(decreases.map((change) => change.userId))];
    const { used, users } = await sink.usage(account, { userIds, signal });
    const byUser = new Map([...users].map(([userId, amount]) => [userId, parseAmount(amount)]));
    return new UsageLedger(account, used === null ? null : parseAmount(used), byUser, allocations);
  }

  /** What keeps a change from being sent, after `before` should that still come; null: it fits. */
  clampOf(change: Change, before: Change | null = null): Clamp | null {
    const moved = movement(change, this.#allocations);
    if (moved >= 0n || this.#used === null) return null;
    const [ofAccount, ofUser] = this.#leftAfter(change.userId, before);
    const [left, whose] =
      ofUser !== undefined && ofUser < ofAccount ? [ofUser, `user ${change.userId} in ${this.#account}`] : [ofAccount, this.#account];
    if (left + moved >= 0n) return null;
    const message = `It would lower the usage of ${whose} by ${formatAmount(-moved)} SU, of which only ${formatAmount(left)} are left: the sink stops at 0.00, and the rest would be lost.`;
    return { message, lost: -(left + moved) };
  }

  /** What is left of the account's usage, and of a user's where that is known. */
  #leftAfter(userId: string, before: Change | null): readonly [Cents, Cents | undefined] {
    const moved = before === null ? 0n : movement(before, this.#allocations);
    const ofUser = this.#users.get(userId);
    return [this.#left + moved, ofUser === undefined || before?.userId !== userId ? ofUser : ofUser + moved];
  }

  /** A change took effect. */
  record(change: Change): void {
    const moved = movement(change, this.#allocations);
    this.#left += moved;
    const ofUser = this.#users.get(change.userId);
    if (ofUser !== undefined) this.#users.set(change.userId, ofUser + moved);
  }
}

/** What the journal keeps of it, so that it can be taken back. */
export function usageFacts(
  change: Change,
  allocations: ReadonlyMap<string, SinkAccount> | null,
): { readonly usageMoves: string; readonly allocation: readonly [string | null, string | null] | null } {
  const account = allocations?.get(change.account);
  const text = (instant: Instant | null): string | null => (instant === null ? null : formatInstant(instant));
  return {
    usageMoves: formatAmount(movement(change, allocations)),
    allocation: account === undefined ? null : [text(account.allocationStart), text(account.allocationEnd)],
  };
}

/** By how much a change moves usage: not at all where its dates lie outside the allocation (money 16). */
export function movement(change: Change, allocations: ReadonlyMap<string, SinkAccount> | null): Cents {
  const { account, startedAt, endedAt } = change.after;
  if (startedAt === null || outsideAllocation(account, startedAt, endedAt, allocations) !== null) return 0n;
  return parseAmount(change.suDifference);
}
