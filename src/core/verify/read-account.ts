import { BrcSyncError } from '../errors.js';
import type { AccountUsage, JobSink, SinkAccount } from '../job-sink.js';
import type { Instant } from '../job.js';
import { readWholeList } from '../reconcile/read-sink.js';
import type { SinkRecord } from '../record.js';
import { formatAmount, parseAmount } from '../service-units.js';

/** How often an account is read whose records move while it is read. */
const ATTEMPTS = 3;
/** Later than any start that a portal could hold. */
const FAR_FUTURE_SECONDS = 366 * 86_400;

/** A sink that can tell usage and the records behind it. */
export type VerifiableSink = JobSink & Required<Pick<JobSink, 'accounts' | 'recordsOfAccount' | 'usage'>>;

/** Records of an account that start in its allocation, and its usage, both of one moment. */
export interface AccountReading {
  readonly records: readonly SinkRecord[];
  readonly usage: AccountUsage;
}

export interface ReadAccountOptions {
  readonly sink: VerifiableSink;
  readonly sinkName: string;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

/**
 * Reads an account again while its records change between the list and the usage, where the sink can tell their sum.
 * @throws BrcSyncError `UNSTABLE_LIST` when they would not hold still
 */
export async function readAccount(account: SinkAccount, options: ReadAccountOptions): Promise<AccountReading> {
  const { sink, signal } = options;
  if (account.allocationStart === null) return { records: [], usage: await sink.usage(account.name, { userIds: [], signal }) };
  const window = { from: account.allocationStart, to: options.now + FAR_FUTURE_SECONDS };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    signal.throwIfAborted();
    const list = await readWholeList(options.sinkName, () => sink.recordsOfAccount(account.name, { window, signal }), signal);
    const records = [...list.values()];
    const userIds = [...new Set(records.flatMap(({ userId }) => userId ?? []))];
    const usage = await sink.usage(account.name, { userIds, signal });
    const totals = await sink.totals?.(account.name, { window, signal });
    if (totals === undefined || (totals.count === records.length && totals.amount === sumOf(records))) return { records, usage };
  }
  throw new BrcSyncError('UNSTABLE_LIST', {
    message: `The records of ${account.name} changed each time while its usage was read.`,
    remedy: 'Run again when fewer jobs begin and end.',
    context: { instance: options.sinkName, account: account.name },
  });
}

function sumOf(records: readonly SinkRecord[]): string {
  return formatAmount(records.reduce((sum, { amount }) => sum + parseAmount(amount), 0n));
}
