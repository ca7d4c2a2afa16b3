import t from 'tap';
import { NO_FLAGS } from '../../support/context.js';
import { ONE_ACCOUNT, siteInStep } from '../../support/digest-site.js';
import { HOUR, NOON, aJob, aRecord } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { runCore } from '../../support/run-core.js';

void t.test('the guard counts what was summed: a few closed records among many are few', async (t) => {
  const site = siteInStep(700);
  await site.run();
  for (let index = 0; index < 12; index += 1) {
    site.spoil(String(1300 + index), { amount: '0.50' });
  }
  const { changes, summary } = await site.digest();
  t.equal(changes.length, 12);
  t.same(summary.guard.breaches, []);
  t.equal(summary.applied?.applied, 12);
});

void t.test('an account that is wrong all over is read whole, not halved for ever', async (t) => {
  const site = siteInStep();
  await site.run();
  for (const jobId of site.sink.records.keys()) site.spoil(jobId, { amount: '2.00' });
  const { changes } = await site.digest({ dryRun: true });
  t.equal(changes.length, 600);
  t.equal(site.listed, 600);
  t.ok(site.sums <= 50, `${site.sums} sums asked for`);
});

void t.test('--account and --start digest what they name; a wider window than was read is read', async (t) => {
  const site = siteInStep();
  await site.run({ start: '2026-08-01' });
  t.ok(site.listed < 100);
  await site.digest({ start: '2026-08-15' });
  t.equal(site.listed, 0);
  const { summary } = await site.digest();
  t.equal(site.listed, 600);
  t.match(summary.notes, [/first full reading/]);
  await site.digest({ accounts: ['fc_alpha'], end: '2026-08-20' });
  t.equal(site.listed, 0, 'jobs that ended since are in the sums of both sides');
});

void t.test('a sink that tells no sums, or looks nothing up, cannot be digested, and says so before anything is read', async (t) => {
  for (const method of ['totals', 'record'] as const) {
    const sink = memorySink([], { accounts: ONE_ACCOUNT });
    Reflect.deleteProperty(sink, method);
    await t.rejects(runCore({ source: memorySource([]), sink, request: { compare: 'digest' } }), {
      code: 'CAPABILITY_MISSING',
      remedy: /--compare records/,
    });
  }
});

void t.test('--strict-prices looks at what is only summed, too', async (t) => {
  const site = siteInStep();
  await site.run();
  site.rows.push(aJob({ jobId: '9', partition: 'nowhere', submittedAt: NOON, startedAt: NOON, endedAt: NOON + HOUR }));
  site.sink.records.set('9', aRecord({ jobId: '9', partition: 'nowhere', amount: '0.00', submittedAt: NOON, startedAt: NOON }));
  await t.rejects(site.digest({ flags: { ...NO_FLAGS, strictPrices: true } }), { code: 'PARTITION_UNKNOWN', message: /nowhere \(job 9\)/ });
});
