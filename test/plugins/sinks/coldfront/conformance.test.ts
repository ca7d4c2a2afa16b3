import t from 'tap';
import { parseInstant } from '../../../../src/core/instants.js';
import type { SinkAccount } from '../../../../src/core/job-sink.js';
import { endOfDate, firstInstantOfDate } from '../../../../src/core/period.js';
import { readPortalJob } from '../../../../src/core/portal/portal-record.js';
import type { SinkRecord } from '../../../../src/core/record.js';
import { sinkSuite, startFaultyServer } from '../../../../src/testkit.js';
import { formatAmount } from '../../../../src/core/service-units.js';
import { readListsJobs, readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink, keyOf } from '../../../support/coldfront.js';

const seed = readRecordedSeed();
const recorded = readListsJobs();
/** In the hour that autumn has twice. */
const autumn = ['2026-11-01T08:30:00Z', '2026-11-01T09:30:00Z'].map((startdate, index) => {
  return { ...recorded[0]!, jobslurmid: `${6000 + index}`, submitdate: '2026-11-01T08:00:00Z', startdate, enddate: '2026-11-01T12:00:00Z' };
});
const jobs = [...recorded, ...autumn];
const portal = await startPortal({ seed: { ...seed, jobs: jobs.map((job) => ({ ...job })) }, now: '2026-11-23T00:00:00Z' });
t.teardown(() => portal.close());

/** By the words of the contract, from the seed: a period where the prefix has one; closed unless Active. */
const accounts = seed.projects.flatMap(({ name, allocation }): SinkAccount[] => {
  if (allocation === null) return [];
  const { start_date, end_date } = allocation;
  const isPeriodic = /^(?:fc|ic|pc)_/.test(name);
  const allocationStart = start_date === null ? null : firstInstantOfDate(start_date, 'America/Los_Angeles');
  const allocationEnd = isPeriodic && end_date !== null ? endOfDate(end_date, 'America/Los_Angeles') : null;
  const status = allocation.status ?? 'Active';
  return [{ name, allocationStart, allocationEnd, ...(status === 'Active' ? {} : { closed: true }) }];
});
const userIds = new Map(seed.users.flatMap((user) => (user.cluster_uid === null ? [] : [[user.username, user.cluster_uid] as const])));
/** From the stand-in's own tables; a removed member keeps a share, a stranger has none. */
const usage = new Map(
  ['fc_alpha', 'co_beta', 'vector_gamma', 'fc_expired'].map((account) => {
    const { shares } = portal.state.directory.allocation(account);
    const users = [...shares.values()].flatMap(({ user, usage: used }) =>
      user.clusterUid === null ? [] : [[user.clusterUid, formatAmount(used)] as const],
    );
    return [account, { used: formatAmount(portal.state.accountUsage(account)), users: new Map(users) }];
  }),
);

const faulty = await startFaultyServer(portal.baseUrl);
t.teardown(() => faulty.close());

const spare = { ...(readPortalJob(recorded[0]!) as SinkRecord), jobId: '7000', amount: '2.00' };

/** Every trouble in front of the portal; each question is asked again at once. */
await sinkSuite(
  t,
  ({ fault, logger }) => {
    faulty.setFault(fault);
    return aColdfrontSink({ baseUrl: `${faulty.url}api/` }, { logger });
  },
  {
    known: {
      records: jobs.map((job) => readPortalJob(job) as SinkRecord),
      window: { from: parseInstant('2026-07-01T00:00:00Z')!, to: parseInstant('2026-09-01T13:41:01Z')! },
      statuses: ['RUNNING', 'COMPLETED', 'CANCELLED'],
      spare,
      accounts,
      userIds,
      usage,
    },
    capabilities: ['accounts', 'recordsOfAccount', 'record', 'totals', 'usage', 'userIds'],
    faults: ['busy', 'torn', 'reset', 'duplicate', 'unreachable', 'denied', 'hang', 'lost-answer'],
    secrets: [keyOf('staff')],
    reads: faulty.requests,
  },
);
