import type { JobSink } from '../job-sink.js';
import type { JobSource } from '../job-source.js';
import { checkedRecord } from '../reconcile/read-sink.js';
import { MONTH_AND_DAY } from '../site.js';
import {
  accountsFault,
  aliveFault,
  checksFault,
  namesFault,
  outcomeFault,
  partitionsFault,
  recordFault,
  totalsFault,
  usageFault,
  userIdsFault,
} from './answers.js';
import { assertIntrinsics, guestAnswer, guestBatches, guestFault, shown, withinDeadline, type GuestName } from './guest-calls.js';

/** So long a plugin may look around in `check()`, unless told otherwise, and so long it may take to close. */
export const CHECK_MS = 60_000;
const CLOSE_MS = 10_000;

/** What a plugin is held to. */
export interface HouseRules {
  /** Nothing may be written: a dry run, or a command that only reads. */
  readonly readOnly: boolean;
  readonly checkMs: number;
}

/** A source as core sees it: what it hands over has the right shape, or an error says whose fault it is. */
export function hostSource(guest: GuestName, source: JobSource, rules: HouseRules): JobSource {
  const { cluster, accountsPerCall } = source;
  assertProperty(guest, 'cluster', cluster, (value) => typeof value === 'string' && value !== '');
  assertProperty(guest, 'accountsPerCall', accountsPerCall, (value) => Number.isSafeInteger(value) && Number(value) > 0);
  const hosted: JobSource = {
    ...(cluster !== undefined && { cluster }),
    ...(accountsPerCall !== undefined && { accountsPerCall }),
    jobsById: (ids, options) => guestBatches(guest, 'jobsById', options.signal, () => source.jobsById(ids, options)),
    jobs: (options) => guestBatches(guest, 'jobs', options.signal, () => source.jobs(options)),
    ...common(guest, source, rules),
  };
  const accounts = source.accounts?.bind(source);
  if (accounts) hosted.accounts = (options) => guestAnswer(guest, 'accounts', options.signal, () => accounts(options), namesFault);
  const aliveIds = source.aliveIds?.bind(source);
  if (aliveIds)
    hosted.aliveIds = (ids, options) => guestAnswer(guest, 'aliveIds', options.signal, () => aliveIds(ids, options), aliveFault);
  const partitions = source.partitions?.bind(source);
  if (partitions)
    hosted.partitions = (options) => guestAnswer(guest, 'partitions', options.signal, () => partitions(options), partitionsFault);
  return hosted;
}

/** A sink as core sees it: what it answers has the right shape, or an error says whose fault it is; and it is not written to where nothing may be. */
export function hostSink(guest: GuestName, sink: JobSink, rules: HouseRules): JobSink {
  const { target, dry, periodStart } = sink;
  let looked = false;
  assertProperty(guest, 'target', target, (value) => typeof value === 'string' && value !== '');
  assertProperty(guest, 'dry', dry, (value) => value === true);
  assertProperty(guest, 'periodStart', periodStart, (value) => typeof value === 'string' && new RegExp(MONTH_AND_DAY).test(value));
  const hosted: JobSink = {
    ...(target !== undefined && { target }),
    ...(dry !== undefined && { dry }),
    ...(periodStart !== undefined && { periodStart }),
    openRecords: (options) => guestBatches(guest, 'openRecords', options.signal, () => sink.openRecords(options)),
    put: async (change, options) => {
      if (rules.readOnly) throw guestFault(guest, 'was to be written to where nothing may be written');
      // Before the first write, once: what the plan rests on was computed with it.
      if (!looked) assertIntrinsics(guest);
      looked = true;
      return guestAnswer(guest, 'put', options.signal, () => sink.put(change, options), outcomeFault);
    },
    ...common(guest, sink, rules),
  };
  const accounts = sink.accounts?.bind(sink);
  if (accounts) hosted.accounts = (options) => guestAnswer(guest, 'accounts', options.signal, () => accounts(options), accountsFault);
  const recordsOfAccount = sink.recordsOfAccount?.bind(sink);
  if (recordsOfAccount) {
    hosted.recordsOfAccount = (account, options) =>
      guestBatches(guest, 'recordsOfAccount', options.signal, () => recordsOfAccount(account, options));
  }
  const record = sink.record?.bind(sink);
  if (record) {
    hosted.record = async (jobId, options) => {
      const found = await guestAnswer(guest, 'record', options.signal, () => record(jobId, options), recordFault);
      return found === null ? null : checkedRecord(guest.name, found);
    };
  }
  const totals = sink.totals?.bind(sink);
  if (totals)
    hosted.totals = (account, options) => guestAnswer(guest, 'totals', options.signal, () => totals(account, options), totalsFault);
  const usage = sink.usage?.bind(sink);
  if (usage) hosted.usage = (account, options) => guestAnswer(guest, 'usage', options.signal, () => usage(account, options), usageFault);
  const userIds = sink.userIds?.bind(sink);
  if (userIds)
    hosted.userIds = (names, options) => guestAnswer(guest, 'userIds', options.signal, () => userIds(names, options), userIdsFault);
  return hosted;
}

function common(guest: GuestName, instance: JobSource | JobSink, { checkMs }: HouseRules): Pick<JobSource & JobSink, 'check' | 'close'> {
  return {
    check: ({ signal }) => {
      const call = (either: AbortSignal) => guestAnswer(guest, 'check', either, () => instance.check({ signal: either }), checksFault);
      return withinDeadline(guest, 'check', { signal, ms: checkMs }, call);
    },
    close: async () => {
      const { signal } = new AbortController();
      await withinDeadline(guest, 'close', { signal, ms: CLOSE_MS }, async () => instance.close?.());
    },
  };
}

function assertProperty(guest: GuestName, name: string, value: unknown, isFine: (value: unknown) => boolean): void {
  if (value !== undefined && !isFine(value)) throw guestFault(guest, `has a ${name} that none can be: ${shown(value)}.`);
}
