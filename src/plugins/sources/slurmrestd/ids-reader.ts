import type { ReadOptions, Row } from '../../../builtin-sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { ReplyTooLarge } from './failures.js';
import { askableId, chunksOf, isAskedFor, rowKey } from './job-ids.js';
import type { JobQuestions } from './job-questions.js';
import { idsQuestion } from './questions.js';

/** The time that Slurm takes grows with the square of the ids; the address must stay short, too. */
const IDS_AT_ONCE = 200;

type Batches = AsyncGenerator<readonly Row[], void, undefined>;

/** Reads the rows of jobs by their ids. */
export class IdsReader {
  constructor(
    private readonly config: SlurmrestdConfig,
    private readonly questions: JobQuestions,
  ) {}

  async *rows(ids: readonly string[], options: ReadOptions): Batches {
    const asked = new Set(ids);
    const askable = new Set([...asked].map(askableId).filter((id) => id !== null));
    // A task comes by its own id, and by that of its array.
    const seen = new Set<string>();
    for (const chunk of chunksOf([...askable], IDS_AT_ONCE)) {
      for await (const rows of this.#chunk(chunk, options)) {
        const found = rows.filter((row) => isAskedFor(row, asked) && !seen.has(rowKey(row)));
        for (const row of found) seen.add(rowKey(row));
        if (found.length > 0) yield found;
      }
    }
  }

  async *#chunk(ids: readonly string[], options: ReadOptions): Batches {
    options.signal.throwIfAborted();
    try {
      const { rows } = await this.questions.ask([idsQuestion(this.questions.session.dialect, this.config.clusters ?? [], ids)], options);
      yield rows;
    } catch (error) {
      if (!(error instanceof ReplyTooLarge) || ids.length === 1) throw error;
      for (const half of chunksOf(ids, Math.ceil(ids.length / 2))) yield* this.#chunk(half, options);
    }
  }
}
