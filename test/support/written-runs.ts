import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../../src/core/change.js';
import type { Finding } from '../../src/core/finding.js';
import { Journal } from '../../src/core/journal.js';
import type { PutOutcome } from '../../src/core/job-sink.js';
import { linesOfType, PlanWriter } from '../../src/core/plan-file.js';
import { ApplyTally } from '../../src/core/reconcile/apply-tally.js';
import { TotalsCounter } from '../../src/core/reconcile/totals.js';
import { withoutUsers, type RunSummary } from '../../src/core/report.js';
import { writeSummary } from '../../src/core/write-summary.js';
import { aRecord } from './jobs.js';

export interface WrittenRun {
  /** `20261122T031205123Z-0000aa` */
  readonly runId: string;
  readonly changes: readonly Change[];
  readonly findings?: readonly Finding[];
  /** Of each change; null: none is known. Missing: applied. */
  readonly outcomeOf?: (change: Change) => PutOutcome | null;
  readonly dryRun?: boolean;
  readonly sink?: string;
  readonly notes?: readonly string[];
}

/** An update of the amount of a record. */
export function aChange(jobId: string, before: string, after: string, more: Partial<Change['after']> = {}): Change {
  const record = aRecord({ jobId, ...more, amount: after });
  const difference = (Number(after) - Number(before)).toFixed(2);
  const { account, userId } = record;
  return {
    ...{ kind: 'update', jobId, account, userId: userId ?? '' },
    ...{ before: { ...record, amount: before }, after: record, drift: ['amount'], suDifference: difference },
  };
}

/** Leaves the files of a run as brc-sync does, without a source and a sink. */
export async function writeRun(stateDirectory: string, run: WrittenRun): Promise<RunSummary> {
  const { runId, changes, findings = [], outcomeOf = () => ({ status: 'applied' }), dryRun = false, sink = 'portal', notes = [] } = run;
  const file = (name: string): string => join(stateDirectory, 'runs', runId, name);
  mkdirSync(file(''), { recursive: true });
  const files = { plan: file('plan.ndjson'), journal: file('journal.ndjson'), log: file('run.log'), summary: file('summary.json') };
  writeFileSync(files.log, '');
  const createdAt = runId.replace(/^(....)(..)(..)T(..)(..)(..).*/, '$1-$2-$3T$4:$5:$6Z');
  const header = {
    ...{ runId, command: 'full' as const, createdAt, expiresAt: createdAt, window: { from: null, to: createdAt } },
    ...{ source: { name: 'slurm', plugin: 'sacct' }, sink: { name: sink, plugin: 'coldfront', cluster: null } },
    ...{ accounts: [], digests: { prices: '', priceLists: [], configuration: '' } },
  };
  const counter = new TotalsCounter(null);
  const plan = new PlanWriter(files.plan);
  plan.header(header);
  for (const change of changes) {
    counter.addChange(change);
    plan.change(change);
  }
  for (const finding of findings) {
    counter.addFinding(finding);
    plan.finding(finding);
  }
  const totals = counter.totals({ jobsRead: changes.length, recordsSummed: 0, equal: 0, detailOnly: 0 });
  plan.finish(totals, { closedRecords: 0, missing: 0 });
  const tally = new ApplyTally();
  if (!dryRun) await journal(run, files, outcomeOf, tally);
  const summary: RunSummary = {
    ...header,
    ...{ dryRun, action: 'run', of: null, timeZone: 'America/Los_Angeles', totals: withoutUsers(totals) },
    guard: { refused: false, breaches: [], movers: [], priceChange: [] },
    applied: dryRun ? null : tally.result(changes.length, null),
    ...{ skipped: { count: 0, first: [] }, unstableAccounts: [], notes },
    files: { ...files, journal: dryRun ? null : files.journal },
  };
  writeSummary(summary);
  return summary;
}

async function journal(
  { runId, changes, sink = 'portal' }: WrittenRun,
  files: RunSummary['files'],
  outcomeOf: NonNullable<WrittenRun['outcomeOf']>,
  tally: ApplyTally,
): Promise<void> {
  const places: number[] = [];
  for await (const { offset } of linesOfType('change', files.plan)) places.push(offset);
  const header = { runId, of: null, sink: { name: sink, target: 'https://portal.example/api/', cluster: null } };
  const written = await Journal.create(files.journal ?? '', header, { now: () => 1_795_000_000 });
  // All at once, so that they share their flushes.
  await Promise.all(
    changes.map(async (change, index) => {
      const sequence = await written.intent(change, { place: places[index] ?? 0, usageMoves: change.suDifference, allocation: null });
      const outcome = outcomeOf(change);
      if (outcome === null) return;
      written.outcome(sequence, outcome);
      tally.add(change, outcome);
    }),
  );
  await written.close();
}
