import t from 'tap';
import type { Job } from '../../../src/core/job.js';
import type { JudgeContext, LastWritten } from '../../../src/core/reconcile/context.js';
import { judge } from '../../../src/core/reconcile/judge.js';
import type { Verdict } from '../../../src/core/reconcile/verdict.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { NO_FLAGS, aContext } from '../../support/context.js';
import { HOUR, NOON, aJob, aRecord } from '../../support/jobs.js';

function decide(job: Job, record: SinkRecord, context: Partial<JudgeContext> = {}): Verdict {
  return judge([job], record, aContext(context));
}

void t.test(
  'an amount that somebody changed since this tool wrote it stands, as long as the dates are those it wrote (money 14)',
  async (t) => {
    const { amount, submittedAt, startedAt, endedAt } = aRecord();
    const last = { amount, submittedAt, startedAt, endedAt, at: NOON + 2 * HOUR };
    const since = (written: typeof last | null): Partial<JudgeContext> => ({ lastWritten: (jobId) => (jobId === '100' ? written : null) });
    const changed = aRecord({ amount: '7.00' });
    t.match(decide(aJob(), changed, since(last)), {
      change: null,
      findings: [
        { kind: 'adjusted-by-hand', quiet: false, suAtStake: '-6.00', message: /from 1\.00, .* on 2026-09-01T14:00:00Z, to 7\.00/ },
      ],
    });
    t.match(decide(aJob(), changed, { ...since(last), flags: { ...NO_FLAGS, overwriteAdjusted: true } }).change, { suDifference: '-6.00' });
    t.ok(decide(aJob(), changed, since(null)).change, 'where this tool never wrote');
    t.ok(
      decide(aJob(), aRecord({ amount: '7.00', endedAt: NOON + 2 * HOUR }), since(last)).change,
      'other dates: the plugin wrote it again',
    );
    t.ok(decide(aJob(), changed, since({ ...last, amount: '7.00' })).change, 'as this tool wrote it');
    t.same(
      decide(aJob(), aRecord(), since({ ...last, amount: '3.00' })),
      { change: null, findings: [], detailOnly: false },
      'nothing to do',
    );
  },
);

void t.test('the other cent of a tie is nobody’s decision (money 9, 14)', async (t) => {
  const tie = { partition: 'savio2_htc', cpuCount: 20, endedAt: NOON + 30 };
  const record = aRecord({ ...tie, amount: '0.12', cpuCount: 19, rawHours: 30 / 3600, cpuHours: 600 / 3600 });
  const { submittedAt, startedAt, endedAt } = record;
  const lastWritten = (): LastWritten => ({ amount: '0.13', submittedAt, startedAt, endedAt, at: NOON });
  t.match(decide(aJob(tie), record, { lastWritten }).change, { drift: ['cpuCount'], suDifference: '0.00' });
});
