import { Args, Flags } from '@oclif/core';
import type { RunSummary } from '../core/report.js';
import { planRevert } from '../core/revert.js';
import { findFamily } from '../core/run-family.js';
import { EarlierPlanCommand } from './_earlier-plan-command.js';
import { sinkFlags, writeFlags, writeRequestOf } from './_writing-command.js';

export default class Revert extends EarlierPlanCommand {
  static override summary = 'Take a run back.';
  static override description =
    'Restores each record as it was before the run, and its usage, where the sink still holds what the run wrote. Shows the plan; --yes applies it. What cannot be undone is listed: records that were changed since, and created ones, which a portal never deletes: they are set to 0.00. Nodes stay.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> last',
    '<%= config.bin %> <%= command.id %> 20261123T1300 --account fc_alpha --yes',
  ];
  static override args = { run: Args.string({ description: 'Id of the run, or its beginning; `last` is the newest.', required: true }) };
  static override flags = {
    ...sinkFlags,
    ...writeFlags,
    account: Flags.string({ description: 'Only this account (repeatable).', helpValue: 'NAME', multiple: true, multipleNonGreedy: true }),
    job: Flags.string({ description: 'Only this job (repeatable).', helpValue: 'ID', multiple: true, multipleNonGreedy: true }),
    yes: Flags.boolean({ char: 'y', description: 'Apply the plan.' }),
  };

  async run(): Promise<RunSummary> {
    const { args, flags } = await this.parse(Revert);
    const family = await findFamily(this.stateDirectory(flags), args.run);
    const directory = this.runDirectory(flags);
    return this.apply(family.plan, directory, flags, async (writing) => {
      await planRevert(family, { accounts: flags.account ?? [], jobIds: flags.job ?? [] }, writing);
      const notes = flags.yes ? [] : ['This is the plan; --yes applies it.'];
      const { runId } = family;
      return { ...writeRequestOf(flags), action: 'revert', path: directory.plan, of: runId, dryRun: !flags.yes, done: new Set(), notes };
    });
  }
}
