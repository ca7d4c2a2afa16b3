import { BrcSyncError } from './errors.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { groupBy } from './group-by.js';
import { formatInstant } from './instants.js';
import type { JobSink, SinkAccount } from './job-sink.js';
import type { Instant } from './job.js';
import { journalsOfSink } from './journals-of-sink.js';
import type { OpenInstance } from './container.js';
import { endOfDate } from './period.js';
import type { PriceLists } from './prices.js';
import { outsideAllocation } from './reconcile/facts.js';
import { readAhead } from './reconcile/read-ahead.js';
import type { SinkRecord } from './record.js';
import { selectAccounts } from './select-accounts.js';
import { parseAmount, type Cents } from './service-units.js';
import { localReadAsUtc } from './site-zone.js';
import { balanceOf, type Balance } from './verify/balance.js';
import { findCauses } from './verify/causes.js';
import { readAccount, type AccountReading, type VerifiableSink } from './verify/read-account.js';
import { collectWritten, NOTHING_WRITTEN, type WrittenByUs } from './verify/written-by-us.js';

/** Accounts that are read while one is compared. */
const ACCOUNTS_AHEAD = 3;

export interface VerifyOptions {
  readonly sink: OpenInstance<JobSink>;
  /** Only these; empty: all. */
  readonly accounts: readonly string[];
  /** Whose journals tell what this tool wrote. */
  readonly stateDirectory: string;
  /** Bound what an estimate can have been; null: the site has none. */
  readonly prices: PriceLists | null;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

/** An account that could not be compared. */
export interface NotCompared {
  readonly account: string;
  readonly why: string;
  /** It has no allowance, so that there is nothing to compare. */
  readonly nothingToCompare: boolean;
}

export interface Verification {
  readonly sink: { readonly name: string; readonly plugin: string; readonly cluster: string | null };
  /** ISO 8601 with `Z`. */
  readonly at: string;
  readonly timeZone: string;
  /** Each account, followed by its users, in order of name. */
  readonly balances: readonly Balance[];
  readonly notCompared: readonly NotCompared[];
  readonly notes: readonly string[];
}

/**
 * Compares usage with the sum of the records that the portal would have charged, per account and user (money 24). Reads only.
 * @throws BrcSyncError `CAPABILITY_MISSING`, `USAGE` for an unknown account
 */
export async function verifyUsage(options: VerifyOptions): Promise<Verification> {
  const { sink: opened, now, signal, stateDirectory } = options;
  const sink = verifiable(opened);
  const accounts = selectAccounts(options.accounts, await sink.accounts({ signal }), { unknown: 'refuse' });
  const notes: string[] = [];
  const journals = journalsOfSink({
    stateDirectory,
    sink: { name: opened.name, target: sink.target ?? null, cluster: opened.cluster },
    onUnreadable: (message) => void notes.push(`A journal was passed over: ${message}`),
  });
  const written = await collectWritten(journals);

  const balances: Balance[] = [];
  const notCompared: NotCompared[] = [];
  const read = (account: SinkAccount): Promise<AccountReading | NotCompared> =>
    readAccount(account, { sink, sinkName: opened.name, now, signal }).catch((error: unknown) => leaveOut(account, error));
  for await (const [account, reading] of readAhead(accounts, () => ACCOUNTS_AHEAD, read)) {
    signal.throwIfAborted();
    if ('why' in reading) notCompared.push(reading);
    else if (reading.usage.used === null) notCompared.push({ account: account.name, why: 'It has no allowance.', nothingToCompare: true });
    else balances.push(...balancesOf(account, reading, written.get(account.name) ?? NOTHING_WRITTEN, options));
  }
  const { name, plugin, cluster } = opened;
  return { sink: { name, plugin, cluster }, at: formatInstant(now), timeZone: opened.site.timeZone, balances, notCompared, notes };
}

/** What is left unexplained counts before what could not be compared. */
export function exitCodeOfVerification({ balances, notCompared }: Verification): ExitCode {
  if (balances.some(({ unexplained }) => unexplained !== 0n)) return EXIT.drift;
  return notCompared.some(({ nothingToCompare }) => !nothingToCompare) ? EXIT.incomplete : EXIT.ok;
}

function balancesOf(account: SinkAccount, { records, usage }: AccountReading, written: WrittenByUs, options: VerifyOptions): Balance[] {
  const allocations = new Map([[account.name, account]]);
  const isCharged = ({ startedAt, endedAt }: SinkRecord): boolean =>
    startedAt !== null && outsideAllocation(account.name, startedAt, endedAt, allocations) === null;
  const { site } = options.sink;
  const firstDayEnd = account.allocationStart === null ? 0 : endOfDayOf(account.allocationStart, site.timeZone);

  const balance = (userId: string | null, used: Cents, own: readonly SinkRecord[]): Balance => {
    const counted = own.filter(isCharged);
    const charged = counted.reduce((sum, { amount }) => sum + parseAmount(amount), 0n);
    const figures = { account: account.name, userId, usage: used, charged, recordCount: counted.length };
    if (used === charged) return balanceOf({ ...figures, causes: [] });
    const causes = findCauses({
      account,
      records: own,
      isCharged,
      usage: used,
      charged,
      written,
      lowerings: userId === null ? written.lowerings : written.lowerings.filter((lowering) => lowering.userId === userId),
      firstDayEnd,
      prices: options.prices,
      longestJobSeconds: site.runawayDays * 86_400,
    });
    return balanceOf({ ...figures, causes });
  };

  const users = [...usage.users].sort(([a], [b]) => (a < b ? -1 : 1));
  const byUser = groupBy(records, (record) => record.userId);
  return [
    balance(null, parseAmount(usage.used ?? '0.00'), records),
    ...users.map(([userId, used]) => balance(userId, parseAmount(used), byUser.get(userId) ?? [])),
  ];
}

function endOfDayOf(instant: Instant, timeZone: string): Instant {
  return endOfDate(formatInstant(localReadAsUtc(instant, timeZone)).slice(0, 10), timeZone);
}

function leaveOut(account: SinkAccount, error: unknown): NotCompared {
  if (!(error instanceof BrcSyncError) || error.code !== 'UNSTABLE_LIST') throw error;
  return { account: account.name, why: error.message, nothingToCompare: false };
}

function verifiable({ name, plugin, instance }: OpenInstance<JobSink>): VerifiableSink {
  const missing = (['accounts', 'recordsOfAccount', 'usage'] as const).filter((method) => instance[method] === undefined);
  if (missing.length === 0) return instance as VerifiableSink;
  throw new BrcSyncError('CAPABILITY_MISSING', {
    message: `Sink ${name} (plugin ${plugin}) cannot tell what \`verify\` compares: it has no ${missing.join(', ')}.`,
    remedy: 'Name a sink that knows the usage of its accounts, such as one of the plugin coldfront.',
    context: { instance: name },
  });
}
