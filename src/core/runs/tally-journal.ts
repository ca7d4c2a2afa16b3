import { readJournal } from '../journal-reader.js';

/** What became of the requests of a journal. */
export interface JournalTally {
  readonly applied: number;
  /** Without an outcome. */
  readonly unknown: number;
  readonly others: number;
}

/** @throws BrcSyncError `JOURNAL_INVALID` */
export async function tallyJournal(path: string): Promise<JournalTally> {
  const tally = { applied: 0, unknown: 0, others: 0 };
  for await (const { outcome } of readJournal(path)) {
    tally[outcome === null ? 'unknown' : outcome.status === 'applied' ? 'applied' : 'others'] += 1;
  }
  return tally;
}
