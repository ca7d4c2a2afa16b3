import { parseDecimal, toCents } from './decimal.js';
import { AMOUNT } from './field.js';
import { viewJob } from './job.js';
import type { JobFilter } from './job-store.js';
import { quoteMicros } from './micros.js';
import type { Micros } from './micros.js';
import { allowanceYear } from './pacific.js';
import { pageOf } from './paging.js';
import { pythonFloat, quoted } from './python-text.js';
import { Breakdown, Refusal, jsonReply } from './reply.js';
import type { Reply } from './reply.js';
import { lastValue } from './request.js';
import type { PortalRequest } from './request.js';
import { sliceWithTies } from './tie-order.js';
import type { Tables } from './validate-job.js';

/** `GET /jobs/`: one page, and the sums over the whole filtered set. */
export function listJobs(request: PortalRequest, tables: Tables, nowMs: number): Reply {
  const list = tables.jobs.list(readFilter(request.query, tables, nowMs));
  const page = pageOf(request, list.jobs.length);
  const results = sliceWithTies(list.jobs, page.from, page.to, request.serial).map(viewJob);
  const body = {
    count: list.jobs.length,
    next: page.next,
    previous: page.previous,
    results,
    total_amount: Number(list.totalAmount) / 100,
    total_cpu_time: list.totalCpuTime,
  };
  return jsonReply(200, body, { listedJobs: results.length });
}

function readFilter(query: URLSearchParams, tables: Tables, nowMs: number): JobFilter {
  const username = given(query, 'user');
  if (username !== null && !tables.directory.usersByName.has(username)) throw new Breakdown('no such user');
  const year = allowanceYear(nowMs, tables.deployment);
  const minAmount = amountLimit(query, 'min_amount', 'minimum', 'up') ?? AMOUNT.least;
  const maxAmount = amountLimit(query, 'max_amount', 'maximum', 'down') ?? AMOUNT.most;
  const from =
    timestamp(lastValue(query, 'start_time'), (problem, sent) => `Invalid starting timestamp ${sent}. Details: ${problem}`) ?? year.from;
  // The portal's message on the end shows the start: a slip of its own.
  const to =
    timestamp(lastValue(query, 'end_time'), (problem) => `Invalid ending timestamp ${quoteMicros(from)}. Details: ${problem}`) ?? year.to;
  return {
    account: given(query, 'account'),
    username,
    jobstatus: given(query, 'jobstatus'),
    partition: given(query, 'partition'),
    minAmount,
    maxAmount,
    from,
    to,
  };
}

/** A filter's last value; an empty one is no filter. */
function given(query: URLSearchParams, name: string): string | null {
  const value = lastValue(query, name);
  return value === '' ? null : value;
}

function amountLimit(query: URLSearchParams, name: string, word: string, direction: 'up' | 'down'): bigint | null {
  const text = lastValue(query, name);
  if (text === null) return null;
  if (text === '') throw new Breakdown('an empty limit');
  const decimal = parseDecimal(text);
  if (decimal === null) throw new Refusal(400, [`Invalid ${word} amount ${text}. Details: [<class 'decimal.ConversionSyntax'>]`]);
  return toCents(decimal, direction);
}

const FIRST_SECOND = -62135596800;
const LAST_SECOND = 253402300799;
/** Beyond this the year no longer fits the C library, and the portal breaks down instead of refusing. */
const CLOCK_LIMIT = 6.7e16;

function timestamp(text: string | null, refusal: (problem: string, sent: string) => string): Micros | null {
  if (text === null) return null;
  const refuse = (problem: string): Refusal => new Refusal(400, [refusal(problem, text)]);
  const seconds = pythonFloat(text);
  if (seconds === null) throw refuse(`could not convert string to float: ${quoted(text)}`);
  if (Number.isNaN(seconds)) throw refuse('cannot convert float NaN to integer');
  if (Math.abs(seconds) > CLOCK_LIMIT) throw new Breakdown('timestamp out of range');
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) throw refuse(`year ${Math.floor(1970 + seconds / 31556952)} is out of range`);
  return Math.round(seconds * 1_000_000);
}
