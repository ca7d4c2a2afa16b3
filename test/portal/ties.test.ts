import t from 'tap';
import { call } from './call.js';
import { readListsJobs, readRecordedSeed } from './fixtures.js';
import type { JobView } from './job.js';
import { startPortal } from './start-portal.js';
import type { RunningPortal } from './start-portal.js';

const SEED = { ...readRecordedSeed(), jobs: readListsJobs().map((job) => ({ ...job })) };
const OPTIONS = { seed: SEED, now: '2026-11-23T00:00:00Z' };

async function page(portal: RunningPortal, number: number): Promise<JobView[]> {
  const answer = await call(portal, 'GET', `jobs/?page=${number}`);
  return (answer.json() as { results: JobView[] }).results;
}

const ids = (jobs: readonly JobView[]): string[] => jobs.map((job) => job.jobslurmid);

void t.test('jobs that start together come in another order each time, all others in order of start', async (t) => {
  const portal = await startPortal(OPTIONS);
  t.teardown(() => portal.close());
  const [first, again] = [await page(portal, 1), await page(portal, 1)];
  t.notSame(ids(again), ids(first));
  for (const jobs of [first, again, await page(portal, 2)]) {
    const starts = jobs.map((job) => job.startdate ?? '');
    t.strictSame(starts, [...starts].sort());
  }
  t.strictSame(ids(await page(portal, 3)), ids(await page(portal, 3)), 'a page without ties stays as it is');
});

void t.test('a job can repeat on, or fall between, two pages', async (t) => {
  const portal = await startPortal(OPTIONS);
  t.teardown(() => portal.close());
  const all = [...(await page(portal, 1)), ...(await page(portal, 2)), ...(await page(portal, 3))];
  t.equal(all.length, 245);
  t.ok(new Set(ids(all)).size < 245);
});

void t.test('the same requests meet the same orders', async (t) => {
  const [one, other] = [await startPortal(OPTIONS), await startPortal(OPTIONS)];
  t.teardown(() => Promise.all([one.close(), other.close()]));
  for (const number of [1, 2, 1]) t.strictSame(ids(await page(one, number)), ids(await page(other, number)));
});
