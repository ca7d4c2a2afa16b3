import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Explanation } from '../../src/core/explain.js';
import { PRICES, brcSync, siteFolder } from '../support/site-folder.js';
import { portalSite, type PortalSite } from '../support/portal-site.js';

const HEADER =
  'JobIDRaw|JobID|Cluster|Submit|Eligible|Start|End|Suspended|UID|User|Account|State|Partition|QOS|NodeList|AllocCPUS|ReqNodes|AllocNodes';

/** 2026-09-01T12:00:00Z. */
const NOON = 1_788_264_000;

/** A row of sacct that ran in savio3 for so many seconds. */
function row(id: string, seconds: number): string {
  const times = [NOON, NOON, NOON + 60, NOON + 60 + seconds];
  return [
    id,
    id,
    'savio',
    ...times,
    '00:00:00',
    10001,
    'alice',
    'fc_alpha',
    'COMPLETED',
    'savio3',
    'normal',
    'n0001.savio3',
    20,
    1,
    1,
  ].join('|');
}

/** The words of `explain --json` against the demonstration portal. */
async function explain(site: PortalSite, jobId: string): Promise<Explanation> {
  const { stdout, stderr, code } = await site.brcSync('explain', jobId, '--source', 'fixture', '--sink', 'portal', '--json');
  if (code !== 0) throw new Error(stderr + stdout);
  return JSON.parse(stdout) as Explanation;
}

/** A site whose sink is a log without a portal. */
function folderOf(t: Test, rows: readonly string[]): string {
  return siteFolder(t, { files: { 'jobs.psv': [HEADER, ...rows].join('\n') } });
}

async function explainLogged(folder: string, jobId: string): Promise<Explanation> {
  const { stdout, stderr } = await brcSync(folder, ['explain', jobId, '--source', 'slurm', '--sink', 'portal', '--json']);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Explanation;
}

void t.test('a requeued job: rows, fold, price, drift, rule, and after a run what the run did', async (t) => {
  const site = await portalSite(t);
  const before = await explain(site, '29');
  t.match(before, {
    rows: [{ state: 'REQUEUED' }, { state: 'COMPLETED', startedAt: '2026-11-23T04:17:19Z' }],
    jobs: [
      {
        rows: [1, 2],
        requeued: true,
        resized: false,
        identity: 'same',
        charge: {
          price: '12',
          cpuCount: 1,
          seconds: 25,
          unrounded: '0.083333333333…',
          amount: '0.08',
          orLower: null,
          free: null,
          priceList: { from: null },
        },
      },
    ],
    record: { state: 'REQUEUED', amount: '0.02' },
    findings: [{ kind: 'requeued', rule: /^money 7: / }],
    decision: { what: 'update', change: { suDifference: '0.06' } },
    touches: [],
  });
  t.match(
    before.drift.map(({ field, weight }) => `${field} ${weight}`),
    ['state material', 'amount material', 'startedAt material', 'endedAt material', 'rawHours detail', 'cpuHours detail'],
  );
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  const run = await site.brcSync('run', 'update', '--source', 'fixture', '--sink', 'portal', ...period);
  t.equal(run.code, 0, run.stderr);
  const after = await explain(site, '29');
  t.match(after, { drift: [], decision: { what: 'nothing', why: 'The record says what it should.', change: null } });
  t.match(after.touches, [{ before: { amount: '0.02' }, after: { amount: '0.08' }, outcome: { status: 'applied' } }]);
  t.equal(after.touches.length, 1);
  t.match(run.stdout, after.touches[0]!.runId);

  const people = await site.brcSync('explain', '29', '--source', 'fixture', '--sink', 'portal');
  t.match(people.stdout, /12 × 1 CPUs × 25 s \(2026-11-22 20:17:19 to 2026-11-22 20:17:44\) ÷ 3600 = 0\.083333333333…, half-up 0\.08 SU\./);
  t.match(people.stdout, /0\.02 REQUEUED +0\.08 COMPLETING +.*applied/);
  const writes = site.portal.requests.filter(({ method }) => method === 'PUT').length;
  t.equal(writes, 7, 'only the run wrote');
});

void t.test('withheld, and under a display id: why nothing would be done', async (t) => {
  const site = await portalSite(t);
  t.match(await explain(site, '11'), {
    findings: [{ kind: 'adjusted-by-hand', rule: 'money 14: human decisions stand' }],
    drift: [{ field: 'state' }, { field: 'amount', is: '0.00', shouldBe: '0.07' }, { field: 'endedAt', is: null }],
    decision: { what: 'nothing', why: /adjusted-by-hand/ },
  });
  t.match(await explain(site, '17_2'), {
    findings: [{ kind: 'duplicate-array-id', jobId: '17_2' }],
    decision: { what: 'nothing' },
    record: { jobId: '17_2' },
    otherRecords: [{ jobId: '25' }],
    drift: [],
  });
});

void t.test('a tie of half a cent, and the list in force at the end', async (t) => {
  const folder = folderOf(t, [row('1', 30)]);
  writeFileSync(join(folder, 'prices.toml'), PRICES.replace('12.00', '0.75'));
  const tie = await explainLogged(folder, '1');
  t.match(tie.jobs, [{ charge: { price: '0.75', cpuCount: 20, seconds: 30, unrounded: '0.125', amount: '0.13', orLower: '0.12' } }]);
  t.match(tie.decision, { what: 'create', why: '`run full` would create its record (+0.13 SU).' });
});

void t.test('an id that neither side knows, or that is none: exit code 2', async (t) => {
  const folder = folderOf(t, [row('1', 30)]);
  for (const jobId of ['999', '../1']) {
    const { code, stderr } = await brcSync(folder, ['explain', jobId, '--source', 'slurm', '--sink', 'portal']);
    t.equal(code, 2);
    t.match(stderr, `Neither source slurm nor sink portal knows a job ${jobId}.`);
  }
});
