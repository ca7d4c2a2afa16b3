import { BrcSyncError } from '../../src/core/errors.js';
import { aliasIds, type Row } from '../../src/core/job.js';
import type { JobSink, SinkAccount } from '../../src/core/job-sink.js';
import type { JobSource } from '../../src/core/job-source.js';
import type { Change } from '../../src/core/change.js';
import type { SinkRecord } from '../../src/core/record.js';
import { formatAmount, parseAmount } from '../../src/core/service-units.js';
import { contains, type Window } from '../../src/core/window.js';

/** A source that holds rows in memory. */
export function memorySource(rows: readonly Row[]): JobSource {
  return {
    async *jobsById(ids) {
      const wanted = new Set(ids);
      yield rows.filter((row) => wanted.has(row.jobId) || aliasIds(row).some((alias) => wanted.has(alias)));
    },
    async *jobs({ accounts, window }) {
      for (const row of rows) {
        if (accounts.includes(row.account) && (row.endedAt === null || contains(window, row.endedAt))) yield [row];
      }
    },
    accounts: () => Promise.resolve([...new Set(rows.map((row) => row.account))]),
    check: () => Promise.resolve([]),
  };
}

export interface MemorySink extends JobSink {
  readonly records: Map<string, SinkRecord>;
  readonly puts: Change[];
}

/** A sink that holds records in memory and takes what it is sent; its lists show what the portal's lists show. */
export function memorySink(
  records: readonly SinkRecord[],
  options: { readonly accounts?: readonly SinkAccount[]; readonly unstable?: ReadonlySet<string>; readonly cannotLookUp?: boolean } = {},
): MemorySink {
  const held = new Map(records.map((record) => [record.jobId, record]));
  const puts: Change[] = [];
  const within = (account: string, window: Window): SinkRecord[] =>
    [...held.values()].filter((record) => record.account === account && record.startedAt !== null && contains(window, record.startedAt));
  const sink: MemorySink = {
    records: held,
    puts,
    async *openRecords({ statuses, window }) {
      yield [...held.values()].filter(
        ({ state, startedAt }) => state !== null && statuses.includes(state) && startedAt !== null && contains(window, startedAt),
      );
    },
    async *recordsOfAccount(account, { window }) {
      if (options.unstable?.has(account)) {
        throw new BrcSyncError('UNSTABLE_LIST', { message: `The list of ${account} has 1 record, not 2.`, remedy: 'Run again.' });
      }
      yield within(account, window);
    },
    totals(account, { window }) {
      const own = within(account, window);
      const cents = own.reduce((sum, { amount }) => sum + parseAmount(amount), 0n);
      const cpuHours = own.reduce((sum, record) => sum + (record.cpuHours ?? 0), 0);
      return Promise.resolve({ count: own.length, amount: formatAmount(cents), cpuHours });
    },
    put(change) {
      puts.push(change);
      held.set(change.jobId, change.after);
      return Promise.resolve({ status: 'applied' });
    },
    check: () => Promise.resolve([]),
    ...(options.cannotLookUp === true ? {} : { record: (jobId: string) => Promise.resolve(held.get(jobId) ?? null) }),
    ...(options.accounts === undefined ? {} : { accounts: () => Promise.resolve(options.accounts ?? []) }),
  };
  return sink;
}
