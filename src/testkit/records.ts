import assert from 'node:assert/strict';
import type { Change } from '../core/change.js';
import type { SinkOptions } from '../core/job-sink.js';
import type { SinkRecord } from '../core/record.js';
import { formatAmount, parseAmount } from '../core/service-units.js';
import { contains, type Window } from '../core/window.js';

export function going(): SinkOptions {
  return { signal: new AbortController().signal };
}

export function startsIn(record: SinkRecord, window: Window): boolean {
  return record.startedAt !== null && contains(window, record.startedAt);
}

/** A change that writes what is there already. */
export function updateOf(record: SinkRecord): Change {
  const { jobId, account, userId } = record;
  return { kind: 'update', jobId, account, userId: userId ?? '0', before: record, after: record, drift: [], suDifference: '0.00' };
}

/** Lists come in any order. */
export function assertSame(found: readonly SinkRecord[], wanted: readonly SinkRecord[]): void {
  const byId = (one: SinkRecord, other: SinkRecord): number => (one.jobId < other.jobId ? -1 : 1);
  assert.deepEqual([...found].sort(byId), [...wanted].sort(byId));
}

/** The same record for one service unit more. */
export function dearer(record: SinkRecord): SinkRecord {
  return { ...record, amount: formatAmount(parseAmount(record.amount) + 100n) };
}

/** From what is there to what shall be. */
export function changeTo(before: SinkRecord | null, after: SinkRecord): Change {
  const difference = parseAmount(after.amount) - (before === null ? 0n : parseAmount(before.amount));
  const suDifference = difference < 0n ? `-${formatAmount(-difference)}` : formatAmount(difference);
  const { jobId, account, userId } = after;
  const kind = before === null ? 'create' : 'update';
  return { kind, jobId, account, userId: userId ?? '0', before, after, drift: before === null ? [] : ['amount'], suDifference };
}

/** What a sink lists that has no such list. */
export async function* nothing(): AsyncGenerator<never> {
  // Nothing.
}
