import t from 'tap';
import { parseInstant } from '../../../../src/core/instants.js';
import type { SinkAccount } from '../../../../src/core/job-sink.js';
import { endOfDate, firstInstantOfDate } from '../../../../src/core/period.js';
import { readPortalJob } from '../../../../src/core/portal/portal-record.js';
import type { SinkRecord } from '../../../../src/core/record.js';
import { sinkCases } from '../../../../src/testkit.js';
import { formatAmount } from '../../../../src/core/service-units.js';
import { readListsJobs, readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink } from '../../../support/coldfront.js';

const seed = readRecordedSeed();
const jobs = readListsJobs();
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

for (const { title, run } of sinkCases({
  create: () => Promise.resolve(aColdfrontSink({ baseUrl: portal.baseUrl })),
  known: {
    records: jobs.map((job) => readPortalJob(job) as SinkRecord),
    window: { from: parseInstant('2026-07-01T00:00:00Z')!, to: parseInstant('2026-09-01T12:00:01Z')! },
    statuses: ['RUNNING', 'COMPLETED', 'CANCELLED'],
    accounts,
    userIds,
    usage,
  },
  capabilities: ['accounts', 'recordsOfAccount', 'record', 'totals', 'usage', 'userIds'],
})) {
  void t.test(`coldfront: ${title}`, run);
}
