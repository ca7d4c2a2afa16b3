import t from 'tap';
import type { Test } from 'tap';
import type { Row } from '../../src/core/job.js';
import { faultsOfRecords, faultsOfUsage } from './books.js';
import { fatesOf } from './due-record.js';
import { CHEAPER, DEARER, ENDED_LATER, MORE_CPUS, OTHER_QOS, STARTED_LATER, ZEROED, localTimeAsUtc, spoil } from './mischief.js';
import { FILES, PRICES, SOURCE, readRecordedRows } from './recorded-site.js';
import { changesOf, findingsOf, losing, openStory } from './story.js';
import type { Loss, Story } from './story.js';

// Recorded jobs, a portal in which the plugins told what they tell, and the command line between them.

async function recordedStory(t: Test, losses: Readonly<Record<string, Loss>> = {}): Promise<Story & { readonly rows: readonly Row[] }> {
  const rows = await readRecordedRows(t.testdir(FILES));
  const folder = { files: FILES, source: SOURCE, site: { runawayDays: 36_500 } };
  const story = await openStory(t, { rows, prices: PRICES, folder, isLost: losing(losses), flags: ['--end', '2026-11-22'] });
  return { ...story, rows };
}

void t.test('where the plugins were heard, run full plans nothing but the jobs that they cannot close', async (t) => {
  const { run, portal, rows } = await recordedStory(t);
  const puts = (): number => portal.requests.filter(({ method }) => method === 'PUT').length;
  const before = puts();
  const first = await run('full');
  t.strictSame(changesOf(first), ['update 201'], 'requeued, then cancelled while it waited');
  t.strictSame(findingsOf(first), ['requeued 201']);
  t.equal(puts(), before + 1);
  t.strictSame(faultsOfRecords(portal.state, fatesOf(rows, PRICES)), []);
  t.strictSame(faultsOfUsage(portal.state), []);
  t.strictSame(changesOf(await run('full')), []);
  t.equal(puts(), before + 1, 'and then not even that');
});

const LOSSES: Readonly<Record<string, Loss>> = {
  // Still RUNNING at their estimates.
  4: 'ends',
  21: 'ends',
  25: 'ends',
  202: 'ends',
  210: 'ends',
  // Without a record.
  5: 'all',
  13: 'all',
  27: 'all',
  203: 'all',
  209: 'all',
  // REQUEUED and RESIZING.
  29: 'last end',
  30: 'last end',
};

void t.test('what was lost and spoilt is set right by run update and run full, and what people decided stays', async (t) => {
  const { run, portal, rows } = await recordedStory(t, LOSSES);
  const { state } = portal;
  const fates = fatesOf(rows, PRICES);
  for (const [jobId, mischief] of [
    ['8', DEARER],
    ['20', CHEAPER],
    ['10', ENDED_LATER],
    ['23', STARTED_LATER],
    ['19', MORE_CPUS],
    ['24', OTHER_QOS],
    ['204', localTimeAsUtc(8)],
    ['11', ZEROED],
  ] as const) {
    spoil(state, jobId, mischief);
  }
  // Another job, a day before, whose id Slurm has used again: never to be written.
  state.put({ ...state.job('9'), submitdate: '2026-11-22T00:00:00Z', amount: '3.00' });
  // Task 3 of array 17 a second time, under the id that people see.
  state.put({ ...state.job('26'), jobslurmid: '17_3' });
  const leftAlone = ['9', '11', '17_3'];
  const before = leftAlone.map((id) => state.job(id));
  t.strictSame(faultsOfUsage(state), [], 'usage followed');

  const update = await run('update');
  t.equal(update.code, 0);
  t.strictSame(
    new Set(changesOf(update)),
    new Set(['4', '21', '25', '29', '30', '201', '202', '210'].map((id) => `update ${id}`)),
    'what was open is closed',
  );
  const full = await run('full');
  t.equal(full.code, 0);
  t.strictSame(
    new Set(changesOf(full)),
    new Set([
      ...['5', '13', '27', '203', '209'].map((id) => `create ${id}`),
      ...['8', '10', '19', '20', '23', '204'].map((id) => `update ${id}`),
    ]),
    'what was missing is there, what was wrong is right',
  );
  const stays = ['adjusted-by-hand 11', 'duplicate-array-id 17_3', 'id-reused 9'];
  t.strictSame(findingsOf(full), [...stays, 'clock-shifted 204', 'requeued 203', 'suspended 19'].sort());

  t.strictSame(faultsOfRecords(state, fates, ['9', '11']), []);
  t.strictSame(faultsOfUsage(state), []);
  t.strictSame(
    leftAlone.map((id) => state.job(id)),
    before,
    'never written',
  );
  const again = await run('full');
  t.strictSame(changesOf(again), [], 'a second run plans nothing');
  t.strictSame(findingsOf(again), stays);

  const decided = await run('full', '--zero-duplicates', '--overwrite-adjusted');
  t.strictSame(changesOf(decided), ['update 17_3', 'update 11']);
  t.equal(state.job('17_3')?.amount, '0.00', 'the array task is charged once');
  t.strictSame(faultsOfRecords(state, fates, ['9']), []);
  t.strictSame(faultsOfUsage(state), []);
  t.strictSame(changesOf(await run('full', '--zero-duplicates', '--overwrite-adjusted')), []);
});
