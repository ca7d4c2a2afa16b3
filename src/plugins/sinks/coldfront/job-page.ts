import {
  compileSchema,
  deviates,
  formatAmount,
  isPortalFault,
  parseAmount,
  readPortalJob,
  type Cents,
  type SinkRecord,
  type Window,
} from '../../../builtin-sdk.js';

/** The portal gives so many a page, whatever is asked (contract portal-coldfront.md "Lists"). */
export const PAGE_SIZE = 100;

/** The most that the portal can store, and its default filter. */
export const MOST_CENTS: Cents = 10_000_000_000n;

/** Both ends included. */
export interface AmountRange {
  readonly least: Cents;
  readonly most: Cents;
}

/** What a list of jobs is narrowed to, beside its window. */
export interface JobFilter {
  readonly account?: string;
  readonly jobstatus?: string;
  readonly amounts?: AmountRange;
}

/** One page, with count and sums of the whole list. */
export interface JobPage {
  readonly count: number;
  readonly cents: Cents;
  readonly cpuHours: number;
  readonly records: readonly SinkRecord[];
}

interface PortalPage {
  readonly count: number;
  readonly total_amount: number | string;
  readonly total_cpu_time: number;
  readonly results: readonly unknown[];
}

const isPortalPage = compileSchema<PortalPage>({
  type: 'object',
  required: ['count', 'total_amount', 'total_cpu_time', 'results'],
  properties: {
    count: { type: 'integer', minimum: 0 },
    total_amount: { type: ['number', 'string'] },
    total_cpu_time: { type: 'number' },
    results: { type: 'array' },
  },
});

/**
 * Always with both ends: without them the portal lists its allowance year only. Its end is inclusive and its starts have microseconds, so a
 * half-open window of whole seconds ends in the last of these. The default range of amounts is all that it can store.
 */
export function jobsQuery({ account, jobstatus, amounts }: JobFilter, window: Window, page: number | 'last' = 1): URLSearchParams {
  const query = new URLSearchParams({ start_time: String(window.from), end_time: `${window.to - 1}.999999` });
  if (account !== undefined) query.set('account', account);
  if (jobstatus !== undefined) query.set('jobstatus', jobstatus);
  if (amounts !== undefined) {
    query.set('min_amount', formatAmount(amounts.least));
    query.set('max_amount', formatAmount(amounts.most));
  }
  if (page !== 1) query.set('page', String(page));
  return query;
}

/** @throws BrcSyncError SINK_UNREACHABLE for what is no page of jobs */
export function readJobPage(value: unknown): JobPage {
  if (!isPortalPage(value)) {
    const [error] = isPortalPage.errors ?? [];
    throw deviates('jobs/', error?.instancePath ?? '', error?.message ?? 'is no page of a list');
  }
  return {
    count: value.count,
    cents: centsOf(value.total_amount),
    cpuHours: value.total_cpu_time,
    records: value.results.map((job, index) => readListedJob(job, `/results/${index}`)),
  };
}

function readListedJob(job: unknown, pointer: string): SinkRecord {
  const record = readPortalJob(job);
  if (!isPortalFault(record)) return record;
  throw deviates('jobs/', record.field === null ? pointer : `${pointer}/${record.field}`, record.message);
}

/** Python and JavaScript both write a number as its shortest text: this is the text that the portal sent. */
function centsOf(total: number | string): Cents {
  const text = String(total);
  if (/^\d+(?:\.\d{1,2})?$/.test(text)) return parseAmount(text);
  // A database that sums floats misses the cent by next to nothing.
  const cents = Math.round(Number(total) * 100);
  if (Math.abs(Number(total) * 100 - cents) < 1e-3) return BigInt(cents);
  throw deviates('jobs/', '/total_amount', `is no amount: ${text}`);
}
