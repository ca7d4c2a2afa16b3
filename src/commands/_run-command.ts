import { Flags } from '@oclif/core';
import { openRun } from '../core/container.js';
import { parseAllowance } from '../core/guard-limits.js';
import type { RunSummary } from '../core/report.js';
import { exitCodeOf, runReconciliation } from '../core/run.js';
import type { RunRequest } from '../core/run-request.js';
import { BaseCommand } from './_base.js';
import { pricesFlag, pricesOf } from './_prices.js';
import { sinkFlags, writeFlags, WritingCommand, writeRequestOf, type ParsedSinkFlags, type ParsedWriteFlags } from './_writing-command.js';

/** Flags of every command that compares. */
export const planFlags = {
  source: Flags.string({ description: 'Instance of plugins.json that says what ran.', helpValue: 'NAME', default: 'sacct' }),
  sink: Flags.string({ description: 'Instance of plugins.json that says what was charged.', helpValue: 'NAME', required: true }),
  start: Flags.string({
    char: 's',
    description: 'Beginning of the period, by the end of jobs: YYYY-MM-DD[THH:MM:SS], in the site’s zone unless it ends in Z or ±hh:mm.',
    helpValue: 'TIME',
  }),
  end: Flags.string({ char: 'e', description: 'End of the period; a date alone is the end of that day. Default: now.', helpValue: 'TIME' }),
  account: Flags.string({ description: 'Only this account (repeatable).', helpValue: 'NAME', multiple: true, multipleNonGreedy: true }),
  ...sinkFlags,
  prices: pricesFlag,
  details: Flags.boolean({ description: 'Send records that differ in details only, too: nodes, QOS, hours, status among ended states.' }),
  'all-findings': Flags.boolean({ description: 'List facts that ask nothing of anyone, too.' }),
  'strict-prices': Flags.boolean({ description: 'A partition without a price is an error.' }),
  'overwrite-adjusted': Flags.boolean({ description: 'Overwrite amounts that people set to 0.00, or changed after brc-sync wrote them.' }),
  'trust-source': Flags.boolean({ description: 'Send what looks like a repaired row of Slurm, too.' }),
  'zero-duplicates': Flags.boolean({ description: 'Set records under an array task’s display id (123_4) to 0.00.' }),
  'exit-code': Flags.boolean({ description: 'Exit with 7 when there are changes.' }),
};

/** A flag of the commands that compare everything. */
export const compareFlag = Flags.option({
  options: ['records', 'digest'] as const,
  default: 'records' as const,
  description:
    'records: every record with its job. digest: the portal’s count and sums of an account first, and records only where they differ from ours. A digest sees missing, extra and wrongly charged records, not dates, CPUs or owners; errors that cancel out within an account escape it.',
})();

/** Flags of the commands that make a plan and apply it. */
export const runFlags = {
  ...planFlags,
  ...writeFlags,
  'dry-run': Flags.boolean({ description: 'Plan only: write nothing to the sink.', default: false }),
};

export interface ParsedPlanFlags extends ParsedSinkFlags {
  readonly source: string;
  readonly sink: string;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  readonly account?: string[] | undefined;
  readonly compare?: 'records' | 'digest';
  readonly prices?: string | undefined;
  readonly details: boolean;
  readonly 'all-findings': boolean;
  readonly 'strict-prices': boolean;
  readonly 'overwrite-adjusted': boolean;
  readonly 'trust-source': boolean;
  readonly 'zero-duplicates': boolean;
  readonly 'exit-code': boolean;
}

export interface ParsedRunFlags extends ParsedPlanFlags, ParsedWriteFlags {
  readonly 'dry-run': boolean;
}

/** One run from flags to report. */
export abstract class RunCommand extends WritingCommand {
  static override baseFlags = {
    ...BaseCommand.baseFlags,
    debug: Flags.boolean({ description: 'A dry run that logs everything to standard error.', default: false, helpGroup: 'GLOBAL' }),
  };

  protected async reconcile(command: 'update' | 'full', flags: ParsedRunFlags): Promise<RunSummary> {
    const dryRun = flags['dry-run'] || flags.debug;
    return this.#run({ ...requestOf(command, flags), ...writeRequestOf(flags), action: 'run', dryRun }, flags, null);
  }

  /** Makes a plan, in a file of its own or in the run's directory. */
  protected async plan(command: 'update' | 'full', flags: ParsedPlanFlags & { readonly out?: string | undefined }): Promise<RunSummary> {
    const nothing = { limit: null, retryRejected: false, allowance: parseAllowance([]), waitSeconds: 0 };
    return this.#run({ ...requestOf(command, flags), ...nothing, action: 'plan', dryRun: true }, flags, flags.out ?? null);
  }

  async #run(
    request: RunRequest,
    flags: ParsedPlanFlags & { readonly metrics?: string | undefined },
    out: string | null,
  ): Promise<RunSummary> {
    const directory = this.runDirectory(flags, out);
    return this.logged(directory, flags, async (log) => {
      const { source, sink } = flags;
      log.begins({ command: `${request.action} ${request.command}`, source, sink });
      const options = { ...this.openOptions(flags, log, request.command), readOnly: request.dryRun };
      const opened = await openRun({ ...options, source, sink });
      try {
        const prices = await pricesOf(opened, flags.prices);
        const writes = request.action === 'run' && (!request.dryRun || flags.debug);
        const script = writes ? this.scriptLog(opened, request.command, flags, log.logger) : null;
        const writing = this.writing(opened.sink, directory, log.logger, script);
        const summary = await runReconciliation(request, { ...writing, opened, prices });
        if (flags.debug) await script?.collects(summary.files.plan);
        script?.ends(summary);
        await this.report(summary);
        process.exitCode = exitCodeOf(summary, flags['exit-code']);
        return summary;
      } finally {
        await opened.close();
      }
    });
  }
}

function requestOf(
  command: 'update' | 'full',
  flags: ParsedPlanFlags,
): Pick<RunRequest, 'command' | 'start' | 'end' | 'accounts' | 'compare' | 'flags' | 'allFindings'> {
  return {
    command,
    start: flags.start ?? null,
    end: flags.end ?? null,
    accounts: flags.account ?? [],
    compare: flags.compare ?? 'records',
    flags: {
      details: flags.details,
      overwriteAdjusted: flags['overwrite-adjusted'],
      trustSource: flags['trust-source'],
      zeroDuplicates: flags['zero-duplicates'],
      strictPrices: flags['strict-prices'],
    },
    allFindings: flags['all-findings'],
  };
}
