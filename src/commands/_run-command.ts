import { Flags, ux } from '@oclif/core';
import { BUILTIN } from '../builtin-plugins.js';
import { openRun, type OpenRun } from '../core/container.js';
import { BrcSyncError } from '../core/errors.js';
import { createLogger } from '../core/log.js';
import type { Clock } from '../core/plugin-environment.js';
import { parseAllowance } from '../core/guard-limits.js';
import { lockDirectory } from '../core/lock.js';
import { loadPriceLists, type PriceLists } from '../core/prices.js';
import type { RunSummary } from '../core/report.js';
import { exitCodeOf, runReconciliation } from '../core/run.js';
import type { RunRequest } from '../core/run-request.js';
import { createRunDirectory, findStateDirectory, type RunDirectory } from '../core/state-directory.js';
import { BaseCommand } from './_base.js';
import { pluginsFilePlaces, pluginsFlag } from './_plugins-file.js';
import { createProgress } from './_progress.js';
import { renderReport } from './_report.js';

/** The flags of every command that makes a plan. */
export const runFlags = {
  source: Flags.string({ description: 'Instance of plugins.json that says what ran.', helpValue: 'NAME', required: true }),
  sink: Flags.string({ description: 'Instance of plugins.json that says what was charged.', helpValue: 'NAME', required: true }),
  start: Flags.string({
    char: 's',
    description: 'Beginning of the period, by the end of jobs: YYYY-MM-DD[THH:MM:SS], in the site’s zone unless it ends in Z or ±hh:mm.',
    helpValue: 'TIME',
  }),
  end: Flags.string({ char: 'e', description: 'End of the period; a date alone is the end of that day. Default: now.', helpValue: 'TIME' }),
  account: Flags.string({ description: 'Only this account (repeatable).', helpValue: 'NAME', multiple: true, multipleNonGreedy: true }),
  prices: Flags.string({ description: 'Price list (bank-config.toml) instead of the one of plugins.json.', helpValue: 'FILE' }),
  plugins: pluginsFlag,
  target: Flags.string({ description: 'Base URL of the portal, instead of that of the sink instance.', helpValue: 'URL' }),
  'token-file': Flags.string({ description: 'File with the token of the portal, instead of the configured one.', helpValue: 'FILE' }),
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
  details: Flags.boolean({ description: 'Send records that differ in details only, too: nodes, QOS, hours, status among ended states.' }),
  'all-findings': Flags.boolean({ description: 'List facts that ask nothing of anyone, too.' }),
  'strict-prices': Flags.boolean({ description: 'A partition without a price is an error.' }),
  'overwrite-adjusted': Flags.boolean({ description: 'Overwrite amounts that people set to 0.00, or changed after brc-sync wrote them.' }),
  'trust-source': Flags.boolean({ description: 'Send what looks like a repaired row of Slurm, too.' }),
  'zero-duplicates': Flags.boolean({ description: 'Set records under an array task’s display id (123_4) to 0.00.' }),
  'dry-run': Flags.boolean({ description: 'Plan only: write nothing to the sink.', default: false }),
  'exit-code': Flags.boolean({ description: 'Exit with 7 when there are changes.' }),
  'state-dir': Flags.string({
    description: 'Where runs leave their files. Otherwise $BRC_SYNC_STATE_DIR, $XDG_STATE_HOME/brc-sync, ~/.local/state/brc-sync.',
    helpValue: 'DIR',
  }),
};

interface ParsedFlags {
  readonly source: string;
  readonly sink: string;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly account?: string[] | undefined;
  readonly prices?: string | undefined;
  readonly plugins?: string | undefined;
  readonly target?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly limit?: number | undefined;
  readonly allow?: string[] | undefined;
  readonly 'retry-rejected': boolean;
  readonly wait: number;
  readonly details: boolean;
  readonly 'all-findings': boolean;
  readonly 'strict-prices': boolean;
  readonly 'overwrite-adjusted': boolean;
  readonly 'trust-source': boolean;
  readonly 'zero-duplicates': boolean;
  readonly 'dry-run': boolean;
  readonly 'exit-code': boolean;
  readonly 'state-dir'?: string | undefined;
  readonly debug: boolean;
}

const clock: Clock = { now: () => Math.floor(Date.now() / 1000) };

/** One run from flags to report. */
export abstract class RunCommand extends BaseCommand {
  static override baseFlags = {
    ...BaseCommand.baseFlags,
    debug: Flags.boolean({ description: 'A dry run that logs everything to standard error.', default: false, helpGroup: 'GLOBAL' }),
  };

  protected async reconcile(command: 'update' | 'full', flags: ParsedFlags): Promise<RunSummary> {
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const directory = createRunDirectory(stateDirectory, new Date());
    const logger = createLogger({ file: directory.log, stderr: (line) => ux.stderr(line), debug: flags.debug });
    let opened: OpenRun | null = null;
    try {
      opened = await openRun({
        places: pluginsFilePlaces(flags.plugins, this.config.root),
        builtins: BUILTIN,
        source: flags.source,
        sink: flags.sink,
        target: { url: flags.target ?? null, tokenFile: flags['token-file'] ?? null },
        logger,
        clock,
        signal: this.signal,
        env: process.env,
        // With --json standard output belongs to the summary, and oclif's own logToStderr is silent.
        output: (line) => (this.jsonEnabled() ? ux.stderr(line) : this.log(line)),
      });
      const prices = await pricesOf(opened, flags.prices);
      const summary = await runReconciliation(requestOf(command, flags), {
        opened,
        prices,
        logger,
        clock,
        signal: this.signal,
        directory,
        lockDirectory: lockDirectory(process.env, stateDirectory),
        progress: createProgress({ terminal: process.stderr.isTTY && !this.jsonEnabled() ? process.stderr : null, logger }),
      });
      await this.#report(summary, directory);
      process.exitCode = exitCodeOf(summary, flags['exit-code']);
      return summary;
    } catch (error) {
      logger.error('the run failed', { error });
      throw error;
    } finally {
      await opened?.close();
      logger.close();
    }
  }

  async #report(summary: RunSummary, directory: RunDirectory): Promise<void> {
    if (this.jsonEnabled()) return;
    // Sets the report apart from lines that the sink wrote to standard output.
    if ((summary.applied?.logged ?? 0) > 0) this.log('');
    this.log(await renderReport(summary, directory.plan));
    const stopped = summary.applied?.stopped;
    if (stopped) this.logToStderr(`Error: ${stopped.message}\n${stopped.remedy}`);
  }
}

function requestOf(command: 'update' | 'full', flags: ParsedFlags): RunRequest {
  return {
    command,
    start: flags.start ?? null,
    end: flags.end ?? null,
    accounts: flags.account ?? [],
    flags: {
      details: flags.details,
      overwriteAdjusted: flags['overwrite-adjusted'],
      trustSource: flags['trust-source'],
      zeroDuplicates: flags['zero-duplicates'],
      strictPrices: flags['strict-prices'],
    },
    allFindings: flags['all-findings'],
    limit: flags.limit ?? null,
    retryRejected: flags['retry-rejected'],
    allowance: parseAllowance(flags.allow ?? []),
    waitSeconds: flags.wait,
    dryRun: flags['dry-run'] || flags.debug,
  };
}

/** The sink's site prices what is charged (core/site.ts). */
async function pricesOf({ sink, pluginsFile }: OpenRun, flag: string | undefined): Promise<PriceLists> {
  const { prices, timeZone } = sink.site;
  if (flag === undefined && prices.length === 0) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `${pluginsFile}: no price list for sink ${sink.name}.`,
      remedy: 'Add "prices": "bank-config.toml" to "site", or give --prices FILE.',
      context: { file: pluginsFile, pointer: '/site/prices', instance: sink.name },
    });
  }
  return loadPriceLists(flag ?? prices, { baseDirectory: process.cwd(), timeZone });
}
