import { Flags, ux } from '@oclif/core';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BUILTIN } from '../builtin-plugins.js';
import type { InstanceRequest, OpenInstance, OpenSink, OpenSinkOptions } from '../core/container.js';
import { BrcSyncError } from '../core/errors.js';
import { parseAllowance } from '../core/guard-limits.js';
import type { JobSink } from '../core/job-sink.js';
import { isJournal } from '../core/journald.js';
import { lockDirectory } from '../core/lock.js';
import { createLogger, type RunLogger } from '../core/log.js';
import { RunMeter } from '../core/metrics/run-meter.js';
import type { Clock } from '../core/plugin-environment.js';
import type { RunSummary } from '../core/report.js';
import { exitCodeOf } from '../core/run.js';
import type { Writing } from '../core/run-apply.js';
import { ScriptLog } from '../core/retired/script-log.js';
import type { RunRequest } from '../core/run-request.js';
import { logBeginning, type RunBeginning } from '../core/runs/run-beginning.js';
import { createRunDirectory, findStateDirectory, type RunDirectory } from '../core/state-directory.js';
import { BaseCommand } from './_base.js';
import { failureOf } from './_failure.js';
import { pluginsFilePlaces, pluginsFlag } from './_plugins-file.js';
import { createProgress } from './_progress.js';
import { ProgressBar } from './_progress-bar.js';
import { renderReport } from './_report.js';

/** Flags of every command that talks to a sink. */
export const sinkFlags = {
  target: Flags.string({ description: 'Base URL of the portal, instead of that of the sink instance.', helpValue: 'URL' }),
  'token-file': Flags.string({ description: 'File with the token of the portal, instead of the configured one.', helpValue: 'FILE' }),
  plugins: pluginsFlag,
  'state-dir': Flags.string({
    description: 'Where runs leave their files. Otherwise $BRC_SYNC_STATE_DIR, $XDG_STATE_HOME/brc-sync, ~/.local/state/brc-sync.',
    helpValue: 'DIR',
  }),
};

/** Flags of every command that writes to a sink. */
export const writeFlags = {
  limit: Flags.integer({ description: 'Apply at most this many changes.', helpValue: 'N', min: 0 }),
  allow: Flags.string({
    description: 'Go over a limit of the guard, up to this figure; the refusal shows what to give (repeatable).',
    helpValue: 'LIMIT[=N]',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'retry-rejected': Flags.boolean({
    description: 'Let changes that the sink refused in an earlier run, too, end the run with exit code 3. They are sent again in any case.',
  }),
  wait: Flags.integer({
    description: 'Wait so long for another run against the same sink to end, instead of failing at once.',
    helpValue: 'SECONDS',
    default: 0,
    min: 0,
  }),
  metrics: Flags.string({
    description:
      'Write figures of the run to this file when it ends, for Prometheus (textfile collector of node_exporter). One file a command.',
    helpValue: 'FILE',
  }),
};

export interface ParsedSinkFlags {
  readonly target?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly plugins?: string | undefined;
  readonly 'state-dir'?: string | undefined;
  readonly debug: boolean;
}

/** What a run writes about itself while it runs. */
export interface RunLog {
  readonly logger: RunLogger;
  /** To be called once it is known what the run is about. */
  readonly begins: (beginning: RunBeginning) => void;
  readonly onRequest: (request: InstanceRequest) => void;
}

type OpeningLog = Pick<RunLog, 'logger'> & Partial<Pick<RunLog, 'onRequest'>>;

interface ParsedLogFlags {
  readonly debug: boolean;
  readonly metrics?: string | undefined;
}

export interface ParsedWriteFlags {
  readonly metrics?: string | undefined;
  readonly limit?: number | undefined;
  readonly allow?: string[] | undefined;
  readonly 'retry-rejected': boolean;
  readonly wait: number;
}

export function writeRequestOf(flags: ParsedWriteFlags): Pick<RunRequest, 'limit' | 'retryRejected' | 'allowance' | 'waitSeconds'> {
  return {
    limit: flags.limit ?? null,
    retryRejected: flags['retry-rejected'],
    allowance: parseAllowance(flags.allow ?? []),
    waitSeconds: flags.wait,
  };
}

const clock: Clock = { now: () => Math.floor(Date.now() / 1000) };

/** What every command that may write to a sink does alike: a run's directory and log, opening, progress, report. */
export abstract class WritingCommand extends BaseCommand {
  // Again: oclif stops looking at the first class of the line that has no static of its own.
  static override enableJsonFlag = true;
  readonly #bar = new ProgressBar(() => (process.stderr.isTTY && !this.jsonEnabled() ? process.stderr : null));

  protected stateDirectory(flags: ParsedSinkFlags): string {
    return findStateDirectory(flags['state-dir'], process.env);
  }

  /** @param plan where the plan is written instead of in the directory */
  protected runDirectory(flags: ParsedSinkFlags, plan: string | null = null): RunDirectory {
    if (plan !== null && existsSync(plan)) {
      throw new BrcSyncError('USAGE', { message: `--out ${plan}: the file exists.`, remedy: 'Name another one, or remove it.' });
    }
    const directory = createRunDirectory(this.stateDirectory(flags), new Date());
    return plan === null ? directory : { ...directory, plan: resolve(plan) };
  }

  /** Runs with the run's log open; what fails is written there, too, and into the metrics. */
  protected async logged(directory: RunDirectory, flags: ParsedLogFlags, work: (log: RunLog) => Promise<RunSummary>): Promise<RunSummary> {
    const journal = isJournal(process.env, process.stderr.fd);
    const logger = createLogger({ file: directory.log, stderr: (line) => this.#tell(line), debug: flags.debug, journal });
    const { version } = this.config;
    let meter: RunMeter | null = null;
    try {
      meter = new RunMeter({ path: flags.metrics ?? null, version });
      const { begin, countRequest } = meter;
      const begins = (beginning: RunBeginning): void => {
        logBeginning(logger, { ...beginning, version });
        begin(beginning);
      };
      const summary = await work({ logger, begins, onRequest: countRequest });
      const { applied, totals } = summary;
      const figures = { changes: applied?.changes ?? 0, planned: totals.creates + totals.updates, suNet: applied?.suNet ?? '0.00' };
      logger.info('the run ended', { exitCode: exitCodeOf(summary, false), ...figures });
      meter.ended(summary, logger);
      return summary;
    } catch (error) {
      logger.failed(error);
      meter?.failed(failureOf(this.signal.aborted ? this.signal.reason : error).exitCode, logger);
      throw error;
    } finally {
      logger.close();
    }
  }

  #tell(line: string): void {
    if (!this.#bar.writeAbove(line)) ux.stderr(line);
  }

  /** @param replacing the command whose scripts the sink may replace; null: any */
  protected openOptions(
    flags: ParsedSinkFlags,
    { logger, onRequest }: OpeningLog,
    replacing: 'update' | 'full' | null,
  ): Omit<OpenSinkOptions, 'sink'> {
    return {
      replacing: { command: replacing, workingDirectory: process.cwd() },
      places: pluginsFilePlaces(flags.plugins, this.config.root),
      builtins: BUILTIN,
      target: { url: flags.target ?? null, tokenFile: flags['token-file'] ?? null },
      logger,
      ...(onRequest === undefined ? {} : { onRequest }),
      clock,
      signal: this.signal,
      env: process.env,
      // With --json standard output belongs to the summary, and oclif's own logToStderr is silent.
      output: (line) => (this.jsonEnabled() ? ux.stderr(line) : this.log(line)),
      onDeprecated: (sentence) => this.logToStderr(sentence),
    };
  }

  /** The log of the script whose token file the sink uses; null where it uses none. */
  protected scriptLog({ script, sink }: OpenSink, command: 'update' | 'full', flags: ParsedLogFlags, logger: RunLogger): ScriptLog | null {
    if (script === null) return null;
    const path = flags.debug ? script.debugLog : script.log;
    const log = new ScriptLog({ path, command, timeZone: sink.site.timeZone, clock, logger });
    log.begins(sink.instance.target ?? sink.name);
    return log;
  }

  protected writing(sink: OpenInstance<JobSink>, directory: RunDirectory, logger: RunLogger, script: ScriptLog | null): Writing {
    return {
      ...(script === null ? {} : { onOutcome: script.tell }),
      sink,
      logger,
      clock,
      signal: this.signal,
      directory,
      lockDirectory: lockDirectory(process.env, directory.stateDirectory),
      progress: createProgress(this.#bar, logger),
    };
  }

  protected async report(summary: RunSummary): Promise<void> {
    if (this.jsonEnabled()) return;
    // Sets the report apart from lines that the sink wrote to standard output.
    if ((summary.applied?.logged ?? 0) > 0) this.log('');
    this.log(await renderReport(summary, summary.files.plan));
    const stopped = summary.applied?.stopped;
    if (stopped) this.logToStderr(`Error: ${stopped.message}\n${stopped.remedy}`);
  }
}
