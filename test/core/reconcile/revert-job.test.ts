import t from 'tap';
import type { JournalEntry } from '../../../src/core/journal-reader.js';
import type { PutOutcome } from '../../../src/core/job-sink.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { revertJob } from '../../../src/core/reconcile/revert-job.js';
import { aRecord, anOpenRecord, HOUR, NOON } from '../../support/jobs.js';

const ALLOCATIONS = new Map([['fc_alpha', { name: 'fc_alpha', allocationStart: NOON - 100 * HOUR, allocationEnd: null }]]);
const FACTS = {
  place: 0,
  usageMoves: '0.00',
  allocation: [new Date((NOON - 100 * HOUR) * 1000).toISOString().replace('.000Z', 'Z'), null],
} as const;

function entry(before: SinkRecord | null, after: SinkRecord, outcome: PutOutcome | null, sequence = 1): JournalEntry {
  const suDifference = before === null ? after.amount : (Number(after.amount) - Number(before.amount)).toFixed(2);
  const change = { kind: 'update', jobId: '100', account: 'fc_alpha', userId: '10001', before, after, drift: [], suDifference } as const;
  return { sequence, change, facts: FACTS, at: NOON, outcome };
}

/** Amount and end of each request. */
function requests(
  entries: readonly JournalEntry[],
  record: SinkRecord | null,
): { readonly sent: string[]; readonly notReverted: string | null } {
  const { changes, notReverted } = revertJob(entries, record, ALLOCATIONS);
  return { sent: changes.map(({ after }) => `${after.amount} ${after.endedAt === null ? 'open' : 'ended'}`), notReverted };
}

const OPEN = anOpenRecord();
const CLOSED = aRecord();
/** Usage is back, the record is not. */
const HALFWAY = { ...CLOSED, amount: OPEN.amount };

for (const outcome of [{ status: 'applied' }, { status: 'unsettled', message: 'no answer' }, null] as const) {
  void t.test(
    `a record that had no end is taken back from wherever a broken revert left it; outcome ${outcome?.status ?? 'unknown'}`,
    (t) => {
      const entries = [entry(OPEN, CLOSED, outcome)];
      t.strictSame(requests(entries, CLOSED), { sent: ['24.00 ended', '24.00 open'], notReverted: null });
      t.strictSame(requests(entries, HALFWAY), { sent: ['24.00 open'], notReverted: null });
      t.strictSame(requests(entries, OPEN), { sent: [], notReverted: null });
      t.end();
    },
  );
}

void t.test('a record that somebody changed is left alone, also on the way back', (t) => {
  const entries = [entry(OPEN, CLOSED, { status: 'applied' })];
  t.match(requests(entries, { ...CLOSED, amount: '3.00' }), { sent: [], notReverted: /changed after the run: amount/ });
  t.match(requests(entries, { ...HALFWAY, cpuCount: 2 }), { sent: [], notReverted: /changed after the run/ });
  t.match(requests(entries, null), { sent: [], notReverted: /is gone/ });
  t.end();
});

void t.test('a created record is set to 0.00 once, and listed each time', (t) => {
  const entries = [entry(null, CLOSED, { status: 'applied' })];
  t.match(requests(entries, CLOSED), { sent: ['0.00 ended'], notReverted: /created the record/ });
  t.match(requests(entries, { ...CLOSED, amount: '0.00' }), { sent: [], notReverted: /created the record/ });
  t.end();
});

void t.test('what the sink refused was not done', (t) => {
  const refused = { status: 'rejected', cause: 'c', message: 'm', remedy: 'r' } as const;
  t.strictSame(requests([entry(OPEN, CLOSED, refused)], OPEN), { sent: [], notReverted: null });
  t.end();
});
