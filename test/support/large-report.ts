import type { Change } from '../../src/core/change.js';
import { FINDING_REMEDIES, type Finding } from '../../src/core/finding.js';
import { NOON } from './jobs.js';
import { aChange, writeRun } from './written-runs.js';

/** Names that other people may have chosen. */
export const HOSTILE = [
  `<img src=x onerror="alert(1)">`,
  `</script><script>alert(2)</script>`,
  `"onmouseover="alert(3)" x="`,
  `&lt;b&gt; &amp; 'quoted'`,
  `\u202Egnol\u2066 \u200Bhidden\u0007`,
  `<!--<script>`,
  'a|b`c`[x](javascript:alert(4))@root',
  `${'very_long_account_name_'.repeat(8)}end`,
] as const;

/** Seven days of runs, `count` changes in all, of accounts with ordinary and hostile names. */
export async function largeReport(state: string, count: number): Promise<void> {
  const days = 7;
  for (let day = 0; day < days; day += 1) {
    const changes = Array.from({ length: Math.ceil(count / days) }, (_, index) => changeOf(day * Math.ceil(count / days) + index)).filter(
      ({ jobId }) => Number(jobId) < 1_000_000 + count,
    );
    await writeRun(state, {
      runId: `202609${String(10 + day)}T120000000Z-00000${day}`,
      changes,
      findings: findingsOf(day),
      outcomeOf: ({ jobId, account }) =>
        Number(jobId) % 50 === 7
          ? {
              status: 'rejected',
              cause: 'user … is not in project …',
              message: `${account} is not a project of <user>`,
              remedy: 'Ask an administrator of the portal.',
            }
          : { status: 'applied' },
    });
  }
}

function changeOf(index: number): Change {
  const number = index % 60;
  const account = number < HOSTILE.length ? (HOSTILE[number] ?? '') : `${['fc', 'co', 'ac', 'pc'][number % 4]}_group${number}`;
  const cents = ((index * 7919) % 100_000) + 1;
  const [before, after] = index % 3 === 0 ? ['0.00', (cents / 100).toFixed(2)] : [((cents * 2) / 100).toFixed(2), (cents / 100).toFixed(2)];
  const more = { account, userId: String(10_000 + (index % 300)), partition: ['savio2', 'savio3', 'savio4_htc'][index % 3] ?? null };
  const change = aChange(String(1_000_000 + index), before, after, { ...more, cpuCount: (index % 32) + 1, endedAt: NOON + index * 10 });
  return index % 5 === 0 ? { ...change, kind: 'create', before: null, drift: [], suDifference: change.after.amount } : change;
}

function findingsOf(day: number): Finding[] {
  const kinds = ['missing-in-source', 'id-reused', 'adjusted-by-hand', 'unknown-user', 'runaway', 'would-clamp', 'settling'] as const;
  return kinds.flatMap((kind, index) =>
    Array.from({ length: 3 + ((day * 5 + index * 3) % 11) }, (_, at) => ({
      ...{ kind, jobId: String(5000 + at), account: HOSTILE[at % HOSTILE.length] ?? '' },
      message: `Job ${5000 + at} of ${HOSTILE[at % HOSTILE.length]} is not as it should be.`,
      ...{ remedy: FINDING_REMEDIES[kind], suAtStake: '12.00', quiet: kind === 'settling' },
    })),
  );
}
