import { chargeJob, type Charge } from '../charge.js';
import { foldRows, type FoldedJob } from '../fold-rows.js';
import type { Row } from '../job.js';
import { isDisplayId } from '../reconcile/duplicates.js';
import { identify, newestOf } from '../reconcile/identity.js';
import { formatAmount, parseAmount } from '../service-units.js';
import type { Cause } from './defects.js';
import { explainDifferences, type DifferingField, type ExplainContext } from './explain-difference.js';
import { readSentJob, type SentJob } from './logged-record.js';
import type { LoggedJob } from './read-script-log.js';

/** Where a script and we differ about one job. Amounts are decimal texts. */
export interface JobDifference {
  /** As the log has it. */
  readonly jobId: string;
  readonly account: string;
  /** Line of the log, and its time: local, as it stands there. */
  readonly line: number;
  readonly at: string;
  /** What the script charged; null: it sent nothing. */
  readonly theirs: string | null;
  /** What we would charge under this id; null: nothing is ever sent under it. */
  readonly ours: string | null;
  /** Theirs minus ours. */
  readonly suDifference: string;
  /** What explains the difference in SU, or where there is none, the first field. */
  readonly cause: Cause;
  readonly message: string;
  readonly fields: readonly DifferingField[];
}

/** Why a job of the log cannot be compared. */
export type NotCompared = 'unreadable' | 'unknown-to-source' | 'not-ended';

export type Comparison = 'agrees' | NotCompared | JobDifference;

/** Holds what the log says last of a job against what Slurm says and it costs. `rows`: all that Slurm has under that id. */
export function compareLogged(logged: LoggedJob, rows: readonly Row[], context: ExplainContext): Comparison {
  if (logged.word === null) return dropped(logged, rows, context);
  const sent = readSentJob(logged.payload);
  if (sent === null) return 'unreadable';
  if (/[_+]/.test(logged.jobId)) return duplicate(logged, sent, rows);
  const folded = jobOf(sent, foldRows(rows), context);
  if (folded === null) return 'unknown-to-source';
  if (!folded.ended) return 'not-ended';
  const charge = chargeOf(folded, context, sent.record.userId);
  const fields = [...ownerFields(sent, charge), ...explainDifferences(sent, charge, folded, context)];
  const first = fields.find(({ field }) => field === 'amount') ?? fields[0];
  if (first === undefined) return 'agrees';
  const theirs = sent.record.amount;
  const named = fields.map(({ field }) => field).join(', ');
  return difference(logged, charge.account, {
    theirs,
    ours: formatAmount(charge.amount),
    cause: first.cause,
    message: `They sent another ${named}.`,
    fields,
  });
}

/** The portal's key is the raw id: under another one the job stands there a second time (money 6). */
function duplicate(logged: LoggedJob, { record }: SentJob, rows: readonly Row[]): Comparison {
  const rawIds = [...new Set(rows.map(({ jobId }) => jobId))];
  const whose = isDisplayId(logged.jobId) && rawIds.length > 0 ? `of job ${rawIds.join(', ')}` : 'that the portal does not go by';
  const message = `They sent it under an id ${whose}: it is charged a second time.`;
  return difference(logged, record.account, { theirs: record.amount, ours: null, cause: '2', message, fields: [] });
}

/** The script said that it failed, and left the record as it was. */
function dropped(logged: LoggedJob, rows: readonly Row[], context: ExplainContext): Comparison {
  const folded = newestOf(foldRows(rows));
  if (folded === null) return 'unknown-to-source';
  if (!folded.ended) return 'not-ended';
  const charge = chargeOf(folded, context, null);
  const cause = causeOfError(logged.reason, folded);
  const message = `They sent nothing (${logged.reason}), and the record stayed as it was.`;
  return difference(logged, charge.account, { theirs: null, ours: formatAmount(charge.amount), cause, message, fields: [] });
}

function causeOfError(reason: string, { ran }: FoldedJob): Cause {
  if (/Argument list too long/i.test(reason)) return '9';
  if (/modulo by zero|division by zero/i.test(reason)) return '10';
  if (!ran || /unconverted data|does not match format|\bUnknown\b/.test(reason)) return '11';
  return '7';
}

/** Of several jobs with one id, the one that was sent. */
function jobOf({ record }: SentJob, jobs: readonly FoldedJob[], { localReadAsUtc }: ExplainContext): FoldedJob | null {
  const same = jobs.find((folded) => {
    const identity = identify(record, folded, userOf(folded) ?? record.userId ?? '', localReadAsUtc);
    return identity === 'same' || identity === 'clock-shifted';
  });
  return same ?? newestOf(jobs);
}

function userOf({ job }: FoldedJob): string | null {
  return job.uid === null ? null : String(job.uid);
}

function chargeOf(folded: FoldedJob, { pricing }: ExplainContext, theirUser: string | null): Charge {
  return chargeJob(folded, userOf(folded) ?? theirUser ?? '', pricing);
}

function ownerFields({ record }: SentJob, charge: Charge): readonly DifferingField[] {
  const pairs = [
    { field: 'account', theirs: record.account, ours: charge.account },
    { field: 'userId', theirs: record.userId ?? '', ours: charge.userId },
  ];
  return pairs.filter(({ theirs, ours }) => theirs !== ours).map((pair) => ({ ...pair, cause: 'unexplained' }));
}

function difference(
  { jobId, line, at }: LoggedJob,
  account: string,
  rest: Pick<JobDifference, 'theirs' | 'ours' | 'cause' | 'message' | 'fields'>,
): JobDifference {
  const suDifference = formatAmount(parseAmount(rest.theirs ?? '0.00') - parseAmount(rest.ours ?? '0.00'));
  return { jobId, account, line, at, ...rest, suDifference };
}
