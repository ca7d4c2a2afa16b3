import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { RunSummary } from '../../src/core/report.js';
import { startPortal } from '../portal/start-portal.js';
import { portalSite, type PortalSite } from '../support/portal-site.js';

const NAMES = ['--source', 'fixture', '--sink', 'portal'];
const PERIOD = ['--start', '2026-11-22', '--end', '2026-11-22'];
const JOBS = (JSON.parse(readFileSync('examples/portal-jobs.json', 'utf8')) as { results: { jobslurmid: string }[] }).results;

/** Records without nodes, which a portal only ever adds, and what is used of each account and by each user. */
function stateOf({ portal }: PortalSite, ids: readonly string[]): object {
  const records = ids.map((id) => {
    const job = portal.state.job(id);
    return job === null ? null : { ...job, nodes: null };
  });
  const accounts = ['fc_alpha', 'co_beta'].map((account) => [
    portal.state.accountUsage(account),
    ...['root', 'hpcu0'].map((user) => (account === 'co_beta' && user === 'hpcu0' ? 0n : portal.state.userUsage(account, user))),
  ]);
  return { records, accounts };
}

function puts({ portal }: PortalSite): number {
  return portal.requests.filter(({ method }) => method === 'PUT').length;
}

const IDS = JOBS.map(({ jobslurmid }) => jobslurmid);

void t.test('plan keeps a plan and changes nothing; apply makes exactly its changes, once', async (t) => {
  const site = await portalSite(t);
  const plan = join(site.folder, 'plan.ndjson');
  const made = await site.brcSync('plan', 'update', ...NAMES, ...PERIOD, '--out', plan);
  t.equal(made.code, 0, made.stderr);
  t.match(made.stdout, /Plan: 7 changes planned, nothing was sent\./);
  t.equal(puts(site), 0);
  t.equal((await site.brcSync('plan', 'update', ...NAMES, ...PERIOD, '--out', plan)).code, 2);

  const applied = await site.brcSync('apply', plan);
  t.equal(applied.code, 0, applied.stderr);
  t.match(applied.stdout, /Applied 7 changes \(-236\.89 SU\)/);
  const again = await site.brcSync('apply', plan);
  t.equal(again.code, 2);
  t.match(again.stderr, /has been applied already/);
  t.equal(puts(site), 7);
});

void t.test('apply leaves a record alone that moved since, reports it, and does the rest', async (t) => {
  const site = await portalSite(t);
  const plan = join(site.folder, 'plan.ndjson');
  await site.brcSync('plan', 'update', ...NAMES, ...PERIOD, '--out', plan);
  const { jobslurmid, userid, accountid } = site.portal.state.job('4')!;
  site.portal.state.put({ jobslurmid, userid, accountid, qos: 'set by somebody' });
  const { code, stdout } = await site.brcSync('apply', plan, '--json');
  t.equal(code, 3);
  const { applied } = JSON.parse(stdout) as RunSummary;
  t.match(applied, { applied: 6, moved: 1, planned: 7, problems: [{ outcome: 'moved', first: [{ jobId: '4', message: /qos/ }] }] });
  t.equal(site.portal.state.job('4')!.amount, '48.00');
});

void t.test(
  'a plan that was edited, or made under other prices or another configuration, is refused before anything is sent',
  async (t) => {
    const site = await portalSite(t);
    const plan = join(site.folder, 'plan.ndjson');
    await site.brcSync('plan', 'update', ...NAMES, ...PERIOD, '--out', plan);
    const text = readFileSync(plan, 'utf8');
    const edited = join(site.folder, 'edited.ndjson');
    for (const changed of [
      text.replace('"amount":"0.04"', '"amount":"0.05"'),
      text.slice(0, -20),
      text.split('\n').slice(0, 3).join('\n'),
    ]) {
      writeFileSync(edited, changed);
      const refused = await site.brcSync('apply', edited);
      t.equal(refused.code, 2);
      t.match(refused.stderr, /was changed after it was made|is not whole/);
    }
    const prices = join(site.folder, 'bank-config.toml');
    const before = readFileSync(prices, 'utf8');
    writeFileSync(prices, before.replace(/= *([0-9.]+)/, '= 9$1'));
    t.match((await site.brcSync('apply', plan)).stderr, /was made under other price lists/);
    writeFileSync(prices, before);
    const plugins = join(site.folder, 'plugins.json');
    writeFileSync(plugins, readFileSync(plugins, 'utf8').replace('"portal.token"}', '"portal.token"},"maxInFlight":2'));
    t.match((await site.brcSync('apply', plan)).stderr, /another configuration of sink portal/);
    t.equal(puts(site), 0);
  },
);

/** The same plan with another header, and the digest that fits it: as if it had been made so. */
function remade(text: string, header: object): string {
  const lines = text.trimEnd().split('\n');
  const end = JSON.parse(lines.at(-1) ?? '') as object;
  const before = [JSON.stringify({ ...(JSON.parse(lines[0] ?? '') as object), ...header }), ...lines.slice(1, -1)].join('\n') + '\n';
  return `${before}${JSON.stringify({ ...end, digest: createHash('sha256').update(before).digest('hex') })}\n`;
}

void t.test('a plan that is too old, or was made for another sink, is refused with the reason', async (t) => {
  const site = await portalSite(t);
  const plan = join(site.folder, 'plan.ndjson');
  await site.brcSync('plan', 'update', ...NAMES, ...PERIOD, '--out', plan);
  const text = readFileSync(plan, 'utf8');
  const refused = async (changed: string, ...flags: readonly string[]): Promise<string> => {
    const path = join(site.folder, 'remade.ndjson');
    writeFileSync(path, changed);
    const { code, stderr } = await site.brcSync('apply', path, ...flags);
    t.equal(code, 2);
    t.match(stderr, /plan/);
    return stderr;
  };
  t.match(await refused(remade(text, { expiresAt: '2026-11-22T00:00:00Z' })), /is too old: it could be applied until 2026-11-22T00:00:00Z/);
  t.match(await refused(remade(text, { sink: { name: 'elsewhere', plugin: 'coldfront', cluster: null } })), /elsewhere/);
  t.match(await refused(remade(text, { sink: { name: 'old', plugin: 'mybrc', cluster: null } })), /another configuration of sink old/);

  const other = await startPortal();
  t.teardown(() => other.close());
  const target = ['--target', other.baseUrl, '--token-file', join(site.folder, 'portal.token')];
  t.match(await refused(text, ...target), /was made for another place|another configuration of sink portal/);
  t.equal(other.requests.length, 0);
  t.equal(puts(site), 0);
  // Nothing of that has used it up.
  t.equal((await site.brcSync('apply', plan)).code, 0);
});

void t.test('a run that was killed is gone on with: nothing is sent twice, and all is as it should be', async (t) => {
  const whole = await portalSite(t);
  await whole.brcSync('run', 'update', ...NAMES, ...PERIOD);

  const site = await portalSite(t);
  const run = spawn(process.execPath, [resolve('bin/run.js'), 'run', 'update', ...NAMES, ...PERIOD], {
    env: {
      ...process.env,
      BRC_SYNC_PLUGINS: join(site.folder, 'plugins.json'),
      BRC_SYNC_STATE_DIR: join(site.folder, 'state'),
      BRC_SYNC_LOCK_DIR: join(site.folder, 'locks'),
    },
  });
  const isWrite = ({ method }: { readonly method: string }): boolean => method === 'PUT';
  while (site.portal.requests.filter(isWrite).length < 3) await new Promise((resolve) => setImmediate(resolve));
  run.kill('SIGKILL');
  await once(run, 'exit');

  const resumed = await site.brcSync('resume', '--json');
  t.equal(resumed.code, 0, resumed.stderr);
  const { action, applied } = JSON.parse(resumed.stdout) as RunSummary;
  t.equal(action, 'resume');
  t.equal((applied?.applied ?? 0) + (applied?.already ?? 0), 7);
  t.strictSame(stateOf(site, IDS), stateOf(whole, IDS));
  t.match((await site.brcSync('resume')).stdout, /nothing is left to resume/);
  t.equal(readdirSync(join(site.folder, 'locks')).length, 0);
});

void t.test(
  'revert restores records and usage to the cent, of records that had no end, too; a revert of the revert restores the run',
  async (t) => {
    const site = await portalSite(t);
    const before = stateOf(site, IDS);
    await site.brcSync('run', 'update', ...NAMES, ...PERIOD);
    const after = stateOf(site, IDS);
    t.notSame(after, before);

    const sent = puts(site);
    const shown = await site.brcSync('revert', 'last');
    t.equal(shown.code, 0, shown.stderr);
    t.match(shown.stdout, /This is the plan; --yes applies it/);
    t.equal(puts(site), sent);

    const reverted = await site.brcSync('revert', 'last', '--yes');
    t.equal(reverted.code, 0, reverted.stderr);
    t.strictSame(stateOf(site, IDS), before);
    await site.brcSync('revert', 'last', '--yes');
    t.strictSame(stateOf(site, IDS), after);
  },
);

void t.test('revert sets created records to 0.00 and lists them, leaves what was changed since, and takes single jobs', async (t) => {
  const site = await portalSite(t);
  const full = JSON.parse((await site.brcSync('run', 'full', ...NAMES, ...PERIOD, '--json')).stdout) as RunSummary;
  t.equal(full.totals.creates, 4);
  const one = await site.brcSync('revert', 'last', '--job', '13', '--yes', '--json');
  t.match((JSON.parse(one.stdout) as RunSummary).applied, { planned: 1, applied: 1 });
  t.equal(site.portal.state.job('13')!.amount, '0.00');

  const rest = await site.brcSync('revert', full.runId, '--yes', '--json');
  const { totals } = JSON.parse(rest.stdout) as RunSummary;
  t.match(
    totals.findings.filter(({ kind }) => kind === 'not-reverted'),
    [{ count: 4 }],
  );
  t.equal(site.portal.state.job('14')!.amount, '0.00');
  t.equal((await site.brcSync('revert', '1999')).code, 2);
});
