import t from 'tap';
import type { Job } from '../../../src/core/job.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { judge } from '../../../src/core/reconcile/judge.js';
import type { JudgeContext } from '../../../src/core/reconcile/context.js';
import type { Verdict } from '../../../src/core/reconcile/verdict.js';
import { aContext } from '../../support/context.js';
import { HOUR, NOON, aJob, aRecord, anOpenRecord } from '../../support/jobs.js';

function decide(jobs: Job | Job[], record: SinkRecord | null, context: Partial<JudgeContext> = {}): Verdict {
  return judge([jobs].flat(), record, aContext(context));
}

const running = aJob({ state: 'RUNNING', endedAt: null });

void t.test('a job that runs is left alone: quietly while its record is open, and too long is a runaway (money 1, 15, 17)', async (t) => {
  t.match(decide(running, anOpenRecord()), { change: null, findings: [{ kind: 'still-running', quiet: true }] });
  t.match(decide(running, aRecord()), { change: null, findings: [{ kind: 'still-running', quiet: false }] }, 'loud for a closed record');
  t.match(decide(running, anOpenRecord(), { runawaySeconds: HOUR }), {
    change: null,
    findings: [{ kind: 'runaway', quiet: false, suAtStake: '24.00' }],
  });
});

void t.test('a finished job without an end is neither waited for in silence nor charged (money 1, 10, 15)', async (t) => {
  const part = { state: 'RESIZING', submittedAt: NOON, startedAt: NOON, endedAt: NOON + HOUR } as const;
  const last = { submittedAt: NOON + HOUR, startedAt: NOON, endedAt: null, nodeList: null, allocatedNodeCount: 0, cpuCount: 0 } as const;
  const gaveItsNodeAway = [aJob(part), aJob(last)];
  for (const record of [anOpenRecord({ submittedAt: NOON }), aRecord({ submittedAt: NOON, amount: '24.00' })]) {
    t.match(decide(gaveItsNodeAway, record), {
      change: null,
      findings: [{ kind: 'runaway', quiet: false, suAtStake: '24.00', message: /COMPLETED and has no end/ }],
    });
  }
  t.match(decide(gaveItsNodeAway, null), { change: null, findings: [{ kind: 'runaway', quiet: false, message: /no record/ }] });
  t.match(decide(aJob(last), null), { change: null, findings: [{ kind: 'never-started', quiet: true }] }, 'no row ever had a node');
});
