import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import t, { type Test } from 'tap';
import { renderStatus } from '../../src/commands/_status-report.js';
import { parseAllowance } from '../../src/core/guard-limits.js';
import { parseInstant } from '../../src/core/instants.js';
import { acquireLock } from '../../src/core/lock.js';
import type { RunRequest } from '../../src/core/run-request.js';
import { DEFAULT_SITE } from '../../src/core/site.js';
import { readStatus, type Status } from '../../src/core/status.js';
import { statusJson } from '../../src/core/status/status-json.js';
import { HOUR } from '../support/jobs.js';
import { memorySink, memorySource } from '../support/memory-plugins.js';
import { cutLastOutcome } from '../support/old-runs.js';
import { answering, openJobs } from '../support/open-jobs.js';
import { runCore } from '../support/run-core.js';

/** Run ids tell when a run began: now, whatever clock it was given. */
const NOW = Math.floor(Date.now() / 1000);
const GUARD = { ...DEFAULT_SITE.guard, changes: 6 };
const ALLOWED = { allowance: parseAllowance(['changes=7']) };
const ESCAPE = String.fromCharCode(27);

/** A state directory in which `update` of 7 open jobs ran once for each request. */
async function stateOf(t: Test, requests: readonly Partial<RunRequest>[]): Promise<string> {
  const state = t.testdir();
  const { rows, records } = openJobs(7);
  const sink = memorySink(records);
  for (const request of requests) {
    await runCore({
      ...{ source: memorySource(rows), sink, state, site: { guard: GUARD }, now: NOW },
      request: { command: 'update', end: '2027-01-01', start: '2020-01-01', ...request },
    });
  }
  return state;
}

const isStatus = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync('schemas/status.schema.json', 'utf8')) as object);

async function statusOf(state: string, now = NOW): Promise<Status> {
  const status = await readStatus({ stateDirectory: state, lockDirectory: state, now });
  t.ok(isStatus(statusJson(status)), JSON.stringify(isStatus.errors));
  return status;
}

function waitingOf({ waiting }: Status): string[] {
  return waiting.map(({ kind }) => kind);
}

void t.test('without a run it says how to begin', async (t) => {
  const status = await statusOf(t.testdir());
  t.same(waitingOf(status), ['first-run']);
  t.match(status.next, /^brc-sync run full .* --dry-run$/);
  t.match(renderStatus(status, 80), /No run has left anything here yet/);
});

void t.test('the last run of each kind, and nothing waits when all went well', async (t) => {
  const state = await stateOf(t, [{ dryRun: true }, ALLOWED, { command: 'full' }]);
  const status = await statusOf(state);
  t.match(status.runs, [
    { command: 'run full', source: 'memory', sink: 'portal', outcome: 'done', exitCode: 0 },
    { command: 'run update', outcome: 'done', changes: 7, planned: 7, suNet: '-161.00' },
    { command: 'run update --dry-run', outcome: 'planned' },
  ]);
  t.ok(status.runs.every(({ lastSuccessAt, startedAt }) => lastSuccessAt === startedAt));
  t.same(status.waiting, []);
  t.equal(status.next, null);
  t.match(renderStatus(status, 200), /Nothing waits for you\.$/);
});

void t.test('a guard refusal waits, with its figures', async (t) => {
  const state = await stateOf(t, [{ command: 'full', dryRun: true }, {}]);
  const status = await statusOf(state);
  const [run] = status.runs;
  t.match(run, { outcome: 'refused', exitCode: 4, lastSuccessAt: null });
  t.match(status.runs[1], { command: 'run full --dry-run', outcome: 'planned' });
  t.match(status.waiting[0], { kind: 'refused', runId: run?.runId, message: /guard refused the last run update .* 7 changes/ });
  t.equal(status.next, `brc-sync runs show ${run?.runId}`);
});

void t.test('a run that was killed can be resumed for a day; a newer one settles it; one at work is not waited for', async (t) => {
  const state = await stateOf(t, [ALLOWED]);
  const [runId = ''] = readdirSync(join(state, 'runs'));
  const path = join(state, 'runs', runId);
  cutLastOutcome(join(path, 'journal.ndjson'));
  rmSync(join(path, 'summary.json'));

  const broken = await statusOf(state);
  t.same(waitingOf(broken), ['broken-off']);
  t.equal(broken.next, `brc-sync resume ${runId}`);
  const later = await statusOf(state, NOW + 25 * HOUR);
  t.match(later.waiting[0], { kind: 'broken-off', message: /too old to go on with/ });

  const lock = await acquireLock({
    ...{ directory: state, target: 'instance portal', cluster: null, runId, command: 'run update' },
    ...{ waitSeconds: 0, signal: new AbortController().signal, onWait: () => undefined },
  });
  const working = await statusOf(state);
  t.match(working.atWork, [{ runId, command: 'run update', pid: process.pid }]);
  t.match(working.runs[0], { runId, outcome: 'at work' });
  t.same(working.waiting, []);
  t.match(renderStatus(working, 200), /At work: run update, run .*\n\nNothing waits for you: a run is at work\./);
  lock.release();

  await stateOfMore(state);
  t.same(waitingOf(await statusOf(state)), []);
});

/** A run of everything, in a state directory that has some already. */
async function stateOfMore(state: string): Promise<void> {
  const { rows, records } = openJobs(1);
  await runCore({ source: memorySource(rows), sink: memorySink(records), state, now: NOW, request: { start: '2020-01-01' } });
}

void t.test('what --limit left waits to be gone on with', async (t) => {
  const status = await statusOf(await stateOf(t, [{ ...ALLOWED, limit: 3 }]));
  t.match(status.waiting, [
    { kind: 'broken-off', message: /made 3 of its 7 changes to portal, as --limit asked/, command: /^brc-sync resume / },
  ]);
});

void t.test('refusals of the portal and findings wait, with their causes', async (t) => {
  const state = t.testdir();
  const { rows, records } = openJobs(2);
  const refuse = answering(memorySink([...records, { ...records[0]!, jobId: '77', account: 'fc_a0' }]), () => ({
    ...{ status: 'rejected', cause: 'no member', message: 'alice is no member', remedy: 'Ask.' },
  }));
  await runCore({ source: memorySource(rows), sink: refuse, state, now: NOW, request: { command: 'update', start: '2020-01-01' } });
  const status = await statusOf(state);
  t.match(status.waiting, [
    { kind: 'rejected', message: 'portal refused 2 changes of the last run update: no member (2).' },
    { kind: 'findings', message: '1 finding of update for portal to look at: 1 missing-in-source.' },
  ]);
});

void t.test('a failed run is told with its reason, and a success that is too old', async (t) => {
  const state = await stateOf(t, [ALLOWED]);
  const runId = '29990101T000000000Z-abcdef';
  mkdirSync(join(state, 'runs', runId));
  const lines = [
    { message: 'the run begins', command: 'run update', source: 'memory', sink: 'portal' },
    { message: 'the run failed', error: `BrcSyncError: the portal ${ESCAPE}[31mis down {\n  exitCode: 6\n}` },
  ];
  writeFileSync(join(state, 'runs', runId, 'run.log'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const status = await statusOf(state, (parseInstant('2999-01-01T00:00:00Z') ?? 0) + HOUR);
  t.match(
    status.runs.find(({ command }) => command === 'run update'),
    { runId, outcome: 'failed', exitCode: 6, sink: 'portal' },
  );
  t.same(waitingOf(status), ['failed', 'stale']);
  t.equal(status.next, 'brc-sync run update --source memory --sink portal');
  t.notMatch(renderStatus(status, 80), ESCAPE);
});

void t.test('a plan can be applied until it is too old or a run made up for it', async (t) => {
  const state = await stateOf(t, [{ action: 'plan', dryRun: true }]);
  const status = await statusOf(state);
  t.match(status.waiting, [{ kind: 'plan', message: /7 changes, -161\.00 SU/, command: /^brc-sync apply .*plan\.ndjson$/ }]);
  t.same(waitingOf(await statusOf(state, NOW + 25 * HOUR)), []);
});

void t.test('it fits 60, 80 and 200 columns; commands stay whole', async (t) => {
  const state = await stateOf(t, [{ dryRun: true }, {}]);
  const status = await statusOf(state);
  for (const width of [60, 80, 200]) {
    const lines = renderStatus(status, width).split('\n');
    const isCommand = (line: string): boolean => line.includes('brc-sync ') || line.includes(state);
    t.same(
      lines.filter((line) => line.length > width && !isCommand(line)),
      [],
      `${width} columns`,
    );
    t.ok(lines.some((line) => line.includes(`brc-sync runs show ${status.waiting[0]?.runId}`)));
  }
});
