import type { Change } from '../change.js';
import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { JournalEntry } from '../journal-reader.js';
import type { SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, parseAmount } from '../service-units.js';
import { isStoredAsSent, notStoredAsSent } from '../stored-as-sent.js';
import { outsideAllocation } from './facts.js';

/** How one job is taken back: in one request, in two, or not. */
export interface JobReversal {
  /** In the order in which they are sent: each only where the one before it took effect. */
  readonly changes: readonly Change[];
  /** Why it is not, or not wholly, undone. */
  readonly notReverted: string | null;
}

/**
 * Works out how to restore a record that a run wrote (money 22). Usage follows only from a request with all dates, so an image without an end takes
 * two: the amount of before with the dates of after, which moves usage exactly where the run moved it, then the image itself, which moves nothing.
 * @param entries what the run did to the record, in order; not empty
 * @param record what the sink holds now
 */
export function revertJob(
  entries: readonly JournalEntry[],
  record: SinkRecord | null,
  allocations: ReadonlyMap<string, SinkAccount> | null,
): JobReversal {
  const written = entries.filter((entry) => tookEffect(entry, record));
  const [first, last] = [written[0]?.change, written.at(-1)?.change];
  if (first === undefined || last === undefined) return { changes: [], notReverted: null };
  if (record === null) return refused('The record is gone.');
  const wanted = first.before ?? { ...last.after, amount: '0.00' };
  const requests = requestsTo(wanted, last.after, datesThatMoved(written), allocations);
  // A revert that was broken off, and begun again, goes on from where the record is.
  const sent = [last.after, ...requests.map(({ after }) => after)].findLastIndex((image) => isStoredAsSent(image, record));
  if (sent === -1) {
    return refused(`The record was changed after the run: ${notStoredAsSent(last.after, record).join(', ') || 'its owner'}.`);
  }
  if (!written.every(({ change, facts }) => isSameAllocation(facts.allocation, allocations?.get(change.account)))) {
    return refused('The dates of the allocation have changed since: nobody knows where its usage would move.');
  }
  const made = first.before === null ? 'The run created the record; a portal deletes none, so it is set to 0.00.' : null;
  return { changes: isStoredAsSent(wanted, record) ? [] : requests.slice(sent), notReverted: made };
}

function requestsTo(
  wanted: SinkRecord,
  now: SinkRecord,
  moved: SinkRecord | null,
  allocations: ReadonlyMap<string, SinkAccount> | null,
): Change[] {
  const isCharged = ({ account, startedAt, endedAt }: SinkRecord): boolean =>
    startedAt !== null && outsideAllocation(account, startedAt, endedAt, allocations) === null;
  if (moved === null || (hasAllDates(wanted) && isCharged(wanted) === isCharged(moved))) return [changeOf(now, wanted)];
  const { submittedAt, startedAt, endedAt } = moved;
  const between = { ...now, submittedAt, startedAt, endedAt, amount: wanted.amount };
  return [changeOf(now, between), changeOf(between, wanted)];
}

function changeOf(before: SinkRecord, after: SinkRecord): Change {
  const suDifference = formatAmount(parseAmount(after.amount) - parseAmount(before.amount));
  const { jobId, account } = after;
  return { kind: 'update', jobId, account, userId: after.userId ?? '', before, after, drift: notStoredAsSent(after, before), suDifference };
}

/** The record as the run sent it when its amount changed: with its dates usage moved. */
function datesThatMoved(written: readonly JournalEntry[]): SinkRecord | null {
  return written.findLast(({ change }) => parseAmount(change.suDifference) !== 0n)?.change.after ?? null;
}

/** An intent without a settled outcome took effect where the sink holds what it sent, or what a revert made of that. */
function tookEffect({ outcome, change }: JournalEntry, record: SinkRecord | null): boolean {
  if (outcome?.status === 'applied') return true;
  if ((outcome !== null && outcome.status !== 'unsettled') || record === null) return false;
  const halfway = { ...change.after, amount: change.before?.amount ?? '0.00' };
  return isStoredAsSent(change.after, record) || isStoredAsSent(halfway, record);
}

function hasAllDates({ submittedAt, startedAt, endedAt }: SinkRecord): boolean {
  return submittedAt !== null && startedAt !== null && endedAt !== null;
}

function isSameAllocation(then: readonly [string | null, string | null] | null, now: SinkAccount | undefined): boolean {
  if (then === null || now === undefined) return then === null && now === undefined;
  const text = (instant: Instant | null): string | null => (instant === null ? null : formatInstant(instant));
  return then[0] === text(now.allocationStart) && then[1] === text(now.allocationEnd);
}

function refused(notReverted: string): JobReversal {
  return { changes: [], notReverted };
}
