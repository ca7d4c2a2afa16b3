import { Args } from '@oclif/core';
import type { RunSummary } from '../core/report.js';
import { findResumable } from '../core/resume.js';
import { EarlierPlanCommand } from './_earlier-plan-command.js';
import { pricesFlag } from './_prices.js';
import { sinkFlags, writeFlags, writeRequestOf } from './_writing-command.js';

export default class Resume extends EarlierPlanCommand {
  static override summary = 'Go on with a run that was broken off.';
  static override description =
    'Reads its journal, looks at the records of which nobody knows what became, and applies what is left of its plan. Without RUN: the newest run, if it did not come to its end. A new `run` is always right, too: it compares everything anew.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> 20261123T1300'];
  static override args = { run: Args.string({ description: 'Id of the run, or its beginning.' }) };
  static override flags = { ...sinkFlags, prices: pricesFlag, ...writeFlags };

  async run(): Promise<RunSummary | { readonly resumed: null }> {
    const { args, flags } = await this.parse(Resume);
    const resumable = await findResumable(this.stateDirectory(flags), args.run ?? null);
    if (resumable === null) {
      this.log('The newest run came to its end: nothing is left to resume.');
      return { resumed: null };
    }
    const { family, done, unknown } = resumable;
    return this.apply(family.plan, this.runDirectory(flags), flags, ({ sink }) => {
      const what = sink.instance.record === undefined ? 'they were sent again, which charges once' : 'their records were looked at';
      const notes = unknown === 0 ? [] : [`${unknown} requests of run ${family.runId} had no known outcome; ${what}.`];
      const action = 'resume' as const;
      return Promise.resolve({ ...writeRequestOf(flags), action, path: family.plan, of: family.runId, dryRun: false, done, notes });
    });
  }
}
