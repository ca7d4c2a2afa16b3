import { parseAmount, unstable, type Cents, type SinkRecord, type Window } from '../../../builtin-sdk.js';
import { MOST_CENTS, PAGE_SIZE, type AmountRange, type JobFilter, type JobPage } from './job-page.js';
import { showList, type JobPages } from './job-pages.js';
import { sumOf } from './page-fault.js';

/** Readings of the same pages in a row that may bring nothing new. */
const MOST_IDLE = 3;

/**
 * Records of one second, when a page cannot hold them, as of the tasks of a large array. They have no order of their own, so pages repeat some
 * and lack others: they are asked for by ever narrower ranges of amounts, each of which fits a page.
 *
 * @throws BrcSyncError UNSTABLE_LIST when the list changes meanwhile, or more records of one amount than fit a page do not come
 */
export async function readCrowd(pages: JobPages, filter: JobFilter, second: Window, signal: AbortSignal): Promise<readonly SinkRecord[]> {
  const first = await pages.page(filter, second, 1, signal);
  if (first.records.length === first.count) return first.records;
  const ranges = splitAmounts(filter.amounts ?? { least: 0n, most: MOST_CENTS }, first.records);
  if (ranges.length === 0) return readAlike(pages, filter, second, first, signal);
  const parts = await Promise.all(ranges.map((amounts) => readCrowd(pages, { ...filter, amounts }, second, signal)));
  return asWhole(parts.flat(), filter, second, first);
}

/** Records that start together and cost the same: their pages are read until together they have them all. */
async function readAlike(
  pages: JobPages,
  filter: JobFilter,
  second: Window,
  first: JobPage,
  signal: AbortSignal,
): Promise<readonly SinkRecord[]> {
  const found = new Map(first.records.map((record) => [record.jobId, record]));
  const numbers = Array.from({ length: Math.ceil(first.count / PAGE_SIZE) }, (_, index) => index + 1);
  for (let idle = 0; found.size < first.count && idle < MOST_IDLE; idle += 1) {
    const before = found.size;
    const read = await Promise.all(numbers.map((number) => pages.page(filter, second, number, signal)));
    for (const { records } of read) for (const record of records) found.set(record.jobId, record);
    if (found.size > before) idle = -1;
  }
  return asWhole([...found.values()], filter, second, first);
}

function asWhole(records: readonly SinkRecord[], filter: JobFilter, second: Window, first: JobPage): readonly SinkRecord[] {
  if (records.length === first.count && sumOf(records) === first.cents) return records;
  throw unstable(showList(filter, second), `of ${first.count} records that start in this second it brings ${records.length}`);
}

/** Below, at and above the middle one of some amounts; none where the range has one amount only. */
function splitAmounts({ least, most }: AmountRange, records: readonly SinkRecord[]): AmountRange[] {
  if (least === most) return [];
  const amounts = records.map(({ amount }) => parseAmount(amount)).sort((one, other) => Number(one - other));
  const middle: Cents = amounts[Math.floor(amounts.length / 2)] ?? least;
  const ranges = [
    { least, most: middle - 1n },
    { least: middle, most: middle },
    { least: middle + 1n, most },
  ];
  return ranges.filter((range) => range.least <= range.most);
}
