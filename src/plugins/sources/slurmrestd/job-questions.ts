import { BrcSyncError, createSlurmdbReader, InvalidRow, type ReadOptions, type Row } from '../../../builtin-sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { noReply } from './failures.js';
import { rowKey } from './job-ids.js';
import { eachCluster } from './questions.js';
import type { RestClient } from './rest-client.js';
import type { Session } from './session.js';

/** The rows of one or more answers, each once, and how large the largest answer was. */
export interface Answers {
  readonly rows: readonly Row[];
  readonly bytes: number;
}

/** Asks for jobs and reads them. */
export class JobQuestions {
  readonly #read: (value: unknown) => Row;

  constructor(
    private readonly config: SlurmrestdConfig,
    private readonly client: RestClient,
    readonly session: Session,
  ) {
    const [cluster, ...others] = config.clusters ?? session.clusters;
    this.#read = createSlurmdbReader({ cluster: others.length === 0 ? (cluster ?? null) : null });
  }

  /** Asks all at once, and gives up all when one fails. */
  async ask(questions: readonly URLSearchParams[], options: ReadOptions): Promise<Answers> {
    const failed = new AbortController();
    const together = { ...options, signal: AbortSignal.any([options.signal, failed.signal]) };
    const asked = questions.flatMap(eachCluster).map((query) => this.#believed(query, together));
    try {
      const answers = await Promise.all(asked);
      const rows = new Map(answers.flatMap((answer) => answer.rows.map((row) => [rowKey(row), row])));
      return { rows: [...rows.values()], bytes: Math.max(...answers.map((answer) => answer.bytes)) };
    } catch (error) {
      failed.abort();
      await Promise.allSettled(asked);
      throw error;
    }
  }

  /** An answer without jobs is asked for again: slurmdbd may have got no result from its database, and says nothing of it (contract slurm.md 2.8). */
  async #believed(query: URLSearchParams, options: ReadOptions): Promise<Answers> {
    const first = await this.#askOne(query, options);
    return first.isEmpty ? this.#askOne(query, options) : first;
  }

  async #askOne(query: URLSearchParams, options: ReadOptions): Promise<Answers & { readonly isEmpty: boolean }> {
    const path = `slurmdb/${this.session.version}/jobs`;
    const reply = await this.client.get({ path, query, signal: options.signal, maxReplyBytes: this.config.maxReplyBytes });
    const jobs: unknown = reply.content['jobs'];
    if (!Array.isArray(jobs)) throw noReply(reply.response, 'has no list of jobs');
    const rows = (jobs as readonly unknown[]).map((job, index) => this.#row(job, index, options));
    return { rows: rows.filter((row) => row !== null), bytes: reply.bytes, isEmpty: jobs.length === 0 };
  }

  #row(job: unknown, index: number, { onSkip }: ReadOptions): Row | null {
    try {
      return this.#read(job);
    } catch (error) {
      if (!(error instanceof InvalidRow)) throw error;
      const where = `${this.config.url} ${this.session.version}`;
      const message = `job ${jobIdOf(job)}: ${error.message}`;
      if (this.config.onError === 'skip') {
        onSkip({ where, position: index + 1, message, remedy: error.remedy });
        return null;
      }
      throw new BrcSyncError('INPUT_INVALID', {
        message: `slurmrestd ${this.session.version}, ${message}`,
        remedy: `${error.remedy} To go on without such jobs, set "onError": "skip" of the instance.`,
        context: { field: error.field, value: error.value },
        cause: error,
      });
    }
  }
}

function jobIdOf(job: unknown): string {
  return typeof job === 'object' && job !== null && 'job_id' in job ? String(job.job_id) : 'without an id';
}
