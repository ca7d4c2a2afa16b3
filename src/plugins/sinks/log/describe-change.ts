import { formatInstant, type Change, type SinkRecord } from '../../../builtin-sdk.js';

const MINUS = '\u2212';
/** Said in words of their own. */
const SHOWN = new Set<string>(['state', 'amount']);

/** A line for people: `12345 fc_alpha RUNNING→COMPLETING amount 96.00→3.20 (−92.80 SU)`, and the names of other fields that differ. */
export function describeChange(change: Change): string {
  const { before, after } = change;
  const words = [change.jobId, change.account];
  if (before === null) words.push('created');
  words.push(fromTo(before, after, (record) => record.state ?? 'no state'));
  words.push(
    'amount',
    fromTo(before, after, (record) => record.amount),
  );
  words.push(`(${signed(change.suDifference)} SU)`);
  const others = change.drift.filter((field) => !SHOWN.has(field));
  return [...words, ...(others.length > 0 ? [others.join(', ')] : [])].join(' ');
}

/** The change as one line of JSON, instants as ISO 8601. */
export function changeToJson({ kind, jobId, account, userId, before, after, drift, suDifference }: Change): string {
  const change = {
    type: 'change',
    kind,
    jobId,
    account,
    userId,
    before: before && withTimes(before),
    after: withTimes(after),
    drift,
    suDifference,
  };
  return JSON.stringify(change);
}

function fromTo(before: SinkRecord | null, after: SinkRecord, tell: (record: SinkRecord) => string): string {
  return before === null || tell(before) === tell(after) ? tell(after) : `${tell(before)}→${tell(after)}`;
}

function signed(difference: string): string {
  if (difference.startsWith('-')) return `${MINUS}${difference.slice(1)}`;
  return /[1-9]/.test(difference) && !difference.startsWith('+') ? `+${difference}` : difference;
}

function withTimes(record: SinkRecord): Record<string, unknown> {
  const { submittedAt, startedAt, endedAt } = record;
  return { ...record, submittedAt: timeText(submittedAt), startedAt: timeText(startedAt), endedAt: timeText(endedAt) };
}

function timeText(instant: number | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
