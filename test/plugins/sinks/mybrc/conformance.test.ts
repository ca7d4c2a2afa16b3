import t from 'tap';
import { parseInstant } from '../../../../src/core/instants.js';
import { readPortalJob } from '../../../../src/core/portal/portal-record.js';
import type { SinkRecord } from '../../../../src/core/record.js';
import { sinkSuite, startFaultyServer } from '../../../../src/testkit.js';
import { readListsJobs, readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal } from '../../../portal/start-portal.js';
import { keyOf } from '../../../support/coldfront.js';
import { aMybrcSink } from '../../../support/mybrc.js';

const seed = readRecordedSeed();
const jobs = readListsJobs();
const portal = await startPortal({ seed: { ...seed, jobs: jobs.map((job) => ({ ...job })) }, now: '2026-11-23T00:00:00Z' });
t.teardown(() => portal.close());
const faulty = await startFaultyServer(portal.legacyUrl);
t.teardown(() => faulty.close());

await sinkSuite(
  t,
  ({ fault, logger }) => {
    faulty.setFault(fault);
    return aMybrcSink(`${faulty.url}mybrc-rest/`, logger);
  },
  {
    known: {
      records: jobs.map((job) => readPortalJob(job) as SinkRecord),
      window: { from: parseInstant('2026-07-01T00:00:00Z')!, to: parseInstant('2026-09-01T13:41:01Z')! },
      statuses: ['RUNNING', 'COMPLETED', 'CANCELLED'],
      spare: { ...(readPortalJob(jobs[0]!) as SinkRecord), jobId: '7000', amount: '2.00' },
    },
    capabilities: [],
    faults: ['busy', 'torn', 'reset', 'duplicate', 'unreachable', 'denied', 'hang', 'lost-answer'],
    secrets: [keyOf('staff')],
    reads: faulty.requests,
  },
);
