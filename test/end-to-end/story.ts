import type { Test } from 'tap';
import type { Row } from '../../src/core/job.js';
import { playJobs } from '../portal/plugins/play-jobs.js';
import type { PluginEvent } from '../portal/plugins/plugin-events.js';
import { startPortal } from '../portal/start-portal.js';
import type { RunningPortal } from '../portal/start-portal.js';
import { reconcile, siteFolder } from '../support/site-folder.js';
import type { Reconciled, SiteFolder } from '../support/site-folder.js';
import type { Prices } from './due-record.js';
import { TOKEN, siteSeed } from './site-seed.js';
import type { SiteSeedOptions } from './site-seed.js';

export interface StoryOptions {
  /** What really ran: of this the plugins tell the portal. */
  readonly rows: readonly Row[];
  readonly prices: Prices;
  /** The source of the runs, and what lies beside plugins.json. */
  readonly folder: Omit<SiteFolder, 'sink' | 'sinkPlugin'>;
  /** Which requests of the plugins never reach the portal; none unless told. */
  readonly isLost?: (event: PluginEvent) => boolean;
  readonly allocations?: SiteSeedOptions['allocations'];
  /** Of every run. */
  readonly flags?: readonly string[];
}

/** A portal that the plugins have told of their jobs, and the command line beside it. */
export interface Story {
  readonly portal: RunningPortal;
  readonly run: (command: 'update' | 'full', ...flags: string[]) => Promise<Reconciled>;
}

export async function openStory(t: Test, { rows, prices, folder, flags = [], ...options }: StoryOptions): Promise<Story> {
  const portal = await startPortal({ seed: siteSeed(rows, options.allocations === undefined ? {} : { allocations: options.allocations }) });
  t.teardown(() => portal.close());
  const lose = options.isLost === undefined ? {} : { lose: options.isLost };
  const played = await playJobs(rows, { baseUrl: portal.baseUrl, token: TOKEN, prices, ...lose });
  const unheard = played.filter(({ outcome }) => outcome === 'unanswered');
  t.strictSame(unheard, [], 'the portal answers the plugins');
  process.env.PORTAL_TOKEN = TOKEN;
  const sink = { baseUrl: portal.baseUrl, token: { env: 'PORTAL_TOKEN' } };
  const directory = siteFolder(t, { ...folder, sink, sinkPlugin: 'coldfront' });
  return { portal, run: (command, ...more) => reconcile(directory, command, ...flags, ...more) };
}

/** `update 201` of each change, in the plan's order. */
export function changesOf({ changes }: Reconciled): string[] {
  return changes.map(({ kind, jobId }) => `${kind} ${jobId}`);
}

/** `id-reused 9` of each finding, sorted. */
export function findingsOf({ findings }: Reconciled): string[] {
  return findings.map(({ kind, jobId }) => `${kind} ${jobId ?? ''}`).sort();
}

/** Which requests of a job are lost: those of its ends, all, or the last end alone, so that what was said in between stands. */
export type Loss = 'ends' | 'all' | 'last end';

export function losing(losses: Readonly<Record<string, Loss>>): (event: PluginEvent) => boolean {
  return ({ plugin, row, request }) => {
    const loss = losses[row.jobId];
    if (loss === undefined || loss === 'all') return loss === 'all';
    return plugin === 'jobcomp' && (loss === 'ends' || request.body.jobstatus === 'COMPLETING');
  };
}
