import type { JournaledChange } from '../journals-of-sink.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount, type Cents } from '../service-units.js';

/** What this tool last wrote of a job. */
export interface WrittenRecord extends Pick<SinkRecord, 'amount' | 'startedAt' | 'endedAt'> {
  readonly at: Instant;
}

/** A lowering of a user's record that may have met the floor of usage. */
export interface Lowering {
  readonly jobId: string;
  readonly userId: string;
  readonly at: Instant;
}

/** What the journals know of one account. */
export interface WrittenByUs {
  readonly last: ReadonlyMap<string, WrittenRecord>;
  /** Estimates that stood in records before this tool closed them. */
  readonly estimates: ReadonlyMap<string, Cents>;
  readonly lowerings: readonly Lowering[];
}

interface Collected {
  readonly last: Map<string, WrittenRecord>;
  readonly estimates: Map<string, Cents>;
  readonly lowerings: Lowering[];
}

export const NOTHING_WRITTEN: WrittenByUs = { last: new Map(), estimates: new Map(), lowerings: [] };

/** By account. What was refused had no effect; what had no answer may have had. */
export async function collectWritten(changes: AsyncIterable<JournaledChange>): Promise<ReadonlyMap<string, WrittenByUs>> {
  const accounts = new Map<string, Collected>();
  for await (const { change, facts, at, outcome } of changes) {
    const applied = outcome?.status === 'applied';
    if (!applied && outcome !== null && outcome.status !== 'unsettled') continue;
    const own = collectedOf(accounts, change.account);
    const { jobId, userId, before, after } = change;
    if (before !== null && before.endedAt === null) own.estimates.set(jobId, parseAmount(before.amount));
    if (facts.usageMoves.startsWith('-')) own.lowerings.push({ jobId, userId, at });
    if (applied) own.last.set(jobId, { amount: after.amount, startedAt: after.startedAt, endedAt: after.endedAt, at });
  }
  return accounts;
}

function collectedOf(accounts: Map<string, Collected>, account: string): Collected {
  let own = accounts.get(account);
  if (own === undefined) accounts.set(account, (own = { last: new Map(), estimates: new Map(), lowerings: [] }));
  return own;
}
