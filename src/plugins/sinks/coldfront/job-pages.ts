import { contentOf, formatAmount, saysAbsent, unstable, type PortalClient, type Window } from '../../../builtin-sdk.js';
import { jobsQuery, readJobPage, type JobFilter, type JobPage } from './job-page.js';
import { faultOfPage, showWindow } from './page-fault.js';

/** A page that contradicts itself is asked for so often. */
const ATTEMPTS = 3;

/** Gives sound pages only: each as long as its count says, without repeats, in order, and holding what was asked for (money 18). */
export class JobPages {
  constructor(private readonly client: PortalClient) {}

  /** @throws BrcSyncError UNSTABLE_LIST for a page that contradicts itself again and again, or is no longer there */
  async page(filter: JobFilter, window: Window, number: number, signal: AbortSignal): Promise<JobPage> {
    let fault = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const reply = await this.client.get('jobs/', jobsQuery(filter, window, number), signal);
      if (saysAbsent(reply, /^Invalid page/)) {
        fault = `page ${number} is no longer there`;
        continue;
      }
      const page = readJobPage(contentOf(reply));
      const found = faultOfPage(page, filter, window, number);
      if (found === null) return page;
      fault = found;
    }
    throw unstable(showList(filter, window), fault);
  }
}

export function showList({ account, jobstatus, amounts }: JobFilter, window: Window): string {
  const whose = [account, jobstatus].filter((part) => part !== undefined).join(' ');
  const cost = amounts === undefined ? '' : ` at ${formatAmount(amounts.least)} to ${formatAmount(amounts.most)} SU`;
  return `${whose === '' ? 'all jobs' : `${whose} jobs`}${cost} that start ${showWindow(window)}`;
}
