import t from 'tap';
import type { Row } from '../../../src/core/job.js';
import type { JobSource } from '../../../src/core/job-source.js';
import { HOUR, NOON, aJob, anOpenRecord } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { runCore, type CoreRun } from '../../support/run-core.js';

const running = (fields: Partial<Row>): Row => aJob({ state: 'RUNNING', endedAt: null, ...fields });
const ROWS = [
  running({ jobId: '1' }),
  running({ jobId: '2' }),
  running({ jobId: '3', state: 'SUSPENDED' }),
  running({ jobId: '4', startedAt: NOON + 10 * HOUR - 599 }),
  running({ jobId: '5' }),
  aJob({ jobId: '6' }),
];
const RECORDS = ['1', '2', '3', '4', '6'].map((jobId) => anOpenRecord({ jobId }));

interface Asked {
  readonly ids: readonly string[];
  readonly cluster: string | null;
}

/** A source whose slurmctld knows these ids; null: it does not answer. */
function sourceOf(alive: readonly string[] | null, rows: readonly Row[] = ROWS): JobSource & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const aliveIds = (ids: readonly string[], { cluster }: { readonly cluster: string | null }): Promise<ReadonlySet<string> | null> => {
    asked.push({ ids, cluster });
    return Promise.resolve(alive === null ? null : new Set(alive));
  };
  return { ...memorySource(rows), asked, aliveIds };
}

function run(command: 'full' | 'update', source: JobSource): Promise<CoreRun> {
  return runCore({ source, sink: memorySink(RECORDS), request: { command, allFindings: true } });
}

const kindsOf = ({ findings }: CoreRun): Record<string, string> =>
  Object.fromEntries(findings.map((finding) => [finding.jobId ?? '', finding.quiet ? `(${finding.kind})` : finding.kind]));

for (const command of ['full', 'update'] as const) {
  void t.test(`${command}: a job that slurmdbd has running and slurmctld does not know is a runaway (money 15)`, async (t) => {
    const source = sourceOf(['1', '999']);
    const ran = await run(command, source);
    t.match(kindsOf(ran), { 1: '(still-running)', 2: 'runaway', 3: 'runaway', 4: '(still-running)' });
    t.match(
      ran.findings.find(({ jobId }) => jobId === '2'),
      { message: /slurmctld does not know it; the record holds 24.00 SU/, suAtStake: '24.00' },
    );
    t.same(source.asked, [{ ids: ['1', '2', '3'], cluster: 'savio' }], 'asked once, with a record, and not of what has just begun');
    t.same(
      ran.changes.map(({ jobId }) => jobId),
      ['6'],
      'nothing else changes',
    );
  });

  void t.test(`${command}: where slurmctld cannot be asked nothing is known of it`, async (t) => {
    for (const source of [sourceOf(null), memorySource(ROWS)]) {
      t.match(kindsOf(await run(command, source)), { 1: '(still-running)', 2: '(still-running)', 3: '(still-running)' });
    }
  });

  void t.test(`${command}: a job that ends between the two questions is no runaway`, async (t) => {
    const ended = ROWS.map((row) => (row.jobId === '2' ? { ...row, state: 'COMPLETED' as const, endedAt: NOON + 9 * HOUR } : row));
    const source = sourceOf(['1', '3']);
    const jobsById: JobSource['jobsById'] = (ids, options) => memorySource(source.asked.length > 0 ? ended : ROWS).jobsById(ids, options);
    t.match(kindsOf(await run(command, { ...source, jobsById })), { 2: '(still-running)' });
  });
}
