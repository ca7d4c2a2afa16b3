import { contains, isEndedState, type Clock, type ReadOptions, type Row, type Window } from '../../../builtin-sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { ReplyTooLarge } from './failures.js';
import type { IdsReader } from './ids-reader.js';
import { rowKey } from './job-ids.js';
import type { JobQuestions } from './job-questions.js';
import { endedQuestions, sinceQuestions } from './questions.js';
import { nextSeconds, nextSlice } from './slices.js';

/** States that end a row and not yet the job: a later row may continue it (money 1). */
const INTERRUPTED: ReadonlySet<string> = new Set(['REQUEUED', 'RESIZING', 'PREEMPTED', 'NODE_FAIL']);

type Batches = AsyncGenerator<readonly Row[], void, undefined>;

/** Reads what ended in a window and what is open, in slices whose answers stay small. */
export class WindowReader {
  constructor(
    private readonly config: SlurmrestdConfig,
    private readonly questions: JobQuestions,
    private readonly byId: IdsReader,
    private readonly clock: Clock,
  ) {}

  async *rows(accounts: readonly string[], window: Window, options: ReadOptions): Batches {
    const slices = this.#slices(accounts, window, options);
    const whole = this.questions.session.dialect.knowsRequeued ? slices : this.#withHiddenRuns(slices, accounts, window, options);
    const interrupted = new Set<string>();
    for await (const rows of whole) {
      for (const row of rows) if (INTERRUPTED.has(row.state)) interrupted.add(row.jobId);
      // A job that waits for its first run has not run; one that waits for its next is not over. The slice with what is open comes last.
      yield rows.filter((row) => row.state !== 'PENDING' || interrupted.has(row.jobId));
    }
  }

  async *#slices(accounts: readonly string[], window: Window, options: ReadOptions): Batches {
    let seconds = this.config.sliceSeconds;
    let from = window.from;
    for (;;) {
      options.signal.throwIfAborted();
      const now = this.clock.now();
      const slice = nextSlice({ from, seconds, to: window.to, now });
      const scope = { accounts, clusters: this.config.clusters ?? [] };
      const { dialect } = this.questions.session;
      const asked =
        slice.to === null ? sinceQuestions(dialect, scope, slice.from, now) : endedQuestions(dialect, scope, { ...slice, to: slice.to });
      try {
        const { rows, bytes } = await this.questions.ask(asked, options);
        const period = { from, to: slice.to ?? window.to };
        yield rows.filter((row) => isIn(row, accounts) && (row.endedAt === null ? slice.to === null : contains(period, row.endedAt)));
        if (slice.to === null) return;
        from = slice.to;
        seconds = nextSeconds(seconds, bytes, this.config.maxReplyBytes);
      } catch (error) {
        if (!(error instanceof ReplyTooLarge)) throw error;
        const canBeShorter = seconds > 1 && from < window.to;
        if (!canBeShorter && accounts.length === 1) throw error;
        if (!canBeShorter) return yield* this.#halves(accounts, { from, to: window.to }, options);
        seconds = Math.floor(seconds / 2);
      }
    }
  }

  async *#halves(accounts: readonly string[], window: Window, options: ReadOptions): Batches {
    const middle = Math.ceil(accounts.length / 2);
    yield* this.#slices(accounts.slice(0, middle), window, options);
    yield* this.#slices(accounts.slice(middle), window, options);
  }

  /**
   * Versions that cannot ask for REQUEUED and RESIZING hide such runs where Slurm knows no eligible time. It matters for a job that seems never to
   * have had nodes (money 10): its rows are read by its id.
   */
  async *#withHiddenRuns(slices: Batches, accounts: readonly string[], window: Window, options: ReadOptions): Batches {
    const seenRuns = new Set<string>();
    const areNew = (rows: readonly Row[]): Row[] => rows.filter((row) => !seenRuns.has(rowKey(row)));
    for await (const slice of slices) {
      const rows = areNew(slice);
      for (const row of rows) if (isRun(row)) seenRuns.add(rowKey(row));
      yield rows;
      const ids = rows.filter((row) => isEndedState(row.state) && row.allocatedNodeCount === 0).map((row) => row.jobId);
      for await (const found of this.byId.rows(ids, options)) {
        const runs = areNew(
          found.filter((row) => isRun(row) && isIn(row, accounts) && row.endedAt !== null && contains(window, row.endedAt)),
        );
        for (const run of runs) seenRuns.add(rowKey(run));
        if (runs.length > 0) yield runs;
      }
    }
  }
}

function isRun({ state }: Row): boolean {
  return state === 'REQUEUED' || state === 'RESIZING';
}

/** A parameter that slurmrestd does not know is ignored by new versions, and everything comes back (contract slurm.md 1.3). */
function isIn(row: Row, accounts: readonly string[]): boolean {
  return accounts.includes(row.account);
}
