import { aliasIds, BASE_DIRECTORY, BrcSyncError, CONFIG, contains, defineSource, parseInstant, readLines } from 'brc-sync/sdk';

/** Jobs as Slurm's jobcomp/elasticsearch indexed them, from a dump with one document a line. It knows no job before its end. */
function makeSource({ files }, baseDirectory) {
  async function* rows(signal, isWanted) {
    for await (const lines of readLines(files, { baseDirectory, signal })) {
      signal.throwIfAborted();
      const wanted = lines.map(readRow).filter(isWanted);
      if (wanted.length > 0) yield wanted;
    }
  }
  const endedIn = (window) => (row) => contains(window, row.endedAt);
  return {
    jobsById(ids, { signal }) {
      const wanted = new Set(ids);
      return rows(signal, (row) => [row.jobId, ...aliasIds(row)].some((id) => wanted.has(id)));
    },
    jobs: ({ accounts, window, signal }) => rows(signal, (row) => accounts.includes(row.account) && endedIn(window)(row)),
    async accounts({ window, signal }) {
      const names = new Set();
      for await (const batch of rows(signal, endedIn(window))) for (const { account } of batch) names.add(account);
      return [...names];
    },
    async check({ signal }) {
      for await (const [row] of rows(signal, () => true)) return [{ name: 'dump', ok: true, message: `from ${row.jobId}`, remedy: null }];
      return [{ name: 'dump', ok: false, message: 'holds no documents', remedy: 'Dump the index again.' }];
    },
  };
}

function readRow({ file, line, text }) {
  try {
    const document = JSON.parse(text);
    return toRow(document._source ?? document);
  } catch (error) {
    throw new BrcSyncError('INPUT_INVALID', { message: `${file}:${line}: ${error.message}`, remedy: 'Dump the index again.' });
  }
}

function toRow(job) {
  const [hetJobId, nodes] = [job.het_job_id || null, ['', '(null)', null, undefined].includes(job.nodes) ? null : job.nodes];
  const [cpuCount, allocatedNodeCount] = nodes === null ? [0, 0] : [job.total_cpus, job.total_nodes];
  const [submittedAt, eligibleAt, startedAt, endedAt] = ['@submit', '@eligible', '@start', '@end'].map((key) => instantOf(job[key]));
  if (submittedAt === null || endedAt === null) throw new Error(`job ${job.jobid} has no submit or end time`);
  return {
    ...{ jobId: String(job.jobid), cluster: job.cluster ?? null, account: job.account, user: job.username, uid: job.user_id ?? null },
    ...{ arrayJobId: job.array_job_id ? String(job.array_job_id) : null, arrayTaskId: job.array_job_id ? job.array_task_id : null },
    ...{ hetJobId: hetJobId && String(hetJobId), hetOffset: hetJobId && job.het_job_offset, state: job.state, partition: job.partition },
    ...{ qos: job.qos ?? '', submittedAt, eligibleAt, startedAt, endedAt, suspendedSeconds: 0, nodeList: nodes },
    ...{ cpuCount, allocatedNodeCount, requestedNodeCount: null },
  };
}

/** jobcomp writes UTC without saying so, and leaves out what it does not know, or says `Unknown`. */
const instantOf = (text) => (text === undefined ? null : parseInstant(`${text}Z`));

const path = { type: 'string', minLength: 1, examples: ['jobcomp.ndjson'] };
const files = { description: 'Files or directories.', anyOf: [path, { type: 'array', items: path }], examples: ['jobcomp.ndjson'] };
export default defineSource({
  apiVersion: 1,
  kind: 'source',
  name: 'jobcomp',
  description: 'Reads jobs from a dump of what jobcomp/elasticsearch indexed.',
  configSchema: { type: 'object', required: ['files'], properties: { files } },
  useFactory: (ask) => makeSource(ask(CONFIG), ask(BASE_DIRECTORY)),
});
