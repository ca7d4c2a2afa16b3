import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { Change } from '../../../src/core/change.js';
import { chainOf } from '../../../src/core/journal.js';
import type { AccountUsage, JobSink } from '../../../src/core/job-sink.js';
import { HOUR, NOON, aJob, aRecord } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { ACCOUNT, answering, openJobs } from '../../support/open-jobs.js';
import { runCore } from '../../support/run-core.js';

function journalOf(path: string | null): Record<string, unknown>[] {
  return readFileSync(path ?? '', 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

void t.test('each change is in the journal before it is sent, and its outcome after', async (t) => {
  const { rows, records } = openJobs(40, 5);
  const memory = memorySink(records);
  const unjournaled: string[] = [];
  let journal = '';
  const sink: JobSink = {
    ...memory,
    put(change, options) {
      const lines = readFileSync(journal, 'utf8');
      if (!lines.includes(`"jobId":"${change.jobId}"`)) unjournaled.push(change.jobId);
      return memory.put(change, options);
    },
  };
  const { summary } = await runCore({
    source: memorySource(rows),
    sink,
    request: { command: 'update' },
    onDirectory: (directory) => (journal = directory.journal),
  });
  t.same(unjournaled, []);
  t.match(summary.applied, { applied: 40, planned: 40, left: 0, suNet: '-920.00', problems: [], stopped: null });

  const lines = journalOf(summary.files.journal);
  t.match(lines[0], { type: 'journal', sink: { name: 'portal', target: null } });
  const intents = lines.filter((line) => line.type === 'intent');
  const outcomes = lines.filter((line) => line.type === 'outcome');
  t.equal(intents.length, 40);
  t.same(outcomes.map((line) => line.sequence).sort(), intents.map((line) => line.sequence).sort());
  t.ok(outcomes.every((line) => line.status === 'applied'));
});

void t.test('the journal is chained: each line tells whether any before it was changed', async (t) => {
  const { rows, records } = openJobs(5);
  const { summary } = await runCore({ source: memorySource(rows), sink: memorySink(records), request: { command: 'update' } });
  let chain = '';
  for (const line of readFileSync(summary.files.journal ?? '', 'utf8')
    .trimEnd()
    .split('\n')) {
    const told = (JSON.parse(line) as { chain: string }).chain;
    chain = chainOf(chain, line.replace(`,"chain":"${told}"}`, '}'));
    t.equal(told, chain);
  }
});

void t.test('a run that changes nothing, a dry run and a sink that only logs leave no journal', async (t) => {
  const { rows, records } = openJobs(2);
  const dry = { ...memorySink(records), dry: true as const };
  const equal = await runCore({
    source: memorySource([aJob()]),
    sink: memorySink([aRecord()]),
    request: { command: 'full', accounts: [] },
  });
  const runs = [
    equal,
    await runCore({ source: memorySource(rows), sink: memorySink(records), request: { command: 'update', dryRun: true } }),
    await runCore({ source: memorySource(rows), sink: dry, request: { command: 'update' } }),
  ];
  for (const { summary } of runs) {
    t.equal(summary.files.journal, null);
    t.notOk(existsSync(summary.files.plan.replace('plan.ndjson', 'journal.ndjson')));
  }
});

void t.test('within an account increases go before decreases, one at a time; accounts interleave', async (t) => {
  const rows = ['fc_a', 'fc_b', 'fc_c'].flatMap((account, at) =>
    Array.from({ length: 6 }, (_, index) => aJob({ account, jobId: String(100 * (at + 1) + index) })),
  );
  const records = rows.map((job, index) => aRecord({ ...recordKey(job), amount: index % 2 === 0 ? '0.40' : '5.00' }));
  const order: Change[] = [];
  const underWay = new Map<string, number>();
  let most = 0;
  let mostInOne = 0;
  let allAreUnderWay = (): void => undefined;
  const untilAllAre = new Promise<void>((resolve) => (allAreUnderWay = resolve));
  const sink = answering(memorySink(records, { accounts: accountsOf(rows) }), async (change) => {
    order.push(change);
    underWay.set(change.account, (underWay.get(change.account) ?? 0) + 1);
    most = Math.max(
      most,
      [...underWay.values()].reduce((sum, count) => sum + count, 0),
    );
    mostInOne = Math.max(mostInOne, underWay.get(change.account) ?? 0);
    if (underWay.size === 3) allAreUnderWay();
    await untilAllAre;
    underWay.set(change.account, (underWay.get(change.account) ?? 0) - 1);
    return { status: 'applied' };
  });
  await runCore({ source: memorySource(rows), sink });
  t.equal(order.length, 18);
  t.equal(mostInOne, 1);
  t.equal(most, 3);
  for (const account of ['fc_a', 'fc_b', 'fc_c']) {
    const signs = order.filter((change) => change.account === account).map((change) => change.suDifference.startsWith('-'));
    t.same(signs, [...signs].sort());
  }
});

void t.test(
  'a decrease larger than what is left of the usage is withheld: in the plan, and for a usage that shrank meanwhile',
  async (t) => {
    const { rows, records } = openJobs(3);
    const usage =
      (used: string, users = used): (() => Promise<AccountUsage>) =>
      () =>
        Promise.resolve({ used, users: new Map([['10001', users]]) });
    const run = (told: (() => Promise<AccountUsage>)[]): ReturnType<typeof runCore> => {
      let asked = 0;
      const sink = {
        ...memorySink(records, { accounts: [{ ...ACCOUNT, name: 'fc_a0' }] }),
        usage: () => told[Math.min(asked++, told.length - 1)]!(),
      };
      return runCore({ source: memorySource(rows), sink, request: { command: 'update' } });
    };

    t.match((await run([usage('69.00')])).summary.applied, { applied: 3, wouldClamp: 0 });

    const short = await run([usage('50.00')]);
    t.match(short.summary.applied, { applied: 2, planned: 2 });
    t.match(short.findings, [{ kind: 'would-clamp', jobId: '1002', suAtStake: '19.00' }]);
    t.equal(short.exitCode, 0);

    t.match((await run([usage('90.00', '20.00')])).findings, [{ kind: 'would-clamp' }, { kind: 'would-clamp' }, { kind: 'would-clamp' }]);

    const shrank = await run([usage('90.00'), usage('24.00')]);
    t.match(shrank.summary.applied, { applied: 1, wouldClamp: 2, planned: 3, problems: [{ outcome: 'would-clamp', count: 2 }] });
    t.equal(shrank.exitCode, 3);
  },
);

void t.test('increases come first, so that a decrease fits that another order would have lost', async (t) => {
  const rows = [aJob({ jobId: '1' }), aJob({ jobId: '2', endedAt: NOON + 9 * HOUR })];
  const records = [aRecord({ jobId: '1', amount: '8.00' }), aRecord({ jobId: '2', amount: '1.00', endedAt: NOON + 9 * HOUR })];
  const memory = memorySink(records, { accounts: [ACCOUNT] });
  // The account has used 1.00 before, and 8.00 more once the first change is stored.
  const usage = (): Promise<AccountUsage> => {
    const used = memory.puts.length === 0 ? '1.00' : '9.00';
    return Promise.resolve({ used, users: new Map([['10001', used]]) });
  };
  const { summary } = await runCore({ source: memorySource(rows), sink: { ...memory, usage } });
  t.match(summary.applied, { applied: 2, wouldClamp: 0, suNet: '1.00' });
});

function recordKey({ jobId, account }: ReturnType<typeof aJob>): { jobId: string; account: string } {
  return { jobId, account };
}

function accountsOf(rows: readonly ReturnType<typeof aJob>[]): (typeof ACCOUNT)[] {
  return [...new Set(rows.map((row) => row.account))].map((name) => ({ ...ACCOUNT, name }));
}
