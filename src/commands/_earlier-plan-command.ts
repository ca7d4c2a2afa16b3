import { openSink } from '../core/container.js';
import { applyEarlierPlan, type EarlierPlanRequest } from '../core/earlier-plan.js';
import { readPlan } from '../core/read-plan.js';
import type { RunSummary } from '../core/report.js';
import { pricesJobs } from '../core/resume.js';
import { exitCodeOf } from '../core/run.js';
import type { Writing } from '../core/run-apply.js';
import type { RunDirectory } from '../core/state-directory.js';
import { pricesOf } from './_prices.js';
import { WritingCommand, type ParsedSinkFlags } from './_writing-command.js';

/** From a plan that was made before to the report of what was applied of it. */
export abstract class EarlierPlanCommand extends WritingCommand {
  /**
   * @param plan path of the plan that names the sink
   * @param prepare works out what is to be applied, once the sink is open
   */
  protected async apply(
    plan: string,
    directory: RunDirectory,
    flags: ParsedSinkFlags & { readonly prices?: string | undefined; readonly metrics?: string | undefined; readonly yes?: boolean },
    prepare: (writing: Writing) => Promise<EarlierPlanRequest>,
  ): Promise<RunSummary> {
    return this.logged(directory, flags, async (log) => {
      const { header } = await readPlan(plan);
      const command = this.id === 'revert' ? 'revert' : `${this.id} ${header.command}`;
      log.begins({ command, source: header.source.name, sink: header.sink.name });
      const replacing = header.command === 'revert' ? null : header.command;
      const options = { ...this.openOptions(flags, log, replacing), readOnly: flags.yes === false };
      const opened = await openSink({ ...options, sink: header.sink.name });
      try {
        const request = await prepare(this.writing(opened.sink, directory, log.logger, null));
        const script = request.dryRun ? null : this.scriptLog(opened, replacing ?? 'update', flags, log.logger);
        const writing = this.writing(opened.sink, directory, log.logger, script);
        const prices = request.action !== 'revert' && pricesJobs(header) ? await pricesOf(opened, flags.prices) : null;
        const summary = await applyEarlierPlan(request, writing, prices);
        script?.ends(summary);
        await this.report(summary);
        process.exitCode = exitCodeOf(summary, false);
        return summary;
      } finally {
        await opened.close();
      }
    });
  }
}
