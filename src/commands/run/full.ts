import type { RunSummary } from '../../core/report.js';
import { compareFlag, RunCommand, runFlags } from '../_run-command.js';

export default class RunFull extends RunCommand {
  static override summary = 'Compare every job of every account with its record. Less often.';
  static override description =
    'Walks the accounts of the sink: every job that ended since the start of the allocation, and every record that starts there. Creates what is missing, updates what differs, and reports what only a person can settle. --start may narrow an account’s period, never widen it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --source fixture --sink log',
    {
      description: 'Every night by count and sums, where every record has been read once:',
      command: '<%= config.bin %> <%= command.id %> --source sacct --sink coldfront --compare digest',
    },
    {
      description: 'One account since October:',
      command: '<%= config.bin %> <%= command.id %> --source sacct --sink log --account fc_alpha -s 2026-10-01',
    },
  ];
  static override flags = { ...runFlags, compare: compareFlag };

  async run(): Promise<RunSummary> {
    const { flags } = await this.parse(RunFull);
    return this.reconcile('full', flags);
  }
}
