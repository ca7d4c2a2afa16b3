import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseAllowance } from '../../src/core/guard-limits.js';
import type { RunRequest } from '../../src/core/run-request.js';
import type { RunEntry } from '../../src/core/runs/run-entry.js';
import { DEFAULT_SITE } from '../../src/core/site.js';
import { brcSync, quickstart } from '../support/cli.js';
import { cutLastOutcome, oldRun } from '../support/old-runs.js';
import { memorySink, memorySource } from '../support/memory-plugins.js';
import { openJobs } from '../support/open-jobs.js';
import { runCore } from '../support/run-core.js';

/** A state directory in which `update` of 7 open jobs ran once for each request. */
async function stateOf(t: Test, requests: readonly Partial<RunRequest>[]): Promise<{ state: string; ids: () => readonly string[] }> {
  const state = t.testdir();
  const { rows, records } = openJobs(7);
  const sink = memorySink(records);
  for (const request of requests) {
    await runCore({ source: memorySource(rows), sink, state, site: { guard: GUARD }, request: { command: 'update', ...request } });
  }
  return { state, ids: () => readdirSync(join(state, 'runs')).sort() };
}

const GUARD = { ...DEFAULT_SITE.guard, changes: 6 };
const ALLOWED = { allowance: parseAllowance(['changes=7']) };

void t.test('runs list: newest first, each with what it did and how it ended', async (t) => {
  const { state } = await stateOf(t, [{ dryRun: true }, {}, { ...ALLOWED, limit: 3 }, ALLOWED]);
  await quickstart('update', state, '--prices', 'nowhere.toml');
  mkdirSync(join(state, 'runs', '20260101T000000000Z-abcdef'));
  mkdirSync(join(state, 'runs', 'notes'));

  const { stdout } = await brcSync(['runs', 'list', '--json', '--state-dir', state]);
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly RunEntry[] };
  t.same(
    runs.map(({ outcome, exitCode, planned, changes }) => [outcome, exitCode, planned, changes]),
    [
      ['failed', 2, null, null],
      ['done', 0, 4, 4],
      ['incomplete', 0, 7, 3],
      ['refused', 4, 7, 0],
      ['planned', 0, 7, 0],
      ['unfinished', null, null, null],
    ],
  );
  t.match(runs[0], { reason: /The price file .* cannot be read/, command: 'run update', files: { summary: null, journal: null } });
  t.match(runs[1], { command: 'run update', source: 'memory', sink: 'portal', timeZone: 'America/Los_Angeles', reason: null });
  const few = (await brcSync(['runs', 'list', '--limit', '3', '--state-dir', state])).stdout;
  t.match(few, / P[SD]T +run update +memory → portal +3 of 7 +-69\.00 +incomplete +0/);
  t.match(few, /… and 3 older ones/);
  t.match(few, / UTC .* failed +2/);
});

void t.test('runs show: the report again, by enough of its id; --json: the summary', async (t) => {
  const { state, ids } = await stateOf(t, [{ ...ALLOWED, limit: 3 }, ALLOWED]);
  const [first = '', second = ''] = ids();
  const show = (...args: readonly string[]): ReturnType<typeof brcSync> => brcSync(['runs', 'show', ...args, '--state-dir', state]);
  const { stdout } = await show(first.slice(-6));
  t.match(stdout, new RegExp(`^Run ${first}, .*: incomplete\\.\n\nrun update {2}memory → portal`));
  t.match(stdout, /Applied 3 of 7 changes/);
  t.match(stdout, `summary  ${join(state, 'runs', first, 'summary.json')}`);
  const summary = readFileSync(join(state, 'runs', second, 'summary.json'), 'utf8');
  t.same(JSON.parse((await show('last', '--json')).stdout), JSON.parse(summary));
  const unclear = await show(first.slice(0, 4));
  t.equal(unclear.code, 2);
  t.match(unclear.stderr, /2 runs are meant by 20/);
  t.match((await show('nothing')).stderr, /There is no run nothing in /);
});

void t.test('runs show: a run that was killed', async (t) => {
  const { state, ids } = await stateOf(t, [ALLOWED]);
  const path = join(state, 'runs', ids()[0] ?? '');
  rmSync(join(path, 'summary.json'));
  cutLastOutcome(join(path, 'journal.ndjson'));
  const { stdout } = await brcSync(['runs', 'show', 'last', '--state-dir', state]);
  t.match(stdout, /: unfinished\.\nSent: 6 changes took effect, 0 did not, and of 1 nobody knows\./);
  t.match(stdout, `journal  ${join(path, 'journal.ndjson')}`);
  const json = await brcSync(['runs', 'show', 'last', '--json', '--state-dir', state]);
  t.equal(json.code, 2);
  t.match(JSON.parse(json.stdout), { error: { code: 'INPUT_NOT_FOUND', message: /left no summary/ } });
});

void t.test('runs prune says what would go, and removes it with --yes only', async (t) => {
  const { state, ids } = await stateOf(t, [{ ...ALLOWED, limit: 3 }, ALLOWED]);
  const first = oldRun(state, ids()[0] ?? '');
  const prune = (...args: readonly string[]): ReturnType<typeof brcSync> => brcSync(['runs', 'prune', ...args, '--state-dir', state]);
  const asked = await prune();
  t.equal(asked.code, 2);
  t.match(asked.stderr, /Neither --older-than nor --keep was given/);
  const dry = await prune('--older-than', '30');
  t.match(
    dry.stdout,
    new RegExp(`${first} .*run update +portal +incomplete +\\d+\n\nWould remove 1 run, 0\\.\\d MB\\. Nothing was removed`),
  );
  t.equal(ids().length, 2);
  const done = JSON.parse((await prune('--older-than', '30', '--yes', '--json')).stdout) as object;
  t.match(done, { removed: true, remove: [{ runId: first }], keep: [] });
  t.equal(ids().length, 1);
  t.notOk(ids().includes(first));
});
