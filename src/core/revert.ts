import pLimit from 'p-limit';
import type { Change } from './change.js';
import { BrcSyncError } from './errors.js';
import type { Finding } from './finding.js';
import { groupBy } from './group-by.js';
import { formatInstant } from './instants.js';
import type { JobSink, SinkAccount } from './job-sink.js';
import type { JournalEntry } from './journal-reader.js';
import { PLAN_LIVES_SECONDS, PlanWriter } from './plan-file.js';
import { makeFinding } from './reconcile/facts.js';
import { checkedRecord } from './reconcile/read-sink.js';
import { revertJob } from './reconcile/revert-job.js';
import { TotalsCounter } from './reconcile/totals.js';
import { readPlan } from './read-plan.js';
import type { Writing } from './run-apply.js';
import { readFamily, type RunFamily } from './run-family.js';
import { parseAmount } from './service-units.js';

/** What of a run is taken back; empty or null: all of it. */
export interface RevertScope {
  readonly accounts: readonly string[];
  readonly jobIds: readonly string[];
}

/** Lookups of single records in flight. */
const LOOKUPS = 8;

/**
 * Plans how to take a run back, into the run directory's plan: a plan like any other, which `applyEarlierPlan` applies.
 * @throws BrcSyncError `CAPABILITY_MISSING` where the sink cannot look up a record; `JOURNAL_INVALID`
 */
export async function planRevert(family: RunFamily, scope: RevertScope, { sink, directory, clock, signal }: Writing): Promise<void> {
  const lookUp = recordReader(sink.instance, sink.name);
  const accounts = await sink.instance.accounts?.({ signal });
  const allocations = accounts === undefined ? null : new Map(accounts.map((account): [string, SinkAccount] => [account.name, account]));
  const byJob = await entriesByJob(family, scope);
  const totals = new TotalsCounter(allocations);
  const changes: Change[] = [];
  const afterwards: Change[] = [];
  const findings: Finding[] = [];
  const limit = pLimit(LOOKUPS);
  await Promise.all(
    [...byJob].map(([jobId, entries]) =>
      limit(async () => {
        signal.throwIfAborted();
        const record = await lookUp(jobId, { signal });
        if (record !== null) totals.addRecord(record);
        const { changes: own, notReverted } = revertJob(entries, record, allocations);
        if (own[0] !== undefined) changes.push(own[0]);
        if (own[1] !== undefined) afterwards.push(own[1]);
        if (notReverted !== null) findings.push(notRevertedFinding(entries, notReverted));
      }),
    ),
  );

  const { header } = await readPlan(family.plan);
  const writer = new PlanWriter(directory.plan);
  try {
    const now = clock.now();
    const { type, version, ...rest } = header;
    writer.header({
      ...rest,
      runId: directory.runId,
      command: 'revert',
      createdAt: formatInstant(now),
      expiresAt: formatInstant(now + PLAN_LIVES_SECONDS),
      window: { from: null, to: formatInstant(now) },
      source: { name: `run ${family.runId}`, plugin: 'journal' },
      accounts: scope.accounts,
      digests: { ...rest.digests, configuration: sink.digest },
    });
    for (const change of [...inOrder(changes), ...inOrder(afterwards)]) {
      totals.addChange(change);
      writer.change(change);
    }
    for (const finding of findings.sort((a, b) => compareIds(a.jobId ?? '', b.jobId ?? ''))) {
      totals.addFinding(finding);
      writer.finding(finding);
    }
    writer.finish(totals.totals({ jobsRead: 0, recordsSummed: 0, equal: 0, detailOnly: 0 }), { closedRecords: 0, missing: 0 });
  } finally {
    writer.discard();
  }
}

async function entriesByJob(family: RunFamily, { accounts, jobIds }: RevertScope): Promise<Map<string, JournalEntry[]>> {
  const wanted: JournalEntry[] = [];
  for await (const entry of readFamily(family)) {
    const { account, jobId } = entry.change;
    if (accounts.length > 0 && !accounts.includes(account)) continue;
    if (jobIds.length > 0 && !jobIds.includes(jobId)) continue;
    wanted.push(entry);
  }
  return groupBy(
    wanted.sort((a, b) => a.at - b.at || a.sequence - b.sequence),
    ({ change }) => change.jobId,
  );
}

function recordReader(sink: JobSink, name: string): NonNullable<JobSink['record']> {
  const record = sink.record?.bind(sink);
  if (record !== undefined) {
    return async (jobId, options) => {
      const found = await record(jobId, options);
      return found === null ? null : checkedRecord(name, found);
    };
  }
  throw new BrcSyncError('CAPABILITY_MISSING', {
    message: `Sink ${name} cannot look up a record by its id, which taking a run back needs.`,
    remedy: 'Correct the records by hand, or run `update` or `full` again.',
    context: { instance: name },
  });
}

function notRevertedFinding(entries: readonly JournalEntry[], message: string): Finding {
  const change = entries[entries.length - 1]?.change as Change;
  return makeFinding('not-reverted', {
    jobId: change.jobId,
    account: change.account,
    message,
    suAtStake: parseAmount(change.suDifference),
  });
}

/** By account; in each, increases before decreases (money 19). */
function inOrder(changes: readonly Change[]): Change[] {
  const isDecrease = ({ suDifference }: Change): number => (suDifference.startsWith('-') ? 1 : 0);
  return [...changes].sort(
    (a, b) => (a.account < b.account ? -1 : a.account > b.account ? 1 : 0) || isDecrease(a) - isDecrease(b) || compareIds(a.jobId, b.jobId),
  );
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
