import { unstable, type PortalClient, type SinkRecord } from '../../../builtin-sdk.js';
import { readJobPage, type JobList, type JobPage } from './job-page.js';

/** Readings in a row that may bring nothing new. */
const MOST_IDLE = 3;

/**
 * Every record of a list. Its order is nobody's promise, so a record can stand on two pages and another on none: the pages are read until
 * together they bring as many as the list counts.
 *
 * @throws BrcSyncError UNSTABLE_LIST where they never do
 */
export async function readList(client: PortalClient, list: JobList, signal: AbortSignal): Promise<readonly SinkRecord[]> {
  let found = new Map<string, SinkRecord>();
  let count = 0;
  let fault = '';
  for (let idle = 0; idle < MOST_IDLE; idle += 1) {
    const read = await readOnce(client, list, signal);
    if (typeof read === 'string') {
      fault = read;
      continue;
    }
    if (read.count !== count || found.size > count) found = new Map();
    count = read.count;
    const before = found.size;
    for (const record of read.records) found.set(record.jobId, record);
    if (found.size === count) return [...found.values()];
    if (found.size > before) idle = -1;
    fault = `of its ${count} records it brings ${found.size}`;
  }
  throw unstable(`${list.status} jobs`, fault);
}

/** All pages once; a text says what is wrong. */
async function readOnce(client: PortalClient, list: JobList, signal: AbortSignal): Promise<JobPage | string> {
  const first = await readJobPage(client, list, 1, signal);
  if (typeof first === 'string') return first;
  const size = new Set(first.records.map(({ jobId }) => jobId)).size;
  if (size === 0) return first.count === 0 ? first : `its first page is empty, where it counts ${first.count}`;
  const numbers = Array.from({ length: Math.ceil(first.count / size) - 1 }, (_, index) => index + 2);
  const others = await Promise.all(numbers.map((number) => readJobPage(client, list, number, signal)));
  const records = [...first.records];
  for (const page of others) {
    if (typeof page === 'string') return page;
    if (page.count !== first.count) return 'its length changed while it was read';
    records.push(...page.records);
  }
  return { count: first.count, records };
}
