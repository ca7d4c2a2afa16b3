import { readFileSync } from 'node:fs';
import type { Row } from '../../src/core/job.js';
import { FixtureSource } from '../../src/plugins/sources/fixture/index.js';
import { CANCELLED_PENDING, sacctText } from '../support/inputs.js';
import type { SacctFields } from '../support/inputs.js';
import type { Prices } from './due-record.js';

/** The prices of the quickstart: high, so that jobs of seconds cost cents. */
export const PRICES: Prices = { savio3: '12.00', savio3_htc: '9.00' };

/** The beginning of the recordings: 2026-11-23T04:04:54Z. Everything in them lies within the hour. */
const T = 1_795_406_694;

/** What a live cluster recorded, and the kinds of jobs that it had not at hand, in the same form. */
export const FILES: Readonly<Record<string, string>> = {
  'by-id.psv': readFileSync('test/fixtures/slurm-22.05.8/sacct-by-id.psv', 'utf8'),
  'duplicates.psv': readFileSync('test/fixtures/slurm-22.05.8/sacct-duplicates.psv', 'utf8'),
  'more.psv': sacctText(
    // Requeued, then cancelled while it waited: the one end that the plugin cannot tell the portal.
    ran('201', 0, 400, { State: 'REQUEUED', AllocCPUS: '4' }),
    waited('201', 400, 500),
    ran('202', 10, 800, { State: 'PREEMPTED' }),
    ran('202', 811, 300),
    ran('203', 10, 900, { State: 'NODE_FAIL', Partition: 'savio3_htc' }),
    ran('203', 911, 60, { State: 'FAILED', Partition: 'savio3_htc' }),
    ran('204', 20, 3000, { Account: 'co_beta', AllocCPUS: '20' }),
    // 9.00 SU an hour for 2 s are half a cent.
    ran('205', 30, 2, { Partition: 'savio3_htc' }),
    ran('206', 40, 1000, { Account: 'fc_p0', User: 'hpcu0', UID: '20001' }),
    { ...ran('207', 50, 0), End: 'Unknown', State: 'RUNNING' },
    waited('208', 60, 90),
    ran('210', 70, 500, { JobID: '209_1' }),
    ran('209', 70, 600, { JobID: '209_2' }),
  ),
};

/** In time units of the fixtures: the hour after them is over in every allocation year test. */
export const SOURCE = { files: Object.keys(FILES), timeZone: 'UTC' };

export async function readRecordedRows(folder: string): Promise<Row[]> {
  const source = new FixtureSource(
    { ...SOURCE, format: 'auto', onError: 'fail' },
    { timeZone: 'UTC', allocationYearStart: '06-01' },
    folder,
  );
  const options = { signal: new AbortController().signal, window: { from: 0, to: 4_000_000_000 }, onSkip: refuse };
  const rows: Row[] = [];
  for await (const batch of source.jobs({ ...options, accounts: await source.accounts(options) })) rows.push(...batch);
  await source.close();
  return rows;
}

function refuse(): never {
  throw new Error('a recorded row was skipped');
}

/** A row that was submitted so many seconds after the beginning, waited for one and ran for so many. */
function ran(jobId: string, submitted: number, length: number, fields: SacctFields = {}): SacctFields {
  const start = T + submitted + 1;
  return {
    JobIDRaw: jobId,
    Submit: String(T + submitted),
    Start: String(start),
    End: String(start + length),
    ElapsedRaw: String(length),
    UID: '20002',
    ...fields,
  };
}

function waited(jobId: string, submitted: number, cancelled: number): SacctFields {
  return { ...CANCELLED_PENDING, JobIDRaw: jobId, Submit: String(T + submitted), End: String(T + cancelled), UID: '20002' };
}
