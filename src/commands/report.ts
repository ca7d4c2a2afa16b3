import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Args, Flags } from '@oclif/core';
import type { Pricing } from '../core/charge.js';
import { earlierSummaries } from '../core/earlier-runs.js';
import { BrcSyncError } from '../core/errors.js';
import { parseCommandTime } from '../core/period.js';
import { readPluginsFile } from '../core/plugins-file.js';
import { findPriceLists, loadPriceLists } from '../core/prices.js';
import { replaceFile } from '../core/replace-file.js';
import type { ReportQuestion } from '../core/reporting/choose-runs.js';
import { renderMarkdown } from '../core/reporting/markdown.js';
import { reportJson, type ReportJson } from '../core/reporting/report-json.js';
import { makeReport, type MadeReport } from '../core/reporting/run-report.js';
import { DEFAULT_SITE } from '../core/site.js';
import { findStateDirectory } from '../core/state-directory.js';
import { BaseCommand } from './_base.js';
import { pluginsFilePlaces, pluginsFlag } from './_plugins-file.js';
import { renderRunReport } from './_run-report.js';
import { stateDirectoryFlag } from './_state-directory.js';
import { terminalWidth } from './_table.js';

/** More rows make a page that a browser takes seconds to open. */
const ROWS = 100_000;

export default class ReportCommand extends BaseCommand {
  static override summary =
    'Show what a run did, or all runs since a day, to somebody who pays the bill: on the terminal, for a ticket, for a browser.';
  static override description =
    'Reads the files of the runs, and plugins.json for the prices; asks neither source nor sink. RUN is its id, enough of its beginning, the six characters at its end, or `last`, which is the default. Of a dry run, a plan or a refused run it tells what would have been done.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'A page for a ticket:', command: '<%= config.bin %> <%= command.id %> last --markdown' },
    {
      description: 'A month, as one file for a browser that needs no network:',
      command: '<%= config.bin %> <%= command.id %> --since 2026-11-01 --html november.html',
    },
  ];
  static override args = { run: Args.string({ description: 'Which run. Default: last.' }) };
  static override flags = {
    since: Flags.string({
      description: 'All runs since this time that wrote something, instead of one run.',
      helpValue: 'TIME',
    }),
    sink: Flags.string({ description: 'With --since: only runs to this sink.', helpValue: 'NAME', dependsOn: ['since'] }),
    html: Flags.string({ description: 'Write one self-contained page for a browser, with every change, to this file.', helpValue: 'FILE' }),
    markdown: Flags.boolean({ description: 'Print a page for a ticket.' }),
    plugins: pluginsFlag,
    'state-dir': stateDirectoryFlag,
  };

  async run(): Promise<ReportJson> {
    const { args, flags } = await this.parse(ReportCommand);
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const made = await makeReport(questionOf(args.run, flags, stateDirectory), {
      stateDirectory,
      now: Math.floor(Date.now() / 1000),
      pricingOf: (sink) => this.#pricingOf(sink, flags.plugins),
      ...(flags.html === undefined ? {} : { rows: ROWS }),
    });
    const path = flags.html === undefined ? null : await this.#writePage(made, flags.html);
    this.log(flags.markdown ? renderMarkdown(made.report).trimEnd() : renderRunReport(made.report, terminalWidth()));
    if (path !== null) this.logToStderr(`Page: ${path}`);
    return reportJson(made.report, path);
  }

  /** As plugins.json has the prices now; without it the report is still whole but for derivations. */
  async #pricingOf(sink: string, plugins: string | undefined): Promise<Pricing | null> {
    try {
      const file = readPluginsFile(pluginsFilePlaces(plugins, this.config.root));
      const site = file.instances.find(({ name }) => name === sink)?.site;
      const lists = site === undefined ? [] : findPriceLists(site.prices, process.cwd());
      if (site === undefined || lists.length === 0) return null;
      const prices = await loadPriceLists(lists, { baseDirectory: file.baseDirectory, timeZone: site.timeZone });
      return { prices, freeQos: new Set(site.freeQos) };
    } catch (error) {
      if (!(error instanceof BrcSyncError) || plugins !== undefined) throw error;
      return null;
    }
  }

  async #writePage(made: MadeReport, file: string): Promise<string> {
    // Drawing takes longer to load than everything else of this command.
    const { renderPage } = await import('../core/reporting/page/page.js');
    const page = renderPage(made, { assets: join(this.config.root, 'assets'), version: this.config.version });
    const path = resolve(file);
    try {
      if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error('it is no file');
      replaceFile(path, page, 0o600);
    } catch (cause) {
      throw new BrcSyncError('OUTPUT_FAILED', {
        message: `The page ${path} cannot be written: ${(cause as Error).message}.`,
        remedy: 'Name a file in a directory that this user may write.',
        context: { path },
        cause,
      });
    }
    return path;
  }
}

interface QuestionFlags {
  readonly since?: string | undefined;
  readonly sink?: string | undefined;
}

function questionOf(run: string | undefined, { since, sink }: QuestionFlags, stateDirectory: string): ReportQuestion {
  if (since === undefined) return { run: run ?? 'last' };
  if (run !== undefined) {
    throw new BrcSyncError('USAGE', {
      message: `Either the run ${run} or --since ${since}, not both.`,
      remedy: 'Leave one of them out.',
    });
  }
  const [newest] = earlierSummaries(stateDirectory);
  const timeZone = newest?.timeZone ?? DEFAULT_SITE.timeZone;
  return { since: parseCommandTime(since, { timeZone, bound: 'start' }), sink: sink ?? null };
}
