import type { Clock, ReadOptions, Row, SkippedRecord, Window } from '../../../builtin-sdk.js';
import { assertSpeakable } from './account-names.js';
import { canSeeAccounts } from './checks.js';
import type { SacctConfig } from './config.js';
import type { Controls } from './controls.js';
import { canBeJobId, chunksOf, isAskedFor } from './job-ids.js';
import { readRows } from './read-rows.js';
import { endedArguments, idArguments, runningArguments } from './sacct-arguments.js';
import type { SlurmCommands } from './slurm-commands.js';
import { timeSlices } from './time-slices.js';
import { windowRows, type WindowReader } from './window-rows.js';

/** Accounts asked for at once, so that their names fit an argument. */
const ACCOUNTS_PER_CALL = 500;

/** Answers without rows until one is believed. */
const ATTEMPTS = 2;

type Batches = AsyncGenerator<readonly Row[], void, undefined>;

/** The questions that core asks, as questions to sacct. An answer without rows counts once a control has confirmed that sacct sees jobs. */
export class SacctReader {
  constructor(
    private readonly config: SacctConfig,
    private readonly commands: SlurmCommands,
    private readonly controls: Controls,
    private readonly clock: Clock,
  ) {}

  async *jobs({ accounts, ...options }: ReadOptions & { readonly accounts: readonly string[]; readonly window: Window }): Batches {
    options.signal.throwIfAborted();
    assertSpeakable(accounts);
    await this.controls.assertWholeAnswers(options.signal);
    for (const names of chunksOf(accounts, ACCOUNTS_PER_CALL)) {
      yield* this.#confirmed(windowRows(this.#windowReader(options.window), { ...options, accounts: names }), options.signal);
    }
  }

  async *jobsById(ids: readonly string[], options: ReadOptions): Batches {
    options.signal.throwIfAborted();
    const asked = new Set(ids.filter(canBeJobId));
    if (asked.size === 0) return;
    await this.controls.assertWholeAnswers(options.signal);
    yield* this.#confirmed(this.#rowsById(asked, options), options.signal);
  }

  /** Those of sacctmgr, of which not all need have jobs in the window; where it does not tell them, those of the jobs. */
  async accounts(options: ReadOptions & { readonly window: Window }): Promise<readonly string[]> {
    options.signal.throwIfAborted();
    const settings = await this.controls.assertWholeAnswers(options.signal);
    if (settings !== null && canSeeAccounts(settings)) {
      const names = await this.commands.lines('sacctmgr', ['-n', '-P', 'list', 'account', 'withdeleted', 'format=Account'], options.signal);
      return [...new Set(names)].sort();
    }
    const names = new Set<string>();
    const batches = windowRows(this.#windowReader(options.window), { ...options, accounts: null });
    for await (const rows of this.#confirmed(batches, options.signal)) for (const row of rows) names.add(row.account);
    return [...names].sort();
  }

  #windowReader(window: Window): WindowReader {
    const { clock } = this;
    return {
      slices: timeSlices(window, { now: clock.now(), sliceDays: this.config.sliceDays }),
      ended: (accounts, slice, options) => this.#rows((config) => endedArguments(config, accounts, slice), options),
      running: (accounts, options) => this.#rows((config) => runningArguments(config, accounts, clock.now()), options),
      byId: (ids, options) => this.#rowsById(new Set(ids), options),
    };
  }

  async *#rowsById(ids: ReadonlySet<string>, options: ReadOptions): Batches {
    for (const chunk of chunksOf([...ids], this.config.idsPerCall)) {
      const asked = new Set(chunk);
      for await (const rows of this.#rows((config) => idArguments(config, chunk, this.clock.now()), options)) {
        const found = rows.filter((row) => isAskedFor(row, asked));
        if (found.length > 0) yield found;
      }
    }
  }

  /** Each cluster is asked by itself: among the rows of others nobody would miss those of one that sacct failed to read. */
  async *#rows(argumentsFor: (config: SacctConfig) => readonly string[], options: ReadOptions): Batches {
    const settings = await this.controls.assertWholeAnswers(options.signal);
    for (const config of eachCluster(this.config, settings?.clusters ?? null)) yield* this.#believed(argumentsFor(config), options);
  }

  /**
   * An answer without rows is asked for again. Under load, slurmdbd now and then gets no result from its database; sacct prints its header then and
   * ends well, and the next question is answered [22.05.8, slurmdbd.log: "We should have gotten a result: 'No error'"].
   */
  async *#believed(args: readonly string[], { signal, onSkip }: ReadOptions): Batches {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      let isEmpty = true;
      const skip = (skipped: SkippedRecord): void => {
        isEmpty = false;
        onSkip(skipped);
      };
      for await (const rows of readRows(this.commands.output('sacct', args, signal), skip)) {
        isEmpty = false;
        yield rows;
      }
      if (!isEmpty) return;
    }
  }

  async *#confirmed(batches: Batches, signal: AbortSignal): Batches {
    let isEmpty = true;
    for await (const rows of batches) {
      const first = rows[0];
      if (isEmpty && first !== undefined) this.controls.remember(first.jobId);
      isEmpty = false;
      yield rows;
    }
    if (isEmpty) await this.controls.assertSeesJobs(signal);
  }
}

function eachCluster(config: SacctConfig, known: readonly string[] | null): SacctConfig[] {
  const { clusters } = config;
  if (clusters === undefined) return [config];
  const names = clusters.includes('all') && known !== null ? known : clusters;
  return names.map((name) => ({ ...config, clusters: [name] }));
}
