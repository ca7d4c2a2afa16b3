import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { BrcSyncError } from '../../../src/core/errors.js';
import type { Row } from '../../../src/core/job.js';
import type { JobSource } from '../../../src/core/job-source.js';
import { aJob, anOpenRecord } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { runCore } from '../../support/run-core.js';

const ROWS = [aJob({ jobId: '1' }), aJob({ jobId: '2', account: 'fc_later' })];

/** Hands over what it has, and then says that it was not all. */
async function* cutShort(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  yield* batches;
  throw new BrcSyncError('SOURCE_UNREACHABLE', { message: 'slurmdbd has lost its database.', remedy: 'Start it.' });
}

for (const command of ['full', 'update'] as const) {
  void t.test(`${command}: of a source that fails in the middle nothing is believed`, async (t) => {
    const whole = memorySource(ROWS);
    const source: JobSource = {
      ...whole,
      jobs: (options) => (options.accounts.includes('fc_later') ? cutShort(whole.jobs(options)) : whole.jobs(options)),
      jobsById: (ids, options) => (ids.includes('2') ? cutShort(whole.jobsById(ids, options)) : whole.jobsById(ids, options)),
    };
    const sink = memorySink([anOpenRecord({ jobId: '1' }), anOpenRecord({ jobId: '2', account: 'fc_later' })]);
    const stateDirectory = t.testdir({});
    await t.rejects(runCore({ source, sink, state: stateDirectory, request: { command } }), { code: 'SOURCE_UNREACHABLE', exitCode: 6 });
    t.strictSame(sink.puts, [], 'no change is sent');
    const [run = ''] = readdirSync(join(stateDirectory, 'runs'));
    t.strictSame(readdirSync(join(stateDirectory, 'runs', run)), [], 'and no plan is left that could be taken for a whole one');
  });
}
