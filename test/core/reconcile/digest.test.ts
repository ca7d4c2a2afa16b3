import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { NO_FLAGS } from '../../support/context.js';
import { DAY, NOW, ONE_ACCOUNT, Site, inStep, siteInStep } from '../../support/digest-site.js';
import { ACCOUNTS, RECORDS, ROWS } from '../../support/every-kind.js';
import { HOUR, NOON, aJob, aRecord, anOpenRecord } from '../../support/jobs.js';

for (const flags of [NO_FLAGS, { ...NO_FLAGS, zeroDuplicates: true }]) {
  void t.test(
    `after a full reading a digest reads no list, whatever was left different${flags.zeroDuplicates ? ', or zeroed' : ''}`,
    async (t) => {
      const site = new Site(ROWS, RECORDS);
      const full = await site.run({ flags });
      t.ok(full.changes.length > 5 && full.findings.length > 5);
      t.equal(site.sums, 0);
      const { changes, summary } = await site.digest();
      t.same(changes, []);
      t.equal(site.listed, 0);
      t.equal(site.sums, ACCOUNTS.length);
      t.match(summary.notes, [
        /^\d+ records were compared by count and sums/,
        /^\d+ records .* were not looked at again/,
        /last full reading was at/,
      ]);
      t.equal(summary.totals.recordsRead + summary.totals.recordsSummed >= RECORDS.length - 1, true);
    },
  );
}

void t.test('without a remembered full reading a digest reads every record, says so, and remembers', async (t) => {
  const site = siteInStep();
  const first = await site.digest();
  t.equal(site.listed, 600);
  t.match(first.summary.notes, ['1 of 1 accounts had never been read record by record; this was their first full reading.']);
  const second = await site.digest();
  t.equal(site.listed, 0);
  t.match(second.summary.totals, { recordsRead: 0, recordsSummed: 600, jobsRead: 600 });
  const [file = ''] = readdirSync(join(site.state, 'readings'));
  t.equal(statSync(join(site.state, 'readings', file)).mode & 0o777, 0o600);
});

void t.test('a full reading is asked for after seven days, and --compare records is one', async (t) => {
  const site = siteInStep();
  await site.run();
  const young = await site.digest({}, NOW + 7 * DAY);
  t.match(young.summary.notes.at(-1), /^The last full reading was at 2026-09-01T22:00:00Z\.$/);
  const old = await site.digest({}, NOW + 7 * DAY + 1);
  t.match(old.summary.notes.at(-1), /more than 7 days ago: run it again with --compare records/);
  await site.run({}, NOW + 8 * DAY);
  const renewed = await site.digest({}, NOW + 9 * DAY);
  t.match(renewed.summary.notes.at(-1), /^The last full reading was at 2026-09-09T22:00:00Z\.$/);
});

for (const [title, spoil, kind] of [
  ['a missing record', (site: Site) => site.sink.records.delete('1300'), 'create'],
  ['a wrong amount', (site: Site) => site.spoil('1300', { amount: '1.01' }), 'update'],
  ['wrong CPU hours', (site: Site) => site.spoil('1300', { cpuHours: 9, cpuCount: 9 }), 'update'],
] as const) {
  void t.test(`${title} is found among six hundred by reading a few`, async (t) => {
    const site = siteInStep();
    await site.run();
    spoil(site);
    const { changes } = await site.digest();
    t.match(changes, [{ jobId: '1300', kind }]);
    t.ok(site.listed > 0 && site.listed <= 50, `${site.listed} records read`);
    t.ok(site.sums <= 6, `${site.sums} sums asked for`);
    const again = await site.digest();
    t.same(again.changes, [], 'it has been put right');
    t.equal(site.listed, 0);
  });
}

void t.test('an extra record is found, and then remembered', async (t) => {
  const site = siteInStep();
  await site.run();
  site.sink.records.set('77', aRecord({ jobId: '77', startedAt: NOON - 100 * DAY, amount: '0.00', cpuHours: 0 }));
  const { findings } = await site.digest();
  t.match(findings, [{ kind: 'missing-in-source', jobId: '77' }]);
  t.ok(site.listed <= 50);
  const again = await site.digest();
  t.equal(site.listed, 0);
  t.match(again.summary.notes, [
    /601 records were compared/,
    '1 records that earlier readings left different were not looked at again.',
    /last full/,
  ]);
  t.same(again.findings, []);
});

void t.test('jobs that began before the window and ended in it are looked up: no sum of the window has them', async (t) => {
  const before = { submittedAt: NOON - 401 * DAY, startedAt: NOON - 401 * DAY, endedAt: NOON - 399 * DAY };
  const straddling = { ...before, rawHours: 48, cpuHours: 48 };
  const site = siteInStep();
  site.rows.push(...['11', '12', '13', '14'].map((jobId) => aJob({ jobId, ...before })));
  for (const jobId of ['11', '12', '13']) site.sink.records.set(jobId, aRecord({ jobId, ...straddling, amount: '48.00' }));
  site.spoil('13', { amount: '0.00' });
  t.match((await site.run()).changes, [{ jobId: '14', kind: 'create' }]);
  t.same((await site.digest()).changes, []);
  site.sink.records.delete('11');
  site.spoil('12', { amount: '50.00' });
  const { changes, findings } = await site.digest();
  t.match(changes, [
    { jobId: '11', kind: 'create' },
    { jobId: '12', kind: 'update', after: { amount: '48.00' } },
  ]);
  const told = findings.map(({ kind, jobId }) => `${kind} ${jobId}`);
  t.same(told, ['outside-allocation 11', 'outside-allocation 12'], 'of 13, which a full reading left different, nothing again');
  t.equal(site.listed, 0);
  t.same((await site.digest()).changes, []);
});

void t.test('what a run did not apply is found again', async (t) => {
  const site = siteInStep();
  site.sink.records.delete('1300');
  await site.run({ dryRun: true });
  const { changes } = await site.digest({ dryRun: true });
  t.match(changes, [{ jobId: '1300', kind: 'create' }]);
  t.match((await site.digest()).changes, [{ jobId: '1300', kind: 'create' }]);
  t.same((await site.digest()).changes, []);
});

void t.test('new jobs, running jobs and jobs that have just ended agree without a list', async (t) => {
  const site = siteInStep();
  await site.run();
  const at = (hours: number) => ({ submittedAt: NOW + hours * HOUR, startedAt: NOW + hours * HOUR, endedAt: NOW + (hours + 1) * HOUR });
  site.rows.push(
    aJob({ jobId: '5001', ...at(1) }),
    aJob({ jobId: '5002', ...at(2), state: 'RUNNING', endedAt: null }),
    aJob({ jobId: '5003', ...at(3), endedAt: NOW + 10 * HOUR - 60 }),
    aJob({ jobId: '5004', ...at(3), endedAt: NOW + 10 * HOUR - 60 }),
    aJob({ jobId: '5005', ...at(3), endedAt: NOW + 10 * HOUR - 60 }),
  );
  for (const record of [
    aRecord({ jobId: '5001', ...at(1) }),
    anOpenRecord({ jobId: '5002', ...at(2), endedAt: null }),
    aRecord({ jobId: '5003', ...at(3), amount: '6.98', endedAt: NOW + 10 * HOUR - 60 }),
    anOpenRecord({ jobId: '5004', ...at(3), endedAt: null }),
  ])
    site.sink.records.set(record.jobId, record);
  const { changes, findings } = await site.digest({}, NOW + 10 * HOUR);
  t.same(changes, []);
  t.same(findings, []);
  t.equal(site.listed, 0);
  t.same(site.lookedUp.sort(), ['5003', '5005'], 'what may or may not have its record is looked up');
});

void t.test('an open record of a job that has ended is closed', async (t) => {
  const site = siteInStep();
  await site.run();
  const times = { submittedAt: NOW, startedAt: NOW, endedAt: NOW + HOUR };
  site.rows.push(aJob({ jobId: '5001', ...times }));
  site.sink.records.set('5001', anOpenRecord({ jobId: '5001', ...times, endedAt: null }));
  const { changes } = await site.digest({}, NOW + DAY);
  t.match(changes, [{ jobId: '5001', kind: 'update', suDifference: '-23.00' }]);
  t.equal(site.listed, 0);
  t.same((await site.digest({}, NOW + DAY)).changes, []);
});

void t.test('a closed record of a running job is remembered until the job ends, and then looked at', async (t) => {
  const site = siteInStep();
  const times = { submittedAt: NOON, startedAt: NOON };
  site.rows.push(aJob({ jobId: '5001', ...times, state: 'RUNNING', endedAt: null }));
  site.sink.records.set('5001', aRecord({ jobId: '5001', ...times, endedAt: NOON + 60, amount: '0.02', cpuHours: 1 / 60 }));
  t.match((await site.run()).findings, [{ kind: 'still-running' }]);
  t.same((await site.digest()).findings, []);
  t.equal(site.listed, 0);
  site.rows.pop();
  site.rows.push(aJob({ jobId: '5001', ...times, endedAt: NOW + 2 * HOUR }));
  const { changes } = await site.digest({}, NOW + DAY);
  t.match(changes, [{ jobId: '5001', kind: 'update', after: { amount: '12.00' } }]);
  t.equal(site.listed, 0, 'by itself');
  t.same((await site.digest({}, NOW + DAY)).changes, []);
});

void t.test('what a flag would change is looked at, though it is remembered', async (t) => {
  const site = siteInStep();
  site.spoil('1300', { amount: '0.00' });
  t.match((await site.run()).findings, [{ kind: 'adjusted-by-hand' }]);
  t.same((await site.digest()).changes, []);
  const { changes } = await site.digest({ flags: { ...NO_FLAGS, overwriteAdjusted: true } });
  t.match(changes, [{ jobId: '1300', after: { amount: '1.00' } }]);
  t.same(site.lookedUp, ['1300']);
  t.same((await site.digest()).summary.notes.length, 2, 'nothing is left different');
});

void t.test('a remembered record that changes since is found', async (t) => {
  const site = siteInStep();
  site.spoil('1300', { amount: '0.00' });
  await site.run();
  site.spoil('1300', { amount: '5.00' });
  t.match((await site.digest()).changes, [{ jobId: '1300', after: { amount: '1.00' } }]);
});

void t.test('either cent of a tie agrees; ties that this tool wrote are known to the cent (money 9)', async (t) => {
  const { rows, records } = inStep(100);
  // 3 CPUs × 8 s × 0.75 SU/h is half a cent, and 9 does not divide 8.
  const tie = (startedAt: number | null) => ({ partition: 'savio2_htc', cpuCount: 3, endedAt: (startedAt ?? 0) + 8 });
  const hours = { rawHours: 8 / 3600, cpuHours: 24 / 3600 };
  const site = new Site(
    rows.map((row) => ({ ...row, ...tie(row.startedAt) })),
    records.map((record, index) => ({ ...record, ...tie(record.startedAt), ...hours, amount: index % 2 === 0 ? '0.01' : '0.00' })),
    ONE_ACCOUNT,
  );
  t.same((await site.run()).changes, []);
  t.same((await site.digest()).changes, []);
  t.equal(site.listed, 0);
  site.spoil('1001', { amount: '0.60' });
  t.match((await site.digest()).changes, [{ jobId: '1001', after: { amount: '0.01' } }], 'outside Σ low … Σ high');

  for (const jobId of site.sink.records.keys()) site.spoil(jobId, { amount: '0.50' });
  const all = await site.run();
  t.equal(all.changes.length, 99, 'now every record is ours');
  t.match(all.findings, [{ kind: 'adjusted-by-hand', jobId: '1001' }], 'but one that was ours before');
  site.spoil('1003', { amount: '0.00' });
  await site.digest();
  t.ok(site.listed > 0, 'a single cent shows');
});
