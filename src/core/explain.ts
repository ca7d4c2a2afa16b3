import { recordOfCharge } from './charge.js';
import { BrcSyncError } from './errors.js';
import { decide, type Decision, type DriftedField } from './explain/decision.js';
import { deriveCharge, type Derivation } from './explain/derivation.js';
import { findRecords, type FoundRecords } from './explain/find-records.js';
import { ruleOf } from './explain/rules.js';
import type { Finding } from './finding.js';
import { foldRows, type FoldedJob } from './fold-rows.js';
import { formatInstant } from './instants.js';
import type { Row } from './job.js';
import type { PutOutcome } from './job-sink.js';
import type { SkippedRecord } from './job-source.js';
import { journalsOfSink } from './journals-of-sink.js';
import { recordLine, type RecordLine } from './plan-file.js';
import type { JudgeContext } from './reconcile/context.js';
import { isDisplayId, isRawId, judgeDuplicate } from './reconcile/duplicates.js';
import { makeFinding } from './reconcile/facts.js';
import { identify, type Identity } from './reconcile/identity.js';
import { judge } from './reconcile/judge.js';
import { compareEnded } from './reconcile/judge-ended.js';
import { findLostJobs } from './reconcile/lost-jobs.js';
import { createSourceReader } from './reconcile/read-source.js';
import { UsageLedger } from './reconcile/usage-ledger.js';
import type { Verdict } from './reconcile/verdict.js';
import type { SinkRecord } from './record.js';
import { prepareScope, type ScopeEnvironment } from './run-scope.js';

const NO_FLAGS = { details: false, overwriteAdjusted: false, trustSource: false, zeroDuplicates: false, strictPrices: false };

export interface ExplainOptions extends ScopeEnvironment {
  /** A raw job id, or the display id of an array task or a heterogeneous component. */
  readonly jobId: string;
  readonly onSkip: (skipped: SkippedRecord) => void;
}

/** One of the jobs that Slurm has under the id. */
export interface ExplainedJob {
  /** Which of the rows, from 1. */
  readonly rows: readonly number[];
  readonly jobId: string;
  readonly account: string;
  readonly user: string | null;
  /** Null: nobody knows the uid. */
  readonly userId: string | null;
  readonly cluster: string | null;
  readonly state: string;
  readonly ended: boolean;
  readonly ran: boolean;
  readonly requeued: boolean;
  readonly resized: boolean;
  /** How the record belongs to it; null where there is no record. */
  readonly identity: Identity | null;
  /** Null while it has not ended. */
  readonly charge: Derivation | null;
}

/** What a run did to the record. */
export interface Touch {
  readonly runId: string;
  readonly at: string;
  readonly jobId: string;
  readonly before: RecordLine | null;
  readonly after: RecordLine;
  readonly drift: readonly string[];
  readonly suDifference: string;
  /** Null: the run ended before it was known. */
  readonly outcome: PutOutcome | null;
}

type RowLine = Omit<Row, 'submittedAt' | 'eligibleAt' | 'startedAt' | 'endedAt'> &
  Record<'submittedAt' | 'eligibleAt' | 'startedAt' | 'endedAt', string | null>;

/** Everything that is known of one job id. Instants are ISO 8601 with `Z`, amounts decimal texts. */
export interface Explanation {
  readonly jobId: string;
  readonly source: { readonly name: string; readonly plugin: string };
  readonly sink: { readonly name: string; readonly plugin: string; readonly cluster: string | null };
  readonly at: string;
  readonly timeZone: string;
  readonly rows: readonly RowLine[];
  readonly jobs: readonly ExplainedJob[];
  readonly record: RecordLine | null;
  /** Records of the same job under other ids. */
  readonly otherRecords: readonly RecordLine[];
  readonly drift: readonly DriftedField[];
  readonly findings: readonly (Finding & { readonly rule: string })[];
  readonly decision: Decision;
  readonly touches: readonly Touch[];
  readonly notes: readonly string[];
}

/**
 * Tells of one job what Slurm and the sink have, how it is priced, what differs, what a run would do and what runs did. Reads only.
 * @throws BrcSyncError `USAGE` where neither side knows the id
 */
export async function explainJob(options: ExplainOptions): Promise<Explanation> {
  const { opened, signal, jobId } = options;
  if (!isRawId(jobId) && !isDisplayId(jobId)) throw unknownJob(options);
  const request = { command: 'update', start: null, end: null, accounts: [], compare: 'records', flags: NO_FLAGS, dryRun: true } as const;
  const scope = await prepareScope(request, options, options.onSkip);
  const { name, instance } = opened.source;
  const { assertOneCluster, users } = scope;
  const source = createSourceReader(instance, { name, signal, onSkip: options.onSkip, assertOneCluster, learnUsers: users.learn });
  const rows = await rowsOf(jobId, (ids) => source.rowsById(ids));
  const found = await findRecords(jobId, rows, { ...opened.sink, signal });
  if (rows.length === 0 && found.record === null) throw unknownJob(options);

  const { record } = found;
  const start = scope.context.accounts?.get(record?.account ?? rows[0]?.account ?? '')?.allocationStart ?? scope.yearStart;
  const full = { ...scope.context, command: 'full' as const, period: { from: start, to: scope.context.now } };
  const lostJobs =
    record === null ? new Set<string>() : await findLostJobs([record], new Map([[record.jobId, rows]]), { source, context: full });
  const context: JudgeContext = { ...full, lostJobs };
  const jobs = foldRows(rows);
  const verdict = isDisplayId(jobId) && record !== null ? judgeDuplicate(record, rows, context) : judge(rows, record, context);
  const duplicates = found.others
    .filter((other) => isDisplayId(other.jobId))
    .flatMap((other) => judgeDuplicate(other, rows, context).findings);
  const clamp = await clampOf(verdict, context, options);
  const touches: Touch[] = [];
  const notes = [...found.notes];
  for await (const touch of touchesOf([jobId, ...found.others.map((other) => other.jobId)], options, notes)) touches.push(touch);

  const { sink } = opened;
  return {
    jobId,
    source: { name, plugin: opened.source.plugin },
    sink: { name: sink.name, plugin: sink.plugin, cluster: context.cluster },
    at: formatInstant(context.now),
    timeZone: scope.timeZone,
    rows: rows.map(rowLine),
    jobs: jobs.map((folded) => explainedJob(folded, rows, record, context)),
    record: record === null ? null : recordLine(record),
    otherRecords: found.others.map(recordLine),
    drift: driftOf(jobs, record, context),
    findings: [...verdict.findings, ...duplicates, ...clamp].map((finding) => ({ ...finding, rule: ruleOf(finding.kind) })),
    decision: decide({ verdict, record, now: context.now, hindrance: hindranceOf(verdict, found, clamp) }),
    touches,
    notes,
  };
}

/** Every row of the raw ids that an id stands for, in order of submit. */
async function rowsOf(jobId: string, rowsById: (ids: readonly string[]) => Promise<Map<string, Row[]>>): Promise<Row[]> {
  const asked = (await rowsById([jobId])).get(jobId) ?? [];
  const rawIds = [...new Set(asked.map((row) => row.jobId))];
  const rows = rawIds.every((id) => id === jobId) ? asked : [...(await rowsById(rawIds)).values()].flat();
  return [...rows].sort((a, b) => a.submittedAt - b.submittedAt);
}

/** How a folded job came to be, and whether the record is its own. */
function explainedJob(folded: FoldedJob, rows: readonly Row[], record: SinkRecord | null, context: JudgeContext): ExplainedJob {
  const { job, ended, ran, requeued, resized } = folded;
  const userId = context.userIdOf(job);
  const isOneOf = (row: Row): boolean =>
    folded.rows.some((own) => own.submittedAt === row.submittedAt && own.account === row.account && own.cluster === row.cluster);
  return {
    rows: rows.flatMap((row, index) => (isOneOf(row) && row.user === job.user ? [index + 1] : [])),
    jobId: job.jobId,
    account: job.account,
    user: job.user,
    userId,
    cluster: job.cluster,
    state: job.state,
    ended,
    ran,
    requeued,
    resized,
    identity: record === null ? null : userId === null ? 'other' : identify(record, folded, userId, context.localReadAsUtc),
    charge: deriveCharge(folded, context.pricing),
  };
}

/** Of the job whose record it is, once that has ended; a record under a display id should not be there at all. */
function driftOf(jobs: readonly FoldedJob[], record: SinkRecord | null, context: JudgeContext): DriftedField[] {
  if (record === null || isDisplayId(record.jobId)) return [];
  const own = jobs.findLast((folded) => {
    const userId = context.userIdOf(folded.job);
    const identity = userId === null ? 'other' : identify(record, folded, userId, context.localReadAsUtc);
    return folded.ended && (identity === 'same' || identity === 'clock-shifted');
  });
  if (own === undefined) return [];
  const { charge, drift } = compareEnded(record, own, context);
  const [is, shouldBe] = [recordLine(record), recordLine(recordOfCharge(charge, record))];
  const fields = (weight: DriftedField['weight']): DriftedField[] =>
    drift[weight].map((field) => ({ field, weight, is: is[field], shouldBe: shouldBe[field] }));
  return [...fields('material'), ...fields('detail')];
}

/** Money 19: a decrease that the sink's floor would swallow is withheld. */
async function clampOf({ change }: Verdict, { accounts }: JudgeContext, { opened: { sink }, signal }: ExplainOptions): Promise<Finding[]> {
  if (change === null) return [];
  const ledger = await UsageLedger.open(change.account, [change], { sink: sink.instance, allocations: accounts, signal });
  const clamp = ledger?.clampOf(change) ?? null;
  if (clamp === null) return [];
  const { jobId, account } = change;
  return [makeFinding('would-clamp', { jobId, account, message: clamp.message, suAtStake: clamp.lost })];
}

function hindranceOf({ change }: Verdict, { others, cannotLookUp }: FoundRecords, clamp: readonly Finding[]): string | null {
  if (clamp.length > 0) return 'A run reports would-clamp, and leaves it alone.';
  if (change?.kind !== 'create') return null;
  if (cannotLookUp) return 'It has no record that the sink shows, and gets none: the sink cannot look up an id.';
  const charged = others.find(({ amount }) => amount !== '0.00');
  return charged === undefined ? null : `It stands in the sink as ${charged.jobId}, so no second record is made without --zero-duplicates.`;
}

/** What the runs of the state directory did under these ids, in order. */
async function* touchesOf(
  jobIds: readonly string[],
  { opened: { sink }, directory: { stateDirectory } }: ExplainOptions,
  notes: string[],
): AsyncGenerator<Touch> {
  const journals = journalsOfSink({
    stateDirectory,
    sink: { name: sink.name, target: sink.instance.target ?? null, cluster: sink.cluster },
    onUnreadable: (message) => void notes.push(`A journal was passed over: ${message}`),
  });
  for await (const { runId, at, change, outcome } of journals) {
    if (!jobIds.includes(change.jobId)) continue;
    const { jobId, before, after, drift, suDifference } = change;
    const lines = { before: before === null ? null : recordLine(before), after: recordLine(after) };
    yield { runId, at: formatInstant(at), jobId, ...lines, drift, suDifference, outcome };
  }
}

function rowLine(row: Row): RowLine {
  const text = (instant: number | null): string | null => (instant === null ? null : formatInstant(instant));
  const { submittedAt, eligibleAt, startedAt, endedAt } = row;
  return { ...row, submittedAt: text(submittedAt), eligibleAt: text(eligibleAt), startedAt: text(startedAt), endedAt: text(endedAt) };
}

function unknownJob({ jobId, opened: { source, sink } }: ExplainOptions): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `Neither source ${source.name} nor sink ${sink.name} knows a job ${jobId}.`,
    remedy: 'Give the raw id (JobIDRaw of sacct) or the id of an array task, such as 123_4, and the source and sink that have it.',
    context: { jobId },
  });
}
