import { existsSync } from 'node:fs';
import { Args } from '@oclif/core';
import { BrcSyncError } from '../../core/errors.js';
import type { RunSummary } from '../../core/report.js';
import { findRun } from '../../core/runs/find-run.js';
import { readRun, readSummary, type RunEntry } from '../../core/runs/run-entry.js';
import { tallyJournal } from '../../core/runs/tally-journal.js';
import { findStateDirectory } from '../../core/state-directory.js';
import { BaseCommand } from '../_base.js';
import { fitText } from '../_fit-text.js';
import { renderReport } from '../_report.js';
import { stateDirectoryFlag, whenText } from '../_state-directory.js';
import { terminalWidth } from '../_table.js';

export default class RunsShow extends BaseCommand {
  static override summary = 'Show the report of a run again, and where its files are.';
  static override description =
    'RUN is its id, enough of its beginning, the six characters at its end, or `last`. --json prints its summary; a run that left none is an error there.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> last',
    { description: 'The summary of a run of that minute:', command: '<%= config.bin %> <%= command.id %> 20261122T0312 --json' },
  ];
  static override args = { run: Args.string({ description: 'Which run.', required: true }) };
  static override flags = { 'state-dir': stateDirectoryFlag };

  async run(): Promise<RunSummary> {
    const { args, flags } = await this.parse(RunsShow);
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const entry = readRun(stateDirectory, findRun(stateDirectory, args.run));
    const summary = readSummary(stateDirectory, entry.runId);
    if (this.jsonEnabled() && summary === null) throw withoutSummary(entry);
    if (!this.jsonEnabled()) this.log(fitText([...(await this.#report(entry, summary)), filesOf(entry)].join('\n\n'), terminalWidth()));
    return summary as RunSummary;
  }

  async #report(entry: RunEntry, summary: RunSummary | null): Promise<string[]> {
    const head = `Run ${entry.runId}, ${whenText(entry.startedAt, entry.timeZone)}: ${entry.outcome}.`;
    if (summary === null) return [[head, ...(entry.reason === null ? [] : [entry.reason]), await whatWasSent(entry)].join('\n')];
    const plan = entry.files.plan ?? summary.files.plan;
    return [head, existsSync(plan) ? await renderReport(summary, plan) : `Its plan ${plan} is gone; its summary is still there.`];
  }
}

async function whatWasSent({ files: { journal } }: RunEntry): Promise<string> {
  if (journal === null) return 'Nothing was sent.';
  const { applied, unknown, others } = await tallyJournal(journal);
  return `Sent: ${applied} changes took effect, ${others} did not, and of ${unknown} nobody knows. A new run compares everything anew.`;
}

function filesOf({ files, path }: RunEntry): string {
  const named = Object.entries(files).filter((file): file is [string, string] => file[1] !== null);
  if (named.length === 0) return `Its directory ${path} is empty.`;
  return ['Files:', ...named.map(([name, file]) => `  ${name.padEnd(8)} ${file}`)].join('\n');
}

function withoutSummary({ runId, path, outcome }: RunEntry): BrcSyncError {
  return new BrcSyncError('INPUT_NOT_FOUND', {
    message: `Run ${runId} (${outcome}) left no summary.`,
    remedy: 'Without --json the command tells what is known of it.',
    context: { path },
  });
}
