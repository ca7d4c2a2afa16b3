import { Flags } from '@oclif/core';
import { listRunIds, readRun, type RunEntry } from '../../core/runs/run-entry.js';
import { findStateDirectory } from '../../core/state-directory.js';
import { BaseCommand } from '../_base.js';
import { stateDirectoryFlag, whenText } from '../_state-directory.js';
import { renderTable, terminalWidth } from '../_table.js';

interface ListedRuns {
  readonly stateDirectory: string;
  readonly runs: readonly RunEntry[];
  /** Older ones that --limit left out. */
  readonly more: number;
}

export default class RunsList extends BaseCommand {
  static override summary = 'Show the runs of the state directory, newest first: what they did and how they ended.';
  static override description =
    'Outcomes: done; planned (nothing was to be sent); incomplete (it ended, and something was not stored or left over); refused by the guard; interrupted; failed; unfinished (it was killed, or is still at work).';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'The newest five, for a program:', command: '<%= config.bin %> <%= command.id %> --limit 5 --json' },
  ];
  static override flags = {
    limit: Flags.integer({ description: 'At most this many.', helpValue: 'N', default: 30, min: 1 }),
    'state-dir': stateDirectoryFlag,
  };

  async run(): Promise<ListedRuns> {
    const { flags } = await this.parse(RunsList);
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const ids = listRunIds(stateDirectory);
    const runs = ids.slice(0, flags.limit).map((runId) => readRun(stateDirectory, runId));
    const more = ids.length - runs.length;
    this.log(runs.length === 0 ? `${stateDirectory} has no runs.` : tableOf(runs));
    if (more > 0) this.log(`… and ${more} older ones: --limit ${ids.length} shows them all.`);
    return { stateDirectory, runs, more };
  }
}

function tableOf(runs: readonly RunEntry[]): string {
  const right = { align: 'right' as const };
  const columns = [
    { title: 'RUN' },
    { title: 'WHEN' },
    { title: 'COMMAND' },
    { title: 'SOURCE → SINK' },
    { title: 'CHANGES', ...right },
    { title: 'SU NET', ...right },
    { title: 'OUTCOME' },
    { title: 'EXIT', ...right },
  ];
  return renderTable(columns, runs.map(cellsOf), terminalWidth());
}

function cellsOf({ runId, startedAt, timeZone, command, source, sink, changes, planned, suNet, outcome, exitCode }: RunEntry): string[] {
  return [
    runId,
    whenText(startedAt, timeZone),
    command ?? '',
    sink === null ? '' : `${source} → ${sink}`,
    planned === null ? '' : `${changes} of ${planned}`,
    suNet ?? '',
    outcome,
    exitCode === null ? '' : String(exitCode),
  ];
}
