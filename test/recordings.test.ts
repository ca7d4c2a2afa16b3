import { readFileSync } from 'node:fs';
import t from 'tap';
import { reconcile, siteFolder } from './support/site-folder.js';

// Recordings of a live cluster, from files to a plan, against a portal without records.

const UNTIL = ['--all-findings', '--end', '2026-11-22'];
const PASSWD = 'root:x:0:0::/root:/bin/sh\nhpcu0:x:20001:20001::/:/bin/sh\n';

function recording(name: string): string {
  return readFileSync(`test/fixtures/slurm-22.05.8/${name}`, 'utf8');
}

void t.test('every row of a recording is part of a job or a named finding', async (t) => {
  const text = recording('sacct-by-id.psv');
  const ids = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('|')[1]!);
  t.equal(ids.length, 49);
  const folder = siteFolder(t, { files: { 'jobs.psv': text } });
  const { code, changes, findings } = await reconcile(folder, 'full', ...UNTIL);
  const created = changes.filter(({ kind }) => kind === 'create').map(({ jobId }) => jobId);
  const neverStarted = findings.filter(({ kind }) => kind === 'never-started').map(({ jobId }) => jobId ?? '');

  t.equal(code, 0);
  t.same([...created, ...neverStarted].sort(), [...new Set(ids)].sort(), 'each id once, as one or the other');
  t.same(neverStarted.sort(), ['18', '31', '32', '33', '34', '43', '44', '45']);
  t.equal(created.length + neverStarted.length, 48, 'the two rows of the resized job 30 are one');
  t.same(
    findings.filter(({ kind }) => kind !== 'never-started').map(({ kind, jobId }) => [kind, jobId]),
    [
      ['suspended', '19'],
      ['resized', '30'],
    ],
  );
});

for (const name of ['sacct-duplicates.psv', 'rest-v0.0.38-jobs.json']) {
  void t.test(`${name}: the requeued and the resized job are one job each, charged once`, async (t) => {
    const files = { jobs: recording(name), passwd: PASSWD };
    const folder = siteFolder(t, { files, source: { files: 'jobs', timeZone: 'UTC' }, site: { userMap: { file: 'passwd' } } });
    const { changes, findings } = await reconcile(folder, 'full', ...UNTIL);
    const ofJob = (id: string) => changes.filter(({ jobId }) => jobId === id);

    t.match(ofJob('29'), [
      {
        kind: 'create',
        suDifference: '0.08',
        after: {
          state: 'COMPLETING',
          submittedAt: '2026-11-23T04:14:31Z',
          startedAt: '2026-11-23T04:17:19Z',
          endedAt: '2026-11-23T04:17:44Z',
          cpuCount: 1,
        },
      },
    ]);
    t.match(ofJob('30'), [
      {
        kind: 'create',
        suDifference: '0.20',
        after: {
          state: 'COMPLETING',
          submittedAt: '2026-11-23T04:14:31Z',
          startedAt: '2026-11-23T04:14:31Z',
          endedAt: '2026-11-23T04:15:31Z',
          cpuCount: 1,
          nodes: ['n0101'],
        },
      },
    ]);
    t.equal(ofJob('29').length + ofJob('30').length, 2);
    t.ok(
      changes.every(({ after }) => (after.submittedAt ?? '') <= (after.startedAt ?? '')),
      'no start lies before its submit',
    );
    t.match(new Set(findings.map(({ kind, jobId }) => `${kind} ${jobId ?? ''}`)), new Set(['requeued 29', 'resized 30']));
  });
}
