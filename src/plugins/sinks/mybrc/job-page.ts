import {
  compileSchema,
  contains,
  contentOf,
  deviates,
  isPortalFault,
  readPortalJob,
  saysAbsent,
  type PortalClient,
  type SinkRecord,
  type Window,
} from '../../../builtin-sdk.js';

/** One list: the jobs in one state that start in a window. */
export interface JobList {
  readonly status: string;
  readonly window: Window;
}

/** One page of a list, with the length of the whole. The old API tells no sums. */
export interface JobPage {
  readonly count: number;
  readonly records: readonly SinkRecord[];
}

interface PageBody {
  readonly count: number;
  readonly results: readonly unknown[];
}

const isPage = compileSchema<PageBody>({
  type: 'object',
  required: ['count', 'results'],
  properties: { count: { type: 'integer', minimum: 0 }, results: { type: 'array' } },
});

/**
 * Reads a page. Both ends of a window are always asked for; the end is inclusive and starts have microseconds, so it ends in the last of these.
 *
 * @returns a text where the page contradicts the question, or is not there
 * @throws BrcSyncError SINK_UNREACHABLE for what is no page of jobs, UNAUTHORISED
 */
export async function readJobPage(client: PortalClient, list: JobList, number: number, signal: AbortSignal): Promise<JobPage | string> {
  const { status, window } = list;
  const query = new URLSearchParams({
    jobstatus: status,
    start_time: String(window.from),
    end_time: `${window.to - 1}.999999`,
    page: String(number),
  });
  const reply = await client.get('jobs/', query, signal);
  if (saysAbsent(reply, /^Invalid page/)) return `page ${number} is not there`;
  const body = contentOf(reply);
  if (!isPage(body)) {
    const [error] = isPage.errors ?? [];
    throw deviates('jobs/', error?.instancePath ?? '', error?.message ?? 'is no page of a list');
  }
  const records = body.results.map((job, index) => readListedJob(job, `/results/${index}`));
  const stranger = records.find(({ state, startedAt }) => state !== status || startedAt === null || !contains(window, startedAt));
  if (stranger !== undefined) return `record ${stranger.jobId} on page ${number} was not asked for`;
  return { count: body.count, records };
}

function readListedJob(job: unknown, pointer: string): SinkRecord {
  const record = readPortalJob(job);
  if (!isPortalFault(record)) return record;
  throw deviates('jobs/', record.field === null ? pointer : `${pointer}/${record.field}`, record.message);
}
