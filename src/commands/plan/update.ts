import { Flags } from '@oclif/core';
import type { RunSummary } from '../../core/report.js';
import { planFlags, RunCommand } from '../_run-command.js';

export default class PlanUpdate extends RunCommand {
  static override summary = 'Make the plan of `run update`, to be looked at and applied later.';
  static override description =
    'Compares like `run update`, writes the plan and changes nothing. `brc-sync apply` applies it, once, within a day, and only where a record is still as it was planned from.';
  static override examples = ['<%= config.bin %> <%= command.id %> --source fixture --sink log --out plan.ndjson'];
  static override flags = {
    ...planFlags,
    out: Flags.string({ description: 'Where the plan is written.', helpValue: 'FILE', required: true }),
  };

  async run(): Promise<RunSummary> {
    const { flags } = await this.parse(PlanUpdate);
    return this.plan('update', flags);
  }
}
