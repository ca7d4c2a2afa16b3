import t from 'tap';
import { parseAllowance } from '../../../src/core/guard-limits.js';
import type { SinkRecord } from '../../../src/core/record.js';
import { DEFAULT_SITE } from '../../../src/core/site.js';
import { NO_FLAGS, pricesOf } from '../../support/context.js';
import { HOUR, NOON, aJob, aRecord, anOpenRecord } from '../../support/jobs.js';
import { memorySink, memorySource, type MemorySink } from '../../support/memory-plugins.js';
import { runCore, type CoreRun, type CoreRunOptions } from '../../support/run-core.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const ACCOUNTS = [{ name: 'fc_alpha', allocationStart: NOON - 100 * HOUR, allocationEnd: null }];

/** A site whose 200 records are all right, half of them in each of two partitions. */
const ROWS = Array.from({ length: 200 }, (_, index) =>
  aJob({ jobId: String(1000 + index), partition: index % 2 ? 'savio2_htc' : 'savio3' }),
);
const RECORDS = ROWS.map(({ jobId, partition }) => aRecord({ jobId, partition, amount: partition === 'savio3' ? '1.00' : '0.75' }));

interface Scenario extends Partial<CoreRunOptions> {
  readonly rows?: readonly ReturnType<typeof aJob>[];
  readonly records?: readonly SinkRecord[];
  readonly command?: 'update' | 'full';
  readonly allow?: readonly string[];
}

async function run(scenario: Scenario): Promise<CoreRun & { readonly sink: MemorySink }> {
  const sink = memorySink(scenario.records ?? RECORDS, { accounts: ACCOUNTS });
  const request = { command: scenario.command ?? 'full', allowance: parseAllowance(scenario.allow ?? []), ...scenario.request } as const;
  return { ...(await runCore({ source: memorySource(scenario.rows ?? ROWS), sink, ...scenario, request })), sink };
}

function limitsOf({ summary }: CoreRun): string[] {
  return summary.guard.breaches.map(({ limit }) => limit);
}

void t.test('a price list with one more zero is refused before the first write, and called what it is', async (t) => {
  const result = await run({ prices: pricesOf({ savio3: 10, savio2_htc: 7.5 }) });
  t.equal(result.exitCode, 4);
  t.same(result.sink.puts, []);
  t.equal(result.summary.files.journal, null);
  t.same(limitsOf(result), ['share', 'closed-raised']);
  t.match(result.summary.guard.breaches[1], { message: /200 of 200 closed records/, allow: '--allow closed-raised=200' });
  t.same(
    result.summary.guard.priceChange,
    // The cents of savio2_htc's 0.75 say too little of a ratio.
    [{ partition: 'savio3', ratio: '10.0', records: 100 }],
  );
});

void t.test('the changed price of one partition is called that', async (t) => {
  const result = await run({ prices: pricesOf({ savio3: 1.5, savio2_htc: 0.75 }) });
  t.equal(result.exitCode, 4);
  t.same(result.summary.guard.priceChange, [{ partition: 'savio3', ratio: '1.50', records: 100 }]);
});

void t.test('in update, running jobs that all cost more than was estimated are refused', async (t) => {
  const records = ROWS.map(({ jobId, partition }) => anOpenRecord({ jobId, partition, amount: '3.00' }));
  const result = await run({ command: 'update', records, prices: pricesOf({ savio3: 10, savio2_htc: 7.5 }) });
  t.same([result.exitCode, limitsOf(result), result.sink.puts.length], [4, ['over-estimate'], 0]);
  t.equal((await run({ command: 'update', records })).exitCode, 0);
});

void t.test('a source that answers half the rows, or none, and a sink that lists nothing are refused', async (t) => {
  const half = ROWS.filter((_, index) => index % 4 < 2);
  // One record to correct, so that there is something to write.
  const records = RECORDS.map((record) => (record.jobId === '1000' ? { ...record, amount: '7.00' } : record));
  for (const command of ['update', 'full'] as const) {
    const open = command === 'full' ? records : records.map((record) => ({ ...record, endedAt: null, state: 'RUNNING' }));
    for (const [rows, limit] of [
      [half, 'missing'],
      [[], 'empty-source'],
    ] as const) {
      const result = await run({ command, rows, records: open });
      t.equal(result.exitCode, 4);
      t.ok(limitsOf(result).includes(limit));
      t.same(result.sink.puts, []);
    }
  }
  const nothing = await run({ records: [] });
  t.same([nothing.exitCode, limitsOf(nothing), nothing.sink.puts.length], [4, ['share', 'empty-sink'], 0]);
});

void t.test('the flags that the refusal shows allow it, and nothing more', async (t) => {
  const prices = pricesOf({ savio3: 10, savio2_htc: 7.5 });
  const refused = await run({ prices });
  const shown = refused.summary.guard.breaches.map(({ allow }) => allow.replace('--allow ', ''));
  t.match((await run({ prices, allow: shown })).summary.applied, { applied: 200 });
  t.equal((await run({ prices, allow: ['share=200', 'closed-raised=199'] })).exitCode, 4);
  t.equal((await run({ prices, allow: ['share=200'] })).exitCode, 4);
});

void t.test('a dry run is told what it would be refused, and is not', async (t) => {
  const result = await run({ prices: pricesOf({ savio3: 10, savio2_htc: 7.5 }), request: { dryRun: true } });
  t.same([result.exitCode, result.summary.guard.refused, limitsOf(result)], [0, false, ['share', 'closed-raised']]);
});

void t.test('limits on SU: net, gross, one account, closed records each way; null switches one off', async (t) => {
  const records = RECORDS.map((record, index) => (index < 4 ? { ...record, amount: index < 2 ? '900.00' : '0.10' } : record));
  const site = (guard: object): Scenario => ({ records, site: { guard: { ...DEFAULT_SITE.guard, ...guard } } });
  t.same(limitsOf(await run(site({}))), []);
  t.same(limitsOf(await run(site({ netSu: 100 }))), ['net-su']);
  t.same(limitsOf(await run(site({ grossSu: 100 }))), ['gross-su']);
  t.same(limitsOf(await run(site({ accountSu: 100 }))), ['account-su']);
  t.same(limitsOf(await run(site({ closedLoweredSu: 1798, closedRaisedSu: 1 }))), ['closed-raised-su', 'closed-lowered-su']);
  t.same(limitsOf(await run(site({ changes: 3 }))), ['changes']);
  t.same(limitsOf(await run(site({ changes: 4, netSu: null }))), []);
});

void t.test('a price list that changed since the last run is refused; one that was added with its date is not', async (t) => {
  const state = temporaryDirectory();
  const wrong = RECORDS.map((record) => (record.jobId === '1000' ? { ...record, amount: '7.00' } : record));
  const old = pricesOf({ savio3: 1, savio2_htc: 0.75 });
  const other = { ...old, lists: old.lists.map((list) => ({ ...list, digest: 'other' })) };
  const dated = { ...old, lists: [...old.lists, { ...old.lists[0]!, from: NOON + 5 * HOUR, digest: 'other' }] };
  // The record is set back before each run, which would look like a person's decision.
  const request = { flags: { ...NO_FLAGS, overwriteAdjusted: true } };
  t.equal((await run({ request, records: wrong, prices: old, state })).exitCode, 0);
  t.same(limitsOf(await run({ request, records: wrong, prices: other, state })), ['prices']);
  t.equal((await run({ request, records: wrong, prices: dated, state })).exitCode, 0);
  t.same(limitsOf(await run({ request, records: wrong, prices: old, state })), ['prices']);
  t.equal((await run({ request, records: wrong, prices: old, state, allow: ['prices'] })).exitCode, 0);
  t.equal((await run({ request, records: wrong, prices: old, state })).exitCode, 0);
});

void t.test('half of what the last full run saw is refused, on either side', async (t) => {
  const state = temporaryDirectory();
  t.equal((await run({ state })).exitCode, 0);
  const few = { rows: ROWS.slice(0, 90), records: RECORDS.slice(0, 90) };
  t.same(limitsOf(await run({ ...few, state })), ['shrunken-source', 'shrunken-sink']);
  t.equal((await run({ ...few, state, request: { accounts: ['fc_alpha'] } })).exitCode, 4);
  t.equal((await run({ ...few, state, allow: ['shrunken-source', 'shrunken-sink'] })).exitCode, 0);
  t.equal((await run({ ...few, state })).exitCode, 0);
});

void t.test('what --allow takes', (t) => {
  t.same(
    [...parseAllowance(['closed-raised=41', 'net-su=12.50', 'gross-su=3', 'prices'])],
    [
      ['closed-raised', 41n],
      ['net-su', 1250n],
      ['gross-su', 300n],
      ['prices', 0n],
    ],
  );
  for (const wrong of ['everything', 'prices=1', 'changes', 'changes=-1', 'changes=1.5', 'net-su=1.234', ''])
    t.throws(() => parseAllowance([wrong]), { code: 'USAGE' }, wrong);
  t.end();
});
