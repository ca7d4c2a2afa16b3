import { Flags, ux } from '@oclif/core';
import { openRun } from '../core/container.js';
import { createLogger } from '../core/log.js';
import { shadowLog, type Shadow } from '../core/shadow.js';
import { pricesFlag, pricesOf } from './_prices.js';
import { planFlags } from './_run-command.js';
import { renderShadow } from './_shadow-report.js';
import { sinkFlags, WritingCommand } from './_writing-command.js';

export default class ShadowCommand extends WritingCommand {
  static override enableJsonFlag = true;
  static override summary = 'Compare a log of the retired scripts, job by job, with what brc-sync would have done.';
  static override description =
    'Reads the log (of either generation; of each job its last line counts) and asks the source for its jobs; shows where the script and we differ, which known defect explains it, and the SU of each defect. Asks no portal, and writes nothing. Exit code 0, whatever differs.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --log full_sync_coldfront.log',
    {
      description: 'Against a file of sacct, for a program:',
      command: '<%= config.bin %> <%= command.id %> --log updated_jobs.log --source fixture --sink log --json',
    },
  ];
  static override flags = {
    log: Flags.string({ description: 'The log; plain or gzip.', helpValue: 'FILE', required: true }),
    source: planFlags.source,
    sink: Flags.string({
      description: 'Instance of plugins.json whose prices, free QOSes, zone and cluster count. It is not asked.',
      helpValue: 'NAME',
      default: 'coldfront',
    }),
    plugins: sinkFlags.plugins,
    prices: pricesFlag,
  };

  async run(): Promise<Shadow> {
    const { flags } = await this.parse(ShadowCommand);
    const logger = createLogger({ stderr: (line) => ux.stderr(line), debug: flags.debug });
    const options = this.openOptions(flags, { logger }, null);
    const opened = await openRun({ ...options, readOnly: true, source: flags.source, sink: flags.sink });
    try {
      const shadow = await shadowLog({
        log: flags.log,
        baseDirectory: process.cwd(),
        opened,
        prices: await pricesOf(opened, flags.prices),
        signal: this.signal,
        onSkip: (skipped) => logger.warn('record skipped', { ...skipped }),
      });
      this.log(renderShadow(shadow));
      return shadow;
    } finally {
      await opened.close();
      logger.close();
    }
  }
}
