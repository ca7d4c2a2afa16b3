import { contains, formatAmount, formatInstant, parseAmount, type Cents, type SinkRecord, type Window } from '../../../builtin-sdk.js';
import { MOST_CENTS, PAGE_SIZE, type JobFilter, type JobPage } from './job-page.js';

/** What in a page contradicts what was asked for, or itself; null where nothing does (money 18). */
export function faultOfPage(page: JobPage, filter: JobFilter, window: Window, number: number): string | null {
  const { count, records } = page;
  const expected = Math.max(0, Math.min(PAGE_SIZE, count - (number - 1) * PAGE_SIZE));
  if (records.length !== expected) return `page ${number} has ${records.length} of its ${count} records, not ${expected}`;
  const repeated = firstRepeated(records);
  if (repeated !== null) return `record ${repeated} stands twice on page ${number}`;
  const stranger = records.find((record) => !isAskedFor(record, filter, window));
  if (stranger !== undefined) return `record ${stranger.jobId} on page ${number} was not asked for`;
  if (records.some((record, index) => startOf(record) < startOf(records[index - 1] ?? record))) return 'it is not in order of start';
  if (records.length === count && sumOf(records) !== page.cents)
    return `its ${count} records make ${formatAmount(sumOf(records))} SU, not ${formatAmount(page.cents)}`;
  return null;
}

export function sumOf(records: Iterable<SinkRecord>): Cents {
  let cents = 0n;
  for (const record of records) cents += parseAmount(record.amount);
  return cents;
}

/** The start of a listed record: one without is never listed. */
export function startOf({ startedAt }: SinkRecord): number {
  return startedAt ?? 0;
}

export function showWindow({ from, to }: Window): string {
  return `${formatInstant(from)} to ${formatInstant(to)}`;
}

function firstRepeated(records: readonly SinkRecord[]): string | null {
  const seen = new Set<string>();
  for (const { jobId } of records) {
    if (seen.has(jobId)) return jobId;
    seen.add(jobId);
  }
  return null;
}

function isAskedFor({ account, state, amount, startedAt }: SinkRecord, filter: JobFilter, window: Window): boolean {
  if (startedAt === null || !contains(window, startedAt)) return false;
  const { least, most } = filter.amounts ?? { least: 0n, most: MOST_CENTS };
  const cents = parseAmount(amount);
  if (cents < least || cents > most) return false;
  return (filter.account ?? account) === account && (filter.jobstatus ?? state) === state;
}
