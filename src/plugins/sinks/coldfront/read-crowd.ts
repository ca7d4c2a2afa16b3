import type { SinkRecord, Window } from '../../../sdk.js';
import { unstable } from './failures.js';
import { PAGE_SIZE, type JobFilter, type JobPage } from './job-page.js';
import { showList, type JobPages } from './job-pages.js';
import { sumOf } from './page-fault.js';

/** Readings of the same pages in a row that may bring nothing new. */
const MOST_IDLE = 3;

/**
 * Records of one second, when a page cannot hold them, as of the tasks of a large array. They have no order of their own, so pages repeat some
 * and lack others: they are read until together they have them all, by count and by sum.
 *
 * @throws BrcSyncError UNSTABLE_LIST when that does not come to pass, or the list changes meanwhile
 */
export async function readCrowd(pages: JobPages, filter: JobFilter, second: Window, signal: AbortSignal): Promise<readonly SinkRecord[]> {
  const first = await pages.page(filter, second, 1, signal);
  const found = new Map(first.records.map((record) => [record.jobId, record]));
  const numbers = Array.from({ length: Math.ceil(first.count / PAGE_SIZE) }, (_, index) => index + 1);
  const lacks = (): boolean => found.size < first.count;
  for (let idle = 0; lacks() && idle < MOST_IDLE; idle += 1) {
    const before = found.size;
    const read = await Promise.all(numbers.map((number) => pages.page(filter, second, number, signal)));
    for (const page of read) {
      assertUnchanged(page, first, filter, second);
      for (const record of page.records) found.set(record.jobId, record);
    }
    if (found.size > before) idle = -1;
  }
  const records = [...found.values()];
  if (records.length === first.count && sumOf(records) === first.cents) return records;
  throw unstable(showList(filter, second), `of ${first.count} records that start in this second it brings ${records.length}`);
}

function assertUnchanged(page: JobPage, first: JobPage, filter: JobFilter, second: Window): void {
  if (page.count === first.count && page.cents === first.cents) return;
  throw unstable(showList(filter, second), 'its count or its sum changed while it was read');
}
