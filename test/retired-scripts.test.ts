import { readFileSync } from 'node:fs';
import t from 'tap';
import { reconcile, siteFolder, type PlannedChange } from './support/site-folder.js';
import { CANCELLED_PENDING, openJob, portalJob, portalPage, sacctText } from './support/inputs.js';

// What the retired scripts did wrong, by the numbers of their list of defects.

const UNTIL = ['--end', '2026-11-12'];

function amounts(changes: readonly PlannedChange[]): string[] {
  return changes.map(({ jobId, after }) => `${jobId} ${after.amount}`);
}

void t.test('2: a task of an array goes by its raw id, and is never charged a second time', async (t) => {
  const jobs = sacctText({ JobID: '123_4', JobIDRaw: '127' }, { JobID: '123_5', JobIDRaw: '128' });
  const records = portalPage([portalJob({ jobslurmid: '123_4' })]);
  const folder = siteFolder(t, { files: { 'jobs.psv': jobs, 'records.json': records }, sink: { records: 'records.json' } });

  const plain = await reconcile(folder, 'full', ...UNTIL);
  t.same(amounts(plain.changes), ['128 12.00'], 'no second record for the task that stands there under 123_4');
  t.match(plain.findings, [{ kind: 'duplicate-array-id', jobId: '123_4', suAtStake: '12.00', message: /127/ }]);

  const zeroed = await reconcile(folder, 'full', '--zero-duplicates', ...UNTIL);
  const ofTask = zeroed.changes.filter(({ jobId }) => jobId !== '128');
  t.same(amounts(ofTask), ['123_4 0.00', '127 12.00'], 'first the 0.00, then the raw id');
});

void t.test('3: node lists with brackets are sent as names', async (t) => {
  const jobs = sacctText({ NodeList: 'n0[001-003].savio3', AllocCPUS: '96', AllocNodes: '3', ReqNodes: '3' });
  const sink = { file: 'changes.ndjson', format: 'ndjson' };
  const folder = siteFolder(t, { files: { 'jobs.psv': jobs }, sink });
  await reconcile(folder, 'full', ...UNTIL);
  const sent = JSON.parse(readFileSync(`${folder}/changes.ndjson`, 'utf8')) as PlannedChange;
  t.same(sent.after.nodes, ['n0001.savio3', 'n0002.savio3', 'n0003.savio3']);
});

void t.test('4: partitions are priced by their exact names, unknown ones at 0.00 and aloud', async (t) => {
  const partitions = ['savio', 'savio3', 'savio3_htc', 'savio3_gpu', 'SAVIO3'];
  const rows = partitions.map((Partition, index) => ({ JobIDRaw: String(101 + index), Partition }));
  const folder = siteFolder(t, {
    files: { 'jobs.psv': sacctText(...rows), 'prices.toml': '[PartitionPrice]\nsavio = 1\nsavio3 = 12\nsavio3_htc = 9\n' },
  });
  const { changes, findings } = await reconcile(folder, 'full', ...UNTIL);
  t.same(amounts(changes), ['101 1.00', '102 12.00', '103 9.00', '104 0.00', '105 0.00']);
  t.match(
    findings.map(({ kind, jobId }) => [kind, jobId]),
    [
      ['unknown-partition', '104'],
      ['unknown-partition', '105'],
    ],
  );
});

void t.test('5: nobody’s uid in the state', async (t) => {
  const jobs = sacctText(
    { State: 'CANCELLED by 1234' },
    { JobIDRaw: '102', State: 'CANCELLED by 1234' },
    { JobIDRaw: '103', State: 'CANCELLED by 1234' },
  );
  const records = portalPage([openJob(), portalJob({ jobslurmid: '102', jobstatus: 'CANCELLED by 1234' })]);
  const folder = siteFolder(t, { files: { 'jobs.psv': jobs, 'records.json': records }, sink: { records: 'records.json' } });
  const { changes } = await reconcile(folder, 'full', ...UNTIL);
  t.same(
    changes.map(({ kind, jobId, after }) => [kind, jobId, after.state]),
    [
      ['update', '101', 'CANCELLED'],
      ['create', '103', 'CANCELLED'],
    ].sort(),
    'and a record that has it agrees',
  );
});

void t.test('5: a state that was cut to its column is refused', async (t) => {
  const folder = siteFolder(t, { files: { 'jobs.psv': sacctText({ State: 'OUT_OF_ME+' }) } });
  await t.rejects(reconcile(folder, 'full', ...UNTIL), /jobs\.psv line 2: State = "OUT_OF_ME\+"/);
});

void t.test('6: Pacific times give the charges of epoch times, also across both changes of the clock', async (t) => {
  const spring = {
    Submit: ['2026-03-08T01:00:00', 1772960400],
    Start: ['2026-03-08T01:30:00', 1772962200],
    End: ['2026-03-08T03:30:00', 1772965800],
  } as const;
  const autumn = {
    Submit: ['2026-11-01T00:00:00', 1793516400],
    Start: ['2026-11-01T00:30:00', 1793518200],
    End: ['2026-11-01T03:30:00', 1793532600],
  } as const;
  const twice = {
    Submit: ['2026-11-01T00:00:00', 1793516400],
    Start: ['2026-11-01T01:30:00', 1793521800],
    End: ['2026-11-01T01:45:00', 1793526300],
  } as const;
  const written = (form: 0 | 1): string =>
    sacctText(
      ...[spring, autumn, twice].map(({ Submit, Start, End }, index) => ({
        JobIDRaw: String(901 + index),
        Submit: String(Submit[form]),
        Start: String(Start[form]),
        End: String(End[form]),
        ElapsedRaw: String(End[1] - Start[1]),
      })),
    );
  const recording = (name: string): string => readFileSync(`test/fixtures/slurm-22.05.8/${name}`, 'utf8');
  const allocations = ['fc_alpha', 'co_beta'].map((project) => {
    return {
      id: project.length,
      project,
      resources: [{ name: 'Savio Compute' }],
      status: 'Active',
      start_date: '2026-01-01',
      end_date: '2026-12-31',
    };
  });
  const plans = [];
  for (const [files, timeZone] of [
    [{ 'a.psv': recording('sacct-pacific.psv'), 'b.psv': written(0) }, 'America/Los_Angeles'],
    [{ 'a.psv': recording('sacct-epoch.psv'), 'b.psv': written(1) }, undefined],
  ] as const) {
    const folder = siteFolder(t, {
      files: { ...files, 'allocations.json': JSON.stringify(allocations) },
      source: { files: ['a.psv', 'b.psv'], timeZone },
      sink: { allocations: 'allocations.json' },
    });
    plans.push(await reconcile(folder, 'full', '--end', '2026-11-22'));
  }
  const [pacific, epoch] = plans;
  t.same(pacific?.changes, epoch?.changes);
  t.ok((pacific?.changes.length ?? 0) > 25);
  const own = pacific?.changes.filter(({ jobId }) => jobId.startsWith('90')) ?? [];
  t.same(amounts(own), ['901 12.00', '902 48.00', '903 15.00'], 'one hour, four hours, an hour and a quarter');
});

void t.test('8: a first page that stands twice in a snapshot is read once', async (t) => {
  const all = [openJob(), portalJob({ jobslurmid: '102' }), portalJob({ jobslurmid: '103' })];
  const first = portalPage(all.slice(0, 2), all);
  const jobs = sacctText({}, { JobIDRaw: '102' }, { JobIDRaw: '103' });
  const folder = siteFolder(t, {
    files: { 'jobs.psv': jobs, 'records.json': first + first + portalPage(all.slice(2), all) },
    sink: { records: 'records.json' },
  });
  const { summary, changes } = await reconcile(folder, 'full', ...UNTIL);
  t.match(summary.totals, { recordsRead: 3, equal: 2, updates: 1, creates: 0, suNet: '-84.00' });
  t.same(amounts(changes), ['101 12.00']);
});

for (const count of [0, 1, 9]) {
  void t.test(`10: ${count} jobs are enough`, async (t) => {
    const jobs = sacctText(...Array.from({ length: count }, (_, index) => ({ JobIDRaw: String(101 + index) })));
    const folder = siteFolder(t, { files: { 'jobs.psv': jobs } });
    const { code, changes } = await reconcile(folder, 'full', ...UNTIL);
    t.same([code, changes.length], [0, count]);
  });
}

void t.test('11: a job cancelled while pending loses its estimate', async (t) => {
  const jobs = sacctText({ ...CANCELLED_PENDING, Start: 'Unknown' }, { ...CANCELLED_PENDING, JobIDRaw: '102', Start: 'None' });
  const records = portalPage([openJob(), openJob({ jobslurmid: '102' })]);
  const folder = siteFolder(t, { files: { 'jobs.psv': jobs, 'records.json': records }, sink: { records: 'records.json' } });
  const { changes } = await reconcile(folder, 'update', ...UNTIL);
  t.same(amounts(changes), ['101 0.00', '102 0.00']);
  for (const { after, suDifference } of changes) {
    const cancelledAt = '2026-11-10T18:30:00Z';
    t.match(after, { state: 'CANCELLED', startedAt: cancelledAt, endedAt: cancelledAt, cpuCount: 0 });
    t.equal(suDifference, '-96.00');
  }
});
