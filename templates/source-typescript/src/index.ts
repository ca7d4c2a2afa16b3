import { BASE_DIRECTORY, BrcSyncError, CONFIG, contains, defineSource, parseInstant, readLines } from 'brc-sync/sdk';
import type { InputLine, Instant, JobSource, Row } from 'brc-sync/sdk';

type Files = string | readonly string[];

/**
 * Reads jobs from NDJSON files of its own form: one object a line. Where your jobs come from elsewhere, put its own ways in place of `rows` and `toRow`.
 */
function makeSource(files: Files, baseDirectory: string): JobSource {
  /** Batches, as they are wanted: a year of jobs never lies in memory. */
  async function* rows(signal: AbortSignal, isWanted: (row: Row) => boolean): AsyncGenerator<readonly Row[]> {
    for await (const lines of readLines(files, { baseDirectory, signal })) {
      signal.throwIfAborted();
      const wanted = lines.map(toRow).filter(isWanted);
      if (wanted.length > 0) yield wanted;
    }
  }

  return {
    jobsById: (ids, { signal }) =>
      rows(
        signal,
        (
          (wanted) => (row: Row) =>
            wanted.has(row.jobId)
        )(new Set(ids)),
      ),
    jobs: ({ accounts, window, signal }) =>
      rows(signal, (row) => accounts.includes(row.account) && (row.endedAt === null || contains(window, row.endedAt))),
    async accounts({ signal, window }) {
      const names = new Set<string>();
      const isIn = (row: Row): boolean => row.endedAt === null || contains(window, row.endedAt);
      for await (const batch of rows(signal, isIn)) for (const { account } of batch) names.add(account);
      return [...names];
    },
    async check({ signal }) {
      for await (const [row] of rows(signal, () => true))
        return [{ name: 'jobs', ok: true, message: `begin with ${row?.jobId}`, remedy: null }];
      return [{ name: 'jobs', ok: false, message: 'there are none', remedy: 'Export the files again.' }];
    },
  };
}

/** What stands in a line, in brc-sync's words: whole seconds, UTC; null is what nobody knows. */
function toRow({ file, line, text }: InputLine): Row {
  try {
    // Core checks every row against the schema of a Job.
    const job = JSON.parse(text) as Record<string, any>;
    return {
      ...{
        jobId: String(job.id),
        cluster: job.cluster ?? null,
        account: job.account,
        user: job.user,
        uid: job.uid ?? null,
        state: job.state,
      },
      ...{ arrayJobId: null, arrayTaskId: null, hetJobId: null, hetOffset: null, partition: job.partition, qos: job.qos ?? 'normal' },
      ...{ submittedAt: instant(job.submitted) as Instant, eligibleAt: instant(job.submitted) },
      ...{ startedAt: instant(job.started), endedAt: instant(job.ended), suspendedSeconds: 0 },
      ...{ nodeList: job.nodes ?? null, cpuCount: job.cpus, requestedNodeCount: null, allocatedNodeCount: job.nodes ? 1 : 0 },
    };
  } catch (error) {
    const message = `${file}:${line}: this is no job: ${(error as Error).message}`;
    throw new BrcSyncError('INPUT_INVALID', { message, remedy: 'Correct the line, or export the file again.' });
  }
}

function instant(text: string | null | undefined): Instant | null {
  if (text === null || text === undefined) return null;
  const found = parseInstant(text);
  if (found === null) throw new Error(`${JSON.stringify(text)} is no time like 2026-11-01T08:00:00Z`);
  return found;
}

const path = { type: 'string', minLength: 1, examples: ['jobs.ndjson'] };
export default defineSource({
  apiVersion: 1,
  kind: 'source',
  name: 'plugin-name',
  description: 'Reads jobs from NDJSON files.',
  configSchema: {
    type: 'object',
    required: ['files'],
    properties: {
      files: { description: 'Files or directories.', anyOf: [path, { type: 'array', items: path }], examples: ['jobs.ndjson'] },
    },
  },
  useFactory: (resolveToken) => makeSource(resolveToken(CONFIG).files, resolveToken(BASE_DIRECTORY)),
});
