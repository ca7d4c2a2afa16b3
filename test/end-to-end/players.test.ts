import t from 'tap';
import { Portal } from '../portal/portal.js';
import { faultsOfRecords, faultsOfUsage } from './books.js';
import { fatesOf } from './due-record.js';
import { AFTERWARDS, PRICES, randomSite } from './random-site.js';
import { siteSeed } from './site-seed.js';
import { tell } from './tell.js';

// The two measures of the other tests hold each other up: what the plugins write when they are heard, and what money.md says is due.

for (const seed of [1, 2, 3, 4, 5]) {
  void t.test(`what the plugins told of random site ${seed} is what is due, and what is used`, (t) => {
    const rows = randomSite(seed, { jobs: 200, accounts: 5 });
    const portal = new Portal(siteSeed(rows), { nowMs: () => AFTERWARDS * 1000, hosts: [] });
    tell(portal, rows, { prices: PRICES });
    const fates = fatesOf(rows, PRICES);
    const kinds = [...fates.values()].map(({ kind }) => kind);
    t.ok(kinds.includes('never-ran') && kinds.includes('alive'));
    const notClosed = [...fates.keys()].filter((jobId) => portal.job(jobId)?.jobstatus === 'REQUEUED');
    t.ok(notClosed.length > 0, 'jobs requeued and then cancelled while pending are beyond the plugins');
    t.strictSame(faultsOfRecords(portal, fates, notClosed), []);
    t.strictSame(faultsOfUsage(portal), []);
    t.end();
  });
}
