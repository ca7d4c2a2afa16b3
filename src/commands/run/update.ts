import type { RunSummary } from '../../core/report.js';
import { RunCommand, runFlags } from '../_run-command.js';

export default class RunUpdate extends RunCommand {
  static override summary = 'Update the records that the sink still has open. Often, from cron.';
  static override description =
    'Reads every open record of the sink (RUNNING, RESIZING, REQUEUED, PREEMPTED, NODE_FAIL), asks the source for its job, and updates those whose job has ended in the period.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --source fixture --sink log',
    {
      description: 'What would change, and nothing else:',
      command: '<%= config.bin %> <%= command.id %> --source sacct --sink log --dry-run',
    },
  ];
  static override flags = runFlags;

  async run(): Promise<RunSummary> {
    const { flags } = await this.parse(RunUpdate);
    return this.reconcile('update', flags);
  }
}
