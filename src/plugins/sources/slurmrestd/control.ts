import { BrcSyncError, type Clock, type ReadOptions, type Row } from '../../../builtin-sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { PeriodTooLong, ReplyTooLarge } from './failures.js';
import type { JobQuestions } from './job-questions.js';
import { endedQuestions, idsQuestion, sinceQuestions } from './questions.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** How long an answer to "does slurmrestd show anything at all" is believed. */
const BELIEVED_SECONDS = 60;
/** Ages between which jobs are looked for, the newest first: nobody wants a year of jobs for this. */
const AGES = [HOUR, DAY, 7 * DAY, 31 * DAY, 366 * DAY];

/** Decides whether an answer without jobs is the truth: an error inside slurmdbd looks the same (contract slurm.md 2.8). */
export class Control {
  #knownJobId: string | null = null;
  #confirmedAt: number | null = null;

  constructor(
    private readonly config: SlurmrestdConfig,
    private readonly clock: Clock,
  ) {}

  /** Passes rows on; if there are none at all, slurmrestd must show that it can show jobs. */
  async *confirmed(
    batches: AsyncIterable<readonly Row[]>,
    questions: JobQuestions,
    options: ReadOptions,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    let isEmpty = true;
    for await (const rows of batches) {
      const [first] = rows;
      if (first === undefined) continue;
      isEmpty = false;
      this.#knownJobId = first.jobId;
      yield rows;
    }
    if (isEmpty) await this.#assertShowsJobs(questions, options);
  }

  async #assertShowsJobs(questions: JobQuestions, options: ReadOptions): Promise<void> {
    const now = this.clock.now();
    if (this.#confirmedAt !== null && now - this.#confirmedAt < BELIEVED_SECONDS) return;
    if (!(await this.#showsJobs(questions, options))) throw showsNothing(this.#knownJobId);
    this.#confirmedAt = now;
  }

  async #showsJobs(questions: JobQuestions, options: ReadOptions): Promise<boolean> {
    const { clusters = [] } = this.config;
    const { dialect } = questions.session;
    const now = this.clock.now();
    const known = this.#knownJobId;
    if (known !== null) return hasJobs(questions, [idsQuestion(dialect, clusters, [known])], options);
    const scope = { accounts: null, clusters };
    if (await hasJobs(questions, sinceQuestions(dialect, scope, now - HOUR, now), options)) return true;
    for (const [index, age] of AGES.entries()) {
      const window = { from: now - age, to: now - (AGES[index - 1] ?? 0) };
      if (await hasJobs(questions, endedQuestions(dialect, scope, window), options)) return true;
    }
    return false;
  }
}

async function hasJobs(questions: JobQuestions, asked: readonly URLSearchParams[], options: ReadOptions): Promise<boolean> {
  try {
    const { rows } = await questions.ask(asked, { ...options, onSkip: () => undefined });
    return rows.length > 0;
  } catch (error) {
    if (error instanceof PeriodTooLong) return false;
    if (error instanceof ReplyTooLarge) return true;
    throw error;
  }
}

function showsNothing(knownJobId: string | null): BrcSyncError {
  const what = knownJobId === null ? 'no job of anybody, of a whole year' : `not even job ${knownJobId}, which it showed before`;
  return new BrcSyncError('SOURCE_UNREACHABLE', {
    message: `slurmrestd answers, but shows ${what}: its empty answers are not believed.`,
    remedy: 'Look into the log of slurmdbd for errors of its database, and check PrivateData and the configured clusters.',
  });
}
