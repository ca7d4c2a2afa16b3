import { createHash } from 'node:crypto';
import type { Change } from '../change.js';
import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { JournalEntry } from '../journal-reader.js';
import type { MemoryFact } from './memory-lines.js';

/** What a line of a journal says about a record; null: nothing new. */
export function factOfEntry({ change, at: sentAt, outcome }: JournalEntry): MemoryFact | null {
  const { jobId, account, after } = change;
  const at = formatInstant(sentAt);
  const text = (instant: Instant | null): string | null => (instant === null ? null : formatInstant(instant));
  switch (outcome?.status) {
    case 'applied': {
      const times = { submittedAt: text(after.submittedAt), startedAt: text(after.startedAt), endedAt: text(after.endedAt) };
      return { type: 'written', jobId, amount: after.amount, ...times, at };
    }
    case 'rejected':
      return { type: 'refused', jobId, account, cause: outcome.cause, change: digestOfChange(change), at };
    case undefined:
    case 'unsettled':
    case 'not-as-sent':
      return { type: 'unknown', jobId, at };
    case 'logged':
    case 'unauthorised':
      return null;
  }
}

/** Of what is sent: two changes with the same digest ask the sink for the same. */
export function digestOfChange({ kind, account, userId, after }: Change): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, account, userId, Object.entries(after).sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest('hex')
    .slice(0, 16);
}
