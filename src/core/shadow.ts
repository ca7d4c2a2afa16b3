import type { OpenRun } from './container.js';
import type { SkippedRecord } from './job-source.js';
import type { PriceLists } from './prices.js';
import { createSourceReader } from './reconcile/read-source.js';
import { compareLogged, type JobDifference, type NotCompared } from './retired/compare-logged.js';
import { CAUSES, type Cause } from './retired/defects.js';
import { readScriptLog, type LoggedJob, type ScriptLogContent } from './retired/read-script-log.js';
import { oneClusterOnly } from './run-scope.js';
import { formatAmount, parseAmount } from './service-units.js';
import { localReadAsUtc } from './site-zone.js';

/** Ids asked of the source at once. */
const BATCH = 5_000;
/** Jobs named of those that were not compared. */
const NAMED = 20;

export interface ShadowOptions {
  /** Path of the log; a relative one counts from the base directory. */
  readonly log: string;
  readonly baseDirectory: string;
  /** The sink is not asked: it says whose prices, free QOSes, zone and cluster count. */
  readonly opened: Pick<OpenRun, 'source' | 'sink'>;
  readonly prices: PriceLists;
  readonly signal: AbortSignal;
  readonly onSkip: (skipped: SkippedRecord) => void;
}

/** What one cause comes to. */
export interface CauseTotal {
  readonly cause: Cause;
  readonly title: string;
  readonly jobs: number;
  /** What they charged more than we would, decimal text with sign; of a job once, with what explains its amount. */
  readonly su: string;
}

/** How a log of the retired scripts compares with what we would have done. */
export interface Shadow {
  readonly log: string;
  readonly source: string;
  readonly sink: string;
  readonly runs: number;
  /** Runs that never said that they were complete. */
  readonly unfinishedRuns: number;
  readonly jobs: { readonly logged: number; readonly agree: number; readonly differ: number; readonly notCompared: number };
  /** Of the jobs that differ. */
  readonly su: { readonly theirs: string; readonly ours: string; readonly difference: string };
  readonly causes: readonly CauseTotal[];
  readonly differences: readonly JobDifference[];
  /** The first jobs that were not compared, with why. */
  readonly notCompared: readonly { readonly jobId: string; readonly line: number; readonly why: NotCompared }[];
}

/**
 * Compares what a log of the retired scripts says, job by job, with what Slurm says and the jobs cost. Reads the log and the source; writes nothing,
 * and asks no portal.
 *
 * @throws BrcSyncError `INPUT_NOT_FOUND`, `INPUT_INVALID`, and what the source throws
 */
export async function shadowLog({ log, baseDirectory, opened, prices, signal, onSkip }: ShadowOptions): Promise<Shadow> {
  const { source, sink } = opened;
  const content = await readScriptLog(log, baseDirectory, signal);
  const cluster = sink.cluster ?? source.instance.cluster ?? null;
  const reader = createSourceReader(source.instance, {
    name: source.name,
    signal,
    onSkip,
    assertOneCluster: oneClusterOnly(cluster, sink.name),
    learnUsers: () => Promise.resolve(),
  });
  const context = {
    pricing: { prices, freeQos: new Set(sink.site.freeQos) },
    localReadAsUtc: (instant: number) => localReadAsUtc(instant, sink.site.timeZone),
  };
  const tally = new ShadowTally(content);
  const jobs = [...content.jobs.values()];
  for (let at = 0; at < jobs.length; at += BATCH) {
    const batch = jobs.slice(at, at + BATCH);
    const rows = await reader.rowsById(batch.map(({ jobId }) => jobId).filter((id) => /^[0-9]+(?:[_+][0-9]+)?$/.test(id)));
    for (const logged of batch) {
      const own = (rows.get(logged.jobId) ?? []).filter((row) => cluster === null || row.cluster === null || row.cluster === cluster);
      const comparison = compareLogged(logged, own, context);
      if (comparison === 'agrees') tally.agree();
      else if (typeof comparison === 'string') tally.skip(logged, comparison);
      else tally.differ(comparison);
    }
  }
  return { log, source: source.name, sink: sink.name, ...tally.result() };
}

class ShadowTally {
  readonly #content: ScriptLogContent;
  readonly #differences: JobDifference[] = [];
  readonly #notCompared: { jobId: string; line: number; why: NotCompared }[] = [];
  readonly #causes = new Map<Cause, { jobs: number; cents: bigint }>();
  #agreeing = 0;
  #skipped = 0;

  constructor(content: ScriptLogContent) {
    this.#content = content;
    for (const { repeatsInRun, repeatsLater } of content.jobs.values()) {
      if (repeatsLater > 0) this.#count('1', 0n);
      if (repeatsInRun > 0) this.#count('8', 0n);
    }
  }

  agree(): void {
    this.#agreeing += 1;
  }

  skip({ jobId, line }: LoggedJob, why: NotCompared): void {
    this.#skipped += 1;
    if (this.#notCompared.length < NAMED) this.#notCompared.push({ jobId, line, why });
  }

  /** A job counts for each cause of its fields, and its SU for the one that explains them. */
  differ(difference: JobDifference): void {
    this.#differences.push(difference);
    this.#count(difference.cause, parseAmount(difference.suDifference));
    const others = new Set(difference.fields.map(({ cause }) => cause).filter((cause) => cause !== difference.cause));
    for (const cause of others) this.#count(cause, 0n);
  }

  result(): Omit<Shadow, 'log' | 'source' | 'sink'> {
    const { runs, unfinished, jobs } = this.#content;
    const sum = (pick: (difference: JobDifference) => string | null): bigint =>
      this.#differences.reduce((cents, each) => cents + parseAmount(pick(each) ?? '0.00'), 0n);
    const [theirs, ours] = [sum((each) => each.theirs), sum((each) => each.ours)];
    return {
      runs,
      unfinishedRuns: unfinished,
      jobs: { logged: jobs.size, agree: this.#agreeing, differ: this.#differences.length, notCompared: this.#skipped },
      su: { theirs: formatAmount(theirs), ours: formatAmount(ours), difference: formatAmount(theirs - ours) },
      // Keys that are whole numbers come first, in order: that of the list of defects.
      causes: (Object.keys(CAUSES) as Cause[]).flatMap((cause) => {
        const counted = this.#causes.get(cause);
        return counted === undefined ? [] : [{ cause, title: CAUSES[cause], jobs: counted.jobs, su: formatAmount(counted.cents) }];
      }),
      differences: this.#differences,
      notCompared: this.#notCompared,
    };
  }

  #count(cause: Cause, cents: bigint): void {
    const { jobs, cents: sum } = this.#causes.get(cause) ?? { jobs: 0, cents: 0n };
    this.#causes.set(cause, { jobs: jobs + 1, cents: sum + cents });
  }
}
