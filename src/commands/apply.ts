import { Args } from '@oclif/core';
import { copyFileSync } from 'node:fs';
import { readPlan } from '../core/read-plan.js';
import type { RunSummary } from '../core/report.js';
import { EarlierPlanCommand } from './_earlier-plan-command.js';
import { pricesFlag } from './_prices.js';
import { sinkFlags, writeFlags, writeRequestOf } from './_writing-command.js';

export default class Apply extends EarlierPlanCommand {
  static override summary = 'Apply a plan that `plan` made: exactly its changes.';
  static override description =
    'Each change is made only where its record is still as it was planned from; one that moved since is left alone and reported (exit code 3). A plan is applied once, within a day, under the same prices and the same configuration of its sink.';
  static override examples = ['<%= config.bin %> <%= command.id %> plan.ndjson'];
  static override args = { plan: Args.string({ description: 'The plan.', required: true }) };
  static override flags = { ...sinkFlags, prices: pricesFlag, ...writeFlags };

  async run(): Promise<RunSummary> {
    const { args, flags } = await this.parse(Apply);
    const { header } = await readPlan(args.plan);
    const directory = this.runDirectory(flags);
    // Kept with the run, so that a broken one can be gone on with.
    copyFileSync(args.plan, directory.plan);
    return this.apply(directory.plan, directory, flags, () =>
      Promise.resolve({
        ...writeRequestOf(flags),
        action: 'apply',
        path: directory.plan,
        of: header.runId,
        dryRun: false,
        done: new Set(),
        notes: [],
      }),
    );
  }
}
