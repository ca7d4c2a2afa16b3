import { Flags } from '@oclif/core';
import { BrcSyncError } from '../../core/errors.js';
import { planPrune, removeRuns, type PrunePlan } from '../../core/runs/prune.js';
import { findStateDirectory } from '../../core/state-directory.js';
import { BaseCommand } from '../_base.js';
import { stateDirectoryFlag, whenText } from '../_state-directory.js';
import { renderTable, terminalWidth } from '../_table.js';

interface Pruned extends PrunePlan {
  readonly stateDirectory: string;
  /** False: it only says what it would remove. */
  readonly removed: boolean;
}

export default class RunsPrune extends BaseCommand {
  static override summary = 'Remove the files of old runs. Says what it would remove; removes only with --yes.';
  static override description =
    'With both --older-than and --keep a run must be both old and not among the newest. Never removed: the newest run of each command and sink; a run whose journal has requests of which nobody knows what became, is damaged, or is not in the memory of its sink yet; a run of the last day that may still go on, be resumed or be applied; anything that brc-sync did not make. What later runs need to know of a removed one is remembered; it can no longer be shown or taken back.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --older-than 90',
    {
      description: 'From cron, with the newest hundred kept in any case:',
      command: '<%= config.bin %> <%= command.id %> --older-than 90 --keep 100 --yes',
    },
  ];
  static override flags = {
    'older-than': Flags.integer({ description: 'Runs that began so many days ago.', helpValue: 'DAYS', min: 0 }),
    keep: Flags.integer({ description: 'All but the newest so many.', helpValue: 'N', min: 1 }),
    yes: Flags.boolean({ description: 'Remove them.' }),
    'state-dir': stateDirectoryFlag,
  };

  async run(): Promise<Pruned> {
    const { flags } = await this.parse(RunsPrune);
    const { 'older-than': olderThanDays = null, keep = null } = flags;
    if (olderThanDays === null && keep === null) throw nothingAsked();
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const plan = await planPrune(stateDirectory, { olderThanDays, keep, now: Math.floor(Date.now() / 1000) });
    const removed = flags.yes && plan.remove.length > 0;
    if (removed)
      removeRuns(
        stateDirectory,
        plan.remove.map(({ runId }) => runId),
      );
    this.log(textOf(plan, removed));
    return { stateDirectory, removed, ...plan };
  }
}

function nothingAsked(): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: 'Which runs? Neither --older-than nor --keep was given.',
    remedy: 'Give --older-than DAYS, --keep N, or both.',
  });
}

function textOf({ remove, keep }: PrunePlan, removed: boolean): string {
  const columns = [
    { title: 'RUN' },
    { title: 'WHEN' },
    { title: 'COMMAND' },
    { title: 'SINK' },
    { title: 'OUTCOME' },
    { title: 'KB', align: 'right' as const },
  ];
  const cells = (run: PrunePlan['remove'][number]): string[] => [
    run.runId,
    whenText(run.startedAt, run.timeZone),
    run.command ?? '',
    run.sink ?? '',
    run.outcome,
    String(Math.ceil(run.bytes / 1024)),
  ];
  const stays = keep.map(({ runId, why }) => `  ${runId}: ${why}.`);
  const kept = stays.length === 0 ? [] : [['Old enough, and kept:', ...stays].join('\n')];
  if (remove.length === 0) return [...kept, 'Nothing to remove.'].join('\n\n');
  const megabytes = (remove.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000).toFixed(1);
  const count = remove.length === 1 ? '1 run' : `${remove.length} runs`;
  const done = removed
    ? `Removed ${count}, ${megabytes} MB.`
    : `Would remove ${count}, ${megabytes} MB. Nothing was removed: --yes does it.`;
  return [renderTable(columns, remove.map(cells), terminalWidth()), ...kept, done].join('\n\n');
}
