import type { SinkRecord } from './record.js';

/** A field of a record that can differ from what the job says. */
export type RecordField = Exclude<keyof SinkRecord, 'jobId' | 'account' | 'userId'>;

/** One record to create or to update, always sent whole (money 13). */
export interface Change {
  readonly kind: 'create' | 'update';
  readonly jobId: string;
  readonly account: string;
  readonly userId: string;
  readonly before: SinkRecord | null;
  readonly after: SinkRecord;
  /** The fields that differ; empty for a create. */
  readonly drift: readonly RecordField[];
  /** Service units of `after` minus those of `before`, with sign and two places: `-92.80`. */
  readonly suDifference: string;
}
