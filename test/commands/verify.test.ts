import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import t from 'tap';
import type { VerificationJson } from '../../src/core/verify/verification-json.js';
import { DEMONSTRATION_SEED } from '../portal/demonstration-seed.js';
import type { Seed } from '../portal/seed.js';
import { brcSync } from '../support/cli.js';
import { portalSite, type PortalSite } from '../support/portal-site.js';

const isVerification = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schemas/verify.schema.json', 'utf8')) as object,
);

async function verify(site: PortalSite, ...flags: readonly string[]): Promise<{ readonly code: number; readonly told: VerificationJson }> {
  const { code, stdout } = await site.brcSync('verify', '--sink', 'portal', '--json', ...flags);
  const told = JSON.parse(stdout) as VerificationJson;
  if (!isVerification(told)) throw new Error(JSON.stringify(isVerification.errors));
  return { code, told };
}

/** The differences, as `fc_alpha/0 -5.00, -5.00 unexplained: causes`. */
function differences({ balances }: VerificationJson): string[] {
  return balances
    .filter(({ difference }) => difference !== '0.00')
    .map(({ account, userId, difference, unexplained, causes }) => {
      const kinds = causes.map(({ kind }) => kind).join(' ');
      return `${account}/${userId ?? 'all'} ${difference}, ${unexplained} unexplained: ${kinds}`;
    });
}

/** The demonstration with another period of fc_alpha. */
function seedWithPeriod(start_date: string, end_date: string): Seed {
  const projects = DEMONSTRATION_SEED.projects.map((project) =>
    project.name === 'fc_alpha' && project.allocation !== null
      ? { ...project, allocation: { ...project.allocation, start_date, end_date } }
      : project,
  );
  return { ...DEMONSTRATION_SEED, projects };
}

void t.test('usage that is the sum of its records agrees, before and after a run; nothing is written', async (t) => {
  const site = await portalSite(t);
  const before = await site.brcSync('verify', '--sink', 'portal');
  t.equal(before.code, 0, before.stdout + before.stderr);
  t.match(
    before.stdout,
    /Usage of 2 accounts and of 3 of their users.*\n\n5 agree to the cent; 0 differ and can be explained; 0 cannot\.\n$/,
  );
  const run = await site.brcSync('run', 'full', '--source', 'fixture', '--sink', 'portal', '--start', '2026-11-22', '--end', '2026-11-22');
  t.equal(run.code, 0, run.stderr);
  const writes = site.portal.requests.filter(({ method }) => method !== 'GET').length;
  const { code, told } = await verify(site);
  t.equal(code, 0);
  t.same(differences(told), []);
  t.equal(site.portal.requests.filter(({ method }) => method !== 'GET').length, writes);
});

void t.test('usage that nothing explains: exit code 7, and how much is left', async (t) => {
  const site = await portalSite(t);
  site.portal.state.directory.allocation('co_beta').usage += 500n;
  const { code, told } = await verify(site);
  t.equal(code, 7);
  t.same(differences(told), ['co_beta/all 5.00, 5.00 unexplained: ']);
  t.match(told.counts, { agree: 4, explained: 0, unexplained: 1 });
  const people = await site.brcSync('verify', '--sink', 'portal');
  t.match(people.stdout, /co_beta +\(all\) +\S+ +\S+ +5\.00 +5\.00 +nothing that records or journals show/);
  t.match(people.stdout, /Nothing was changed\./);
  t.equal((await verify(site, '--account', 'fc_alpha')).code, 0);
});

void t.test('an estimate of a job that ended after the allocation explains usage', async (t) => {
  // The portal takes an estimate by its start alone, and the end of job 9999 lies behind the period.
  const site = await portalSite(t, { seed: seedWithPeriod('2026-06-01', '2026-11-30') });
  const job = {
    ...site.portal.state.job('4'),
    jobslurmid: '9999',
    submitdate: '2026-11-30T20:00:00Z',
    startdate: '2026-11-30T20:00:00Z',
    enddate: null,
    amount: '48.00',
    jobstatus: 'RUNNING',
  };
  site.portal.state.post(job);
  t.same(differences((await verify(site)).told), [], 'while it is open, its estimate counts');
  site.portal.state.put({ ...job, enddate: '2026-12-01T08:00:00Z', amount: '12.00', jobstatus: 'COMPLETING' });
  const { code, told } = await verify(site);
  t.equal(code, 0);
  t.same(differences(told), [
    'fc_alpha/all 48.00, 0.00 unexplained: ended-after-allocation',
    'fc_alpha/0 48.00, 0.00 unexplained: ended-after-allocation',
  ]);
  t.match(told.balances.find(({ account }) => account === 'fc_alpha')?.causes[0]?.records, [{ jobId: '9999', amount: '12.00' }]);
});

void t.test('an end at the very midnight after the last day is not charged, a second before it is', async (t) => {
  const site = await portalSite(t, { seed: seedWithPeriod('2026-06-01', '2026-11-30') });
  const whole = {
    ...site.portal.state.job('9'),
    accountid: 'fc_alpha',
    submitdate: '2026-11-30T20:00:00Z',
    startdate: '2026-11-30T20:00:00Z',
  };
  site.portal.state.put({ ...whole, jobslurmid: '9998', enddate: '2026-12-01T07:59:59Z', amount: '11.00' });
  site.portal.state.put({ ...whole, jobslurmid: '9999', enddate: '2026-12-01T08:00:00Z', amount: '12.00' });
  t.same(differences((await verify(site)).told), []);
});

void t.test('charges before the allowance was set anew on its first day explain missing usage', async (t) => {
  const site = await portalSite(t, { seed: seedWithPeriod('2026-11-22', '2027-05-31') });
  const allocation = site.portal.state.directory.allocation('fc_alpha');
  allocation.usage = 0n;
  for (const share of allocation.shares.values()) share.usage = 0n;
  const { code, told } = await verify(site);
  t.equal(code, 0);
  t.match(told.counts, { explained: 3, unexplained: 0 });
  t.match(differences(told)[0], /^fc_alpha\/all -[0-9.]+, 0\.00 unexplained: started-on-first-day$/);
});

void t.test('an amount that staff edited after brc-sync wrote it explains usage', async (t) => {
  const site = await portalSite(t);
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  const run = await site.brcSync('run', 'update', '--source', 'fixture', '--sink', 'portal', ...period);
  t.match(run.stdout, /Applied 7 changes/);
  const { usage } = site.portal.state.directory.allocation('co_beta');
  const job = site.portal.state.job('8');
  site.portal.state.put({ ...job, amount: '1.00' });
  // The portal's own pages edit a record and leave usage alone.
  const allocation = site.portal.state.directory.allocation('co_beta');
  for (const share of allocation.shares.values()) share.usage += usage - allocation.usage;
  allocation.usage = usage;
  const { code, told } = await verify(site);
  t.equal(code, 0, JSON.stringify(differences(told)));
  t.match(differences(told), [
    'co_beta/all 1.00, 0.00 unexplained: edited-since-written',
    'co_beta/0 1.00, 0.00 unexplained: edited-since-written',
  ]);
  t.match(told.balances.find(({ difference }) => difference !== '0.00')?.causes[0]?.records, [{ jobId: '8', amount: '1.00' }]);
});

void t.test('an allocation that was closed has no usage, and that is no error', async (t) => {
  const site = await portalSite(t);
  const allocation = site.portal.state.directory.allocation('fc_alpha');
  allocation.status = 'Expired';
  allocation.endDate = null;
  allocation.usage = 0n;
  for (const share of allocation.shares.values()) share.usage = 0n;
  const { code, told } = await verify(site);
  t.equal(code, 0);
  t.match(differences(told)[0], /fc_alpha\/all -.*, 0\.00 unexplained: allocation-closed/);
});

void t.test('a sink that does not know usage: exit code 2; one that does not answer: 6; an unknown account: 2', async (t) => {
  const site = await portalSite(t);
  const log = await brcSync(['verify', '--sink', 'log']);
  t.equal(log.code, 2);
  t.match(log.stderr, /cannot tell what `verify` compares: it has no .*usage/);
  const unknown = await site.brcSync('verify', '--sink', 'portal', '--account', 'fc_alfa');
  t.equal(unknown.code, 2);
  t.match(unknown.stderr, /fc_alfa: no such account; did you mean "fc_alpha"\?/);
  writeFileSync(join(site.folder, 'portal.token'), '2222222222222222222222222222222222222222');
  t.equal((await site.brcSync('verify', '--sink', 'portal')).code, 6);
});
