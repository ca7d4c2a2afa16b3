import t from 'tap';
import { FINDING_KINDS } from '../../../src/core/finding.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { NO_FLAGS } from '../../support/context.js';
import { ACCOUNTS, RECORDS, ROWS } from '../../support/every-kind.js';
import { HOUR, NOON } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { runCore } from '../../support/run-core.js';

const plugins = () => ({
  source: memorySource(ROWS),
  sink: memorySink(RECORDS, { accounts: ACCOUNTS, unstable: new Set(['fc_moving']) }),
  cluster: 'savio',
  site: { runawayDays: 3 },
});
const ZERO = { flags: { ...NO_FLAGS, zeroDuplicates: true } };

/** Sums of cents by account, without the product's arithmetic. */
function sums(records: Iterable<SinkRecord>): Map<string, number> {
  const byAccount = new Map<string, number>();
  for (const { account, amount } of records) byAccount.set(account, (byAccount.get(account) ?? 0) + Math.round(Number(amount) * 100));
  return byAccount;
}

void t.test('the input has every kind of change and every kind of finding of money 1–18', async (t) => {
  const full = await runCore({ ...plugins(), request: { allFindings: true } });
  const update = await runCore({ ...plugins(), request: { command: 'update', start: '2026-09-01T20:00:00Z', allFindings: true } });
  const ended = await runCore({ ...plugins(), request: { command: 'update', end: '2026-09-01T12:30:00Z', allFindings: true } });
  const kinds = new Set([full, update, ended].flatMap((run) => run.findings.map((finding) => finding.kind)));
  t.same(
    // Taking a run back has its own test. Money 19 needs a sink that tells usage: test/core/reconcile/apply.test.ts.
    FINDING_KINDS.filter((kind) => !kinds.has(kind) && kind !== 'would-clamp' && kind !== 'not-reverted'),
    [],
  );
  t.same(new Set(full.changes.map((change) => change.kind)), new Set(['create', 'update']));
  t.equal(full.exitCode, 3, 'an unstable account was left out');
  t.same(full.summary.unstableAccounts, ['fc_moving']);
});

for (const [title, request] of [
  ['full', { command: 'full', ...ZERO }],
  ['update', { command: 'update', ...ZERO }],
  ['full, without zeroing duplicates', { command: 'full' }],
] as const) {
  void t.test(`${title}: the differences, applied by other code to the snapshot, give the plan’s sums`, async (t) => {
    const { sink, source, ...rest } = plugins();
    const { changes, summary } = await runCore({ sink, source, ...rest, request: { ...request, dryRun: true } });
    const open = new Set(['RUNNING', 'RESIZING', 'REQUEUED', 'PREEMPTED', 'NODE_FAIL']);
    const read = RECORDS.filter((record) => record.account !== 'fc_moving' && (request.command === 'full' || open.has(record.state ?? '')));
    const before = sums(read);
    const after = new Map(before);
    for (const change of changes)
      after.set(change.account, (after.get(change.account) ?? 0) + Math.round(Number(change.suDifference) * 100));
    for (const totals of summary.totals.accounts) {
      t.equal(Number(totals.amountBefore), (before.get(totals.account) ?? 0) / 100, `${totals.account} before`);
      t.equal(Number(totals.amountAfter), (after.get(totals.account) ?? 0) / 100, `${totals.account} after`);
    }
    t.same(sink.puts, [], 'a dry run sends nothing');
  });

  void t.test(`${title}: the plan applied to its own snapshot, and reconciled again, has no changes`, async (t) => {
    const { sink, source, ...rest } = plugins();
    const first = await runCore({ sink, source, ...rest, request });
    t.ok(first.changes.length > 0);
    t.match(first.summary.applied, { changes: first.changes.length, applied: first.changes.length });
    for (const change of first.changes) t.same(sink.records.get(change.jobId), change.after);
    const second = await runCore({ sink, source, ...rest, request });
    t.same(second.changes, []);
    const loud = (kinds: typeof first.findings): string[] => kinds.map((finding) => `${finding.kind} ${finding.jobId ?? ''}`);
    const settled = ['clock-shifted', 'requeued', 'resized', 'outside-allocation', 'duplicate-array-id'];
    t.same(
      loud(second.findings),
      loud(first.findings).filter(
        (text) => !settled.some((kind) => text.startsWith(kind)) || (request.flags === undefined && text.startsWith('duplicate')),
      ),
      'what was reported and left is reported again',
    );
  });
}

void t.test('a doubled array task is never charged twice (money 6)', async (t) => {
  const without = await runCore({ ...plugins() });
  t.notOk(
    without.changes.some((change) => change.jobId === '13' || change.jobId.includes('_')),
    'neither is written without the flag',
  );
  t.same(
    without.findings.filter((finding) => finding.kind === 'duplicate-array-id').map((finding) => finding.jobId),
    ['90_2', '90_3'],
  );
  const { sink, ...rest } = plugins();
  const run = await runCore({ sink, ...rest, request: ZERO });
  const order = sink.puts.map((change) => change.jobId);
  t.ok(order.indexOf('90_3') < order.indexOf('13'), 'first the 0.00, then the raw record');
  t.match(
    run.changes.find((change) => change.jobId === '90_2'),
    { after: { amount: '0.00', startedAt: NOON, endedAt: NOON + HOUR }, suDifference: '-1.00' },
  );
  t.equal(sink.records.get('13')?.amount, '1.00');
});

void t.test('increases go before decreases within an account (money 19)', async (t) => {
  const { changes } = await runCore({ ...plugins() });
  const signs = changes.filter((change) => change.account === 'fc_alpha').map((change) => Number(change.suDifference) >= 0);
  t.same(
    signs,
    [...signs].sort((a, b) => Number(b) - Number(a)),
  );
});

void t.test('a sink that cannot look up an id never creates, and says so (money 5)', async (t) => {
  const sink = memorySink(RECORDS, { accounts: ACCOUNTS, cannotLookUp: true });
  const { changes, summary } = await runCore({ ...plugins(), sink });
  t.notOk(changes.some((change) => change.kind === 'create'));
  t.match(summary.notes, [/have no record and get none/]);
});

void t.test('--limit counts changes and says what is left; --account narrows; -s never widens (money 11, 16)', async (t) => {
  const { sink, ...rest } = plugins();
  const { summary } = await runCore({ sink, ...rest, request: { limit: 2 } });
  t.equal(sink.puts.length, 2);
  t.match(summary.applied, { changes: 2, planned: summary.totals.creates + summary.totals.updates });
  const only = await runCore({ ...plugins(), request: { accounts: ['co_beta'] } });
  t.same(new Set(only.changes.map((change) => change.account)), new Set(['co_beta']));
  const wide = await runCore({ ...plugins(), request: { start: '2020-01-01' } });
  t.same(wide.changes, (await runCore({ ...plugins() })).changes);
  await t.rejects(runCore({ ...plugins(), request: { accounts: ['fc_alhpa'] } }), { code: 'USAGE', message: /did you mean "fc_alpha"/ });
});

void t.test('a second cluster needs a name (money 3)', async (t) => {
  const { sink, source } = plugins();
  await t.rejects(runCore({ sink, source }), { code: 'CLUSTER_AMBIGUOUS', remedy: /"cluster": "savio"/ });
});

void t.test('--strict-prices names every partition without a price (money 8)', async (t) => {
  await t.rejects(runCore({ ...plugins(), request: { flags: { ...NO_FLAGS, strictPrices: true } } }), {
    code: 'PARTITION_UNKNOWN',
    message: /nowhere \(job 11\)/,
  });
});
