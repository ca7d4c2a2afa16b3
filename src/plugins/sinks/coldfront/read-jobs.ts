import { parseAmount, unstable, type Cents, type SinkRecord, type Window } from '../../../builtin-sdk.js';
import { PAGE_SIZE, type JobFilter, type JobPage } from './job-page.js';
import { showList, type JobPages } from './job-pages.js';
import { startOf } from './page-fault.js';
import { readCrowd } from './read-crowd.js';
import { workOff, type Found } from './work-off.js';

interface Slice {
  readonly filter: JobFilter;
  readonly window: Window;
}

type Batches = AsyncGenerator<readonly SinkRecord[], void, undefined>;

/** Parts that the rest of a window is cut into at most, and pages that each should still fill: short ones cost requests. */
const MOST_PARTS = 4;
const PAGES_A_PART = 2;

/**
 * Records that start in a window, in any order. Page numbers shift under a reader when records leave a list, and records that start together
 * may stand on any page. So only first pages are read, of ever later windows: what starts before the last second of a page is there whole, and
 * the next window begins with that second. Each answer proves itself, by count, order and sum.
 *
 * @throws BrcSyncError UNSTABLE_LIST
 */
export async function* readJobs(pages: JobPages, filters: readonly JobFilter[], window: Window, signal: AbortSignal): Batches {
  if (window.to <= window.from) return;
  const slices = filters.map((filter): Slice => ({ filter, window }));
  yield* workOff(slices, async (slice, either) => cut(pages, slice, await firstPage(pages, slice, either), either), signal);
}

/**
 * All records of an account that start in a window. A record leaves this list only when its start changes, and may then be missed between two
 * slices: in the end there have to be as many as the portal says.
 *
 * @throws BrcSyncError UNSTABLE_LIST
 */
export async function* readAccount(pages: JobPages, account: string, window: Window, signal: AbortSignal): Batches {
  if (window.to <= window.from) return;
  const whole: Slice = { filter: { account }, window };
  const seen: Totals[] = [];
  const found = { count: 0, cents: 0n };
  const work = async (slice: Slice, either: AbortSignal): Promise<Found<SinkRecord, Slice>> => {
    const page = await firstPage(pages, slice, either);
    if (seen.length === 0) seen.push(page);
    return cut(pages, slice, page, either);
  };
  for await (const records of workOff([whole], work, signal)) {
    found.count += records.length;
    for (const { amount } of records) found.cents += parseAmount(amount);
    yield records;
  }
  if (seen.some((totals) => agree(totals, found))) return;
  seen.push(await firstPage(pages, whole, signal));
  // Sums move all day while jobs end; what a slice said of itself stands.
  if (found.count < Math.min(...seen.map(({ count }) => count))) throw unstable(showList(whole.filter, window), tellCounts(found, seen));
}

interface Totals {
  readonly count: number;
  readonly cents: Cents;
}

function firstPage(pages: JobPages, { filter, window }: Slice, signal: AbortSignal): Promise<JobPage> {
  return pages.page(filter, window, 1, signal);
}

/** What a first page has whole of its window, and the windows that are left. */
async function cut(pages: JobPages, { filter, window }: Slice, page: JobPage, signal: AbortSignal): Promise<Found<SinkRecord, Slice>> {
  const last = page.records.at(-1);
  if (last === undefined || page.records.length === page.count) return { items: page.records, rest: [] };
  const from = startOf(last);
  const before = page.records.filter((record) => startOf(record) < from);
  const isCrowd = before.length === 0;
  const items = isCrowd ? await readCrowd(pages, filter, { from, to: from + 1 }, signal) : before;
  const rest = { from: isCrowd ? from + 1 : from, to: window.to };
  return { items, rest: parts(rest, page.count - items.length).map((part) => ({ filter, window: part })) };
}

/** Cuts a window with so many records into equal parts, to be read side by side. */
function parts({ from, to }: Window, count: number): Window[] {
  const wanted = Math.min(MOST_PARTS, Math.floor(count / (PAGES_A_PART * PAGE_SIZE)), to - from);
  const step = Math.ceil((to - from) / Math.max(1, wanted));
  const windows: Window[] = [];
  for (let start = from; start < to; start += step) windows.push({ from: start, to: Math.min(to, start + step) });
  return windows;
}

function agree(one: Totals, other: Totals): boolean {
  return one.count === other.count && one.cents === other.cents;
}

function tellCounts(found: Totals, seen: readonly Totals[]): string {
  return `it brought ${found.count} records, where it counts ${seen.map(({ count }) => count).join(', then ')}`;
}
