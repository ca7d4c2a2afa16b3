import { newestRow, type FoldedJob } from '../fold-rows.js';
import type { Instant, Row } from '../job.js';
import type { SinkRecord } from '../record.js';

/** How a record and a job belong together (money 2). */
export type Identity = 'same' | 'clock-shifted' | 'owner-differs' | 'other';

/** Gives the site's local time at an instant, read as if it were UTC. */
export type LocalReadAsUtc = (instant: Instant) => Instant;

/** Whether a record is this job's: by account, user and the submit time of any of its rows. */
export function identify(record: SinkRecord, folded: FoldedJob, userId: string, localReadAsUtc: LocalReadAsUtc): Identity {
  const { rows } = folded;
  const timesAgree =
    record.submittedAt === null
      ? record.startedAt !== null && rows.some((row) => row.startedAt === record.startedAt)
      : rows.some((row) => row.submittedAt === record.submittedAt);
  const ownerAgrees = record.account === folded.job.account && record.userId === userId;
  if (timesAgree && ownerAgrees) return 'same';
  if (timesAgree && record.submittedAt !== null) return 'owner-differs';
  return ownerAgrees && isClockShifted(record, rows, localReadAsUtc) ? 'clock-shifted' : 'other';
}

/** Each time the record has is the site's local time at one of Slurm's instants, read as UTC: a tool took local time for UTC. */
function isClockShifted(record: SinkRecord, rows: readonly Row[], localReadAsUtc: LocalReadAsUtc): boolean {
  const shifted = (recorded: Instant | null, of: (row: Row) => Instant | null): boolean =>
    recorded === null ||
    rows.some((row) => {
      const actual = of(row);
      return actual !== null && localReadAsUtc(actual) === recorded;
    });
  if (record.submittedAt === null && record.startedAt === null) return false;
  return (
    shifted(record.submittedAt, (row) => row.submittedAt) &&
    shifted(record.startedAt, (row) => row.startedAt) &&
    shifted(record.endedAt, (row) => row.endedAt)
  );
}

/** The newest of some jobs. */
export function newestOf(jobs: readonly FoldedJob[]): FoldedJob | null {
  return jobs.reduce<FoldedJob | null>(
    (best, job) => (best === null || newestRow(job).submittedAt > newestRow(best).submittedAt ? job : best),
    null,
  );
}
