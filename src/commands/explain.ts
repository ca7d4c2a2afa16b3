import { Args, ux } from '@oclif/core';
import { openRun } from '../core/container.js';
import { explainJob, type Explanation } from '../core/explain.js';
import { createLogger } from '../core/log.js';
import { renderExplanation } from './_explain-report.js';
import { pricesFlag, pricesOf } from './_prices.js';
import { planFlags } from './_run-command.js';
import { sinkFlags, WritingCommand } from './_writing-command.js';

export default class Explain extends WritingCommand {
  static override enableJsonFlag = true;
  static override summary = 'Tell everything about one job: rows, price, record, what differs, what a run would do and what runs did.';
  static override description =
    'Reads Slurm’s rows of the id, the sink’s record and the journals of earlier runs, and judges them as `run full` does, without any flag. Writes nothing. Exit code: 0 when either side knows the id, 2 when neither does, 6 when one is unreachable.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> 29 --source fixture --sink log',
    {
      description: 'A task of a job array, for a program:',
      command: '<%= config.bin %> <%= command.id %> 17_2 --source fixture --sink log --json',
    },
  ];
  static override args = {
    job: Args.string({
      description: 'Raw job id, or the id of an array task or of a heterogeneous component (123_4, 123+0).',
      required: true,
    }),
  };
  static override flags = { source: planFlags.source, sink: planFlags.sink, ...sinkFlags, prices: pricesFlag };

  async run(): Promise<Explanation> {
    const { args, flags } = await this.parse(Explain);
    const logger = createLogger({ stderr: (line) => ux.stderr(line), debug: flags.debug });
    const options = this.openOptions(flags, { logger }, null);
    const opened = await openRun({ ...options, readOnly: true, source: flags.source, sink: flags.sink });
    try {
      const explanation = await explainJob({
        jobId: args.job,
        opened,
        prices: await pricesOf(opened, flags.prices),
        clock: options.clock,
        signal: this.signal,
        directory: { stateDirectory: this.stateDirectory(flags) },
        logger,
        onSkip: (skipped) => logger.warn('record skipped', { ...skipped }),
      });
      this.log(renderExplanation(explanation));
      return explanation;
    } finally {
      await opened.close();
      logger.close();
    }
  }
}
