import { Flags } from '@oclif/core';
import type { RunSummary } from '../../core/report.js';
import { compareFlag, planFlags, RunCommand } from '../_run-command.js';

export default class PlanFull extends RunCommand {
  static override summary = 'Make the plan of `run full`, to be looked at and applied later.';
  static override description =
    'Compares like `run full`, writes the plan and changes nothing. `brc-sync apply` applies it, once, within a day, and only where a record is still as it was planned from.';
  static override examples = ['<%= config.bin %> <%= command.id %> --source fixture --sink log --out plan.ndjson'];
  static override flags = {
    ...planFlags,
    compare: compareFlag,
    out: Flags.string({ description: 'Where the plan is written.', helpValue: 'FILE', required: true }),
  };

  async run(): Promise<RunSummary> {
    const { flags } = await this.parse(PlanFull);
    return this.plan('full', flags);
  }
}
