import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import t from 'tap';
import { siteFolder, start } from '../support/site-folder.js';
import { sacctText } from '../support/inputs.js';

const ROWS = 300_000;
const [HEADER = '', ROW = ''] = sacctText({ JobIDRaw: '#' }).split('\n');

function manyRows(): string {
  const lines = Array.from({ length: ROWS }, (_, index) => ROW.replaceAll('#', String(1000 + index)));
  return [HEADER, ...lines, ''].join('\n');
}

function leftInRuns(folder: string): string[] {
  const runs = join(folder, 'state', 'runs');
  return readdirSync(runs).flatMap((run) => readdirSync(join(runs, run)));
}

/** Sent: the signal is given to a run that has begun its plan. */
async function untilItPlans(folder: string): Promise<void> {
  const runs = join(folder, 'state', 'runs');
  const begun = (): boolean => existsSync(runs) && leftInRuns(folder).some((file) => file.startsWith('plan.ndjson'));
  while (!begun()) await new Promise((next) => setImmediate(next));
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  for (const what of ['reads from a pipe that stays open', 'compares many jobs'] as const) {
    void t.test(`${signal} while a run ${what}: over within a second, and nothing half-written`, async (t) => {
      const fromPipe = what.startsWith('reads');
      const source = { files: fromPipe ? '-' : 'jobs.psv', spoolBytes: 0 };
      const files: Record<string, string> = fromPipe ? {} : { 'jobs.psv': manyRows() };
      // With accounts of the sink the plan is begun before the source is read.
      files['allocations.json'] = JSON.stringify([
        { id: 1, project: 'fc_alpha', resources: [{ name: 'Savio Compute' }], status: 'Active', start_date: '2026-06-01', end_date: null },
      ]);
      const sink = { file: 'changes.ndjson', format: 'ndjson', allocations: 'allocations.json' };
      const folder = siteFolder(t, { files, source, sink });
      const child = start(folder, ['run', 'full', '--source', 'slurm', '--sink', 'portal', '--end', '2026-11-12']);
      const closed = once(child, 'close') as Promise<[number | null]>;
      child.stdin.on('error', () => undefined);
      if (fromPipe) child.stdin.write(sacctText({}));
      await untilItPlans(folder);

      const sentAt = performance.now();
      child.kill(signal);
      t.equal((await closed)[0], exitCode);
      const took = Math.round(performance.now() - sentAt);
      t.ok(took < 1000, `ended after ${took} ms`);
      t.same(leftInRuns(folder), ['run.log']);
      t.same(readdirSync(join(folder, 'tmp')), []);
      const log = join(folder, 'changes.ndjson');
      t.match(existsSync(log) ? readFileSync(log, 'utf8') : '', /^$|\n$/);
    });
  }
}
