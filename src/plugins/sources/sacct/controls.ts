import { BrcSyncError, type Clock, type Logger } from '../../../builtin-sdk.js';
import { readAccountingSettings, type AccountingSettings } from './accounting-settings.js';
import { canSeeOthers, unknownClusters } from './checks.js';
import type { SacctConfig } from './config.js';
import { readRows } from './read-rows.js';
import { endedArguments, idArguments, runningArguments } from './sacct-arguments.js';
import type { SlurmCommands } from './slurm-commands.js';
import { timeSlices } from './time-slices.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** How long an answer to "does sacct see anything at all" is believed. */
const BELIEVED_SECONDS = 60;

/** Decides whether an answer without rows, or with fewer, is the truth: sacct ends well in both cases (contract slurm.md 2.8). */
export class Controls {
  #settings: Promise<AccountingSettings | null> | null = null;
  #knownJobId: string | null = null;
  #confirmedAt: number | null = null;

  constructor(
    private readonly config: SacctConfig,
    private readonly commands: SlurmCommands,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Before any answer counts: clusters that do not exist and rights that are missing look like jobs that are not there. Asks once; null without
   * sacctmgr.
   *
   * @throws BrcSyncError CONFIG_INVALID, UNAUTHORISED, or what keeps sacctmgr from answering.
   */
  async assertWholeAnswers(signal: AbortSignal): Promise<AccountingSettings | null> {
    this.#settings ??= this.#readSettings(signal);
    const settings = await this.#settings.catch((error: unknown) => {
      this.#settings = null;
      throw error;
    });
    if (settings === null) return null;
    const unknown = unknownClusters(this.config, settings);
    if (unknown.length > 0) throw clusterUnknown(unknown, settings);
    const sees = canSeeOthers(settings);
    if (sees !== true) throw sees === null ? permissionUnknown() : jobsHidden();
    return settings;
  }

  /** A job that sacct has shown: it must be able to show it again. */
  remember(jobId: string): void {
    this.#knownJobId = jobId;
  }

  /** @throws BrcSyncError SOURCE_UNREACHABLE if sacct shows no job at all any more. */
  async assertSeesJobs(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    if (this.#confirmedAt !== null && now - this.#confirmedAt < BELIEVED_SECONDS) return;
    if (!(await this.#seesJobs(signal))) throw seesNothing(this.#knownJobId);
    this.#confirmedAt = now;
  }

  async #seesJobs(signal: AbortSignal): Promise<boolean> {
    const now = this.clock.now();
    if (this.#knownJobId !== null) return this.#hasRows(idArguments(this.config, [this.#knownJobId], now), signal);
    if (await this.#hasRows(runningArguments(this.config, null, now), signal)) return true;
    for (const window of this.#recentFirst(now)) {
      if (await this.#hasRows(endedArguments(this.config, null, window), signal)) return true;
    }
    return false;
  }

  /** Short ones first: on a living cluster jobs end every minute, and nobody wants a month of them for this. */
  #recentFirst(now: number): { readonly from: number; readonly to: number }[] {
    const year = timeSlices({ from: now - 366 * DAY, to: now - DAY }, { now, sliceDays: this.config.sliceDays });
    return [{ from: now - HOUR, to: now + 1 }, { from: now - DAY, to: now - HOUR }, ...year.reverse()];
  }

  /** Leaves at the first row, which ends sacct. */
  async #hasRows(args: readonly string[], signal: AbortSignal): Promise<boolean> {
    for await (const rows of readRows(this.commands.output('sacct', args, signal), () => undefined)) {
      this.#knownJobId = rows[0]?.jobId ?? this.#knownJobId;
      return true;
    }
    return false;
  }

  async #readSettings(signal: AbortSignal): Promise<AccountingSettings | null> {
    if (!this.commands.hasSacctmgr) {
      this.logger.warn('there is no sacctmgr to ask: clusters and permissions are not checked');
      return null;
    }
    return readAccountingSettings(this.config, this.commands, signal);
  }
}

function clusterUnknown(unknown: readonly string[], { clusters }: AccountingSettings): BrcSyncError {
  return new BrcSyncError('CONFIG_INVALID', {
    message: `Slurm's accounting knows no cluster ${unknown.join(', ')}, and sacct would answer with no jobs.`,
    remedy: `Correct "clusters" of the instance; there are: ${clusters.join(', ') || 'none'}.`,
    context: { clusters: unknown },
  });
}

function jobsHidden(): BrcSyncError {
  return new BrcSyncError('UNAUTHORISED', {
    message: "slurmdbd hides other people's jobs from this user (PrivateData=jobs), and sacct would leave them out without a word.",
    remedy: 'Run brc-sync as a user with AdminLevel Operator: sacctmgr modify user NAME set adminlevel=operator.',
  });
}

function permissionUnknown(): BrcSyncError {
  return new BrcSyncError('UNAUTHORISED', {
    message: 'slurmdbd hides jobs from some users (PrivateData=jobs), and behind a wrapper brc-sync does not know as whom it asks.',
    remedy: 'Set "user" of the instance to the user as whom the wrapper runs sacct; it has to be an Operator.',
  });
}

function seesNothing(knownJobId: string | null): BrcSyncError {
  const what = knownJobId === null ? 'no job of anybody, of a whole year' : `not even job ${knownJobId}, which it showed before`;
  return new BrcSyncError('SOURCE_UNREACHABLE', {
    message: `sacct ends well, but shows ${what}: its empty answers are not believed.`,
    remedy: 'Look into the log of slurmdbd for errors of its database, and check PrivateData and the configured clusters.',
  });
}
