import t from 'tap';
import type { Change } from '../../src/core/change.js';
import { Journal } from '../../src/core/journal.js';
import type { JobSink, PutOutcome, SinkAccount } from '../../src/core/job-sink.js';
import { formatAmount, parseAmount } from '../../src/core/service-units.js';
import { DEFAULT_SITE } from '../../src/core/site.js';
import { createRunDirectory } from '../../src/core/state-directory.js';
import { exitCodeOfVerification, verifyUsage, type Verification } from '../../src/core/verify.js';
import type { SinkRecord } from '../../src/core/record.js';
import { pricesOf } from '../support/context.js';
import { HOUR, NOON, aRecord, anOpenRecord } from '../support/jobs.js';
import { memorySink } from '../support/memory-plugins.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** 2026-09-01 in California begins 5 hours before noon UTC. */
const MIDNIGHT = NOON - 5 * HOUR;
const DAY = 24 * HOUR;
const ACCOUNT: SinkAccount = { name: 'fc_alpha', allocationStart: MIDNIGHT - 30 * DAY, allocationEnd: MIDNIGHT + 30 * DAY };
const NOW = NOON + 60 * DAY;

interface Scenario {
  readonly records: readonly SinkRecord[];
  /** Of the account; its one user's is the same. Null: no allowance. */
  readonly usage: string | null;
  readonly account?: Partial<SinkAccount>;
  readonly without?: keyof JobSink;
  readonly state?: string;
  readonly prices?: Readonly<Record<string, number>>;
  readonly totals?: JobSink['totals'];
}

async function verify(scenario: Scenario): Promise<Verification> {
  const { records, usage, prices = { savio3: 1 } } = scenario;
  const sink: JobSink = {
    ...memorySink(records, { accounts: [{ ...ACCOUNT, ...scenario.account }] }),
    usage: (_account, { userIds }) =>
      Promise.resolve({ used: usage, users: new Map(usage === null ? [] : userIds.map((id) => [id, usage])) }),
    ...(scenario.totals && { totals: scenario.totals }),
  };
  if (scenario.without !== undefined) Reflect.deleteProperty(sink, scenario.without);
  return verifyUsage({
    sink: { name: 'portal', plugin: 'memory', instance: sink, site: DEFAULT_SITE, cluster: null, digest: '' },
    accounts: [],
    stateDirectory: scenario.state ?? temporaryDirectory(),
    prices: pricesOf(prices),
    now: NOW,
    signal: new AbortController().signal,
  });
}

/** Difference, what is left of it, and the causes, of the whole account. */
async function told(scenario: Scenario): Promise<string> {
  const { balances } = await verify(scenario);
  const { difference, unexplained, causes } = balances[0]!;
  return [formatAmount(difference), formatAmount(unexplained), ...causes.map(({ kind }) => kind)].join(' ');
}

/** A state directory whose one run did this at that time. */
async function journaled(at: number, ...done: readonly (readonly [SinkRecord | null, SinkRecord, PutOutcome | null])[]): Promise<string> {
  const state = temporaryDirectory();
  const { journal: path, runId } = createRunDirectory(state, new Date(at * 1000));
  const journal = await Journal.create(path, { runId, of: null, sink: { name: 'portal', target: null, cluster: null } }, { now: () => at });
  for (const [before, after, outcome] of done) {
    const { jobId, account, userId } = after;
    const suDifference = formatAmount(parseAmount(after.amount) - parseAmount(before?.amount ?? '0.00'));
    const change: Change = { kind: 'update', jobId, account, userId: userId ?? '', before, after, drift: ['amount'], suDifference };
    const sequence = await journal.intent(change, { place: 0, usageMoves: suDifference, allocation: null });
    if (outcome !== null) journal.outcome(sequence, outcome);
  }
  await journal.close();
  return state;
}

void t.test('what counts: from the first midnight on, open or ended before the midnight after the last day', async (t) => {
  const start = MIDNIGHT - 30 * DAY;
  const end = MIDNIGHT + 30 * DAY;
  const records = [
    aRecord({ jobId: '1', amount: '1.00', startedAt: start - 1, endedAt: start + HOUR }),
    aRecord({ jobId: '2', amount: '2.00', startedAt: start, endedAt: start + HOUR }),
    aRecord({ jobId: '3', amount: '4.00', startedAt: end - HOUR, endedAt: end - 1 }),
    aRecord({ jobId: '4', amount: '8.00', startedAt: end - HOUR, endedAt: end }),
    anOpenRecord({ jobId: '5', amount: '16.00', startedAt: end - HOUR }),
    aRecord({ jobId: '6', amount: '32.00', startedAt: null, endedAt: end - 1 }),
  ];
  const verification = await verify({ records, usage: '22.00' });
  t.match(verification.balances, [
    { userId: null, charged: 2200n, recordCount: 3, difference: 0n },
    { userId: '10001', charged: 2200n, difference: 0n },
  ]);
  t.equal(exitCodeOfVerification(verification), 0);
  t.equal((await verify({ records, usage: '30.00', account: { allocationEnd: null } })).balances[0]?.difference, 0n);
});

void t.test('an allocation without a start is never charged: any usage of it is unexplained', async (t) => {
  const account = { allocationStart: null, allocationEnd: null };
  t.equal(await told({ records: [aRecord()], usage: '0.00', account }), '0.00 0.00');
  t.equal(await told({ records: [aRecord()], usage: '1.00', account }), '1.00 1.00');
});

void t.test('a difference of a cent that nothing explains: exit code 7', async (t) => {
  for (const usage of ['0.99', '1.01']) {
    const verification = await verify({ records: [aRecord()], usage });
    t.equal(exitCodeOfVerification(verification), 7);
    t.match(verification.balances, [{ unexplained: usage === '0.99' ? -1n : 1n }, { userId: '10001' }]);
  }
});

void t.test('an estimate reaches as far as the journal knows, else as far as the longest job', async (t) => {
  const late = aRecord({ jobId: '4', startedAt: MIDNIGHT + 29 * DAY, endedAt: MIDNIGHT + 30 * DAY + HOUR });
  t.equal(await told({ records: [late], usage: '720.00' }), '720.00 0.00 ended-after-allocation');
  t.equal(await told({ records: [late], usage: '720.01' }), '720.01 0.01 ended-after-allocation');
  t.equal(await told({ records: [{ ...late, cpuCount: null }], usage: '9999.00' }), '9999.00 0.00 ended-after-allocation');
  const before = anOpenRecord({ jobId: '4', amount: '48.00', startedAt: late.startedAt });
  const state = await journaled(NOW - DAY, [before, late, { status: 'applied' }]);
  t.equal(await told({ records: [late], usage: '48.00', state }), '48.00 0.00 ended-after-allocation');
  t.equal(await told({ records: [late], usage: '48.01', state }), '48.01 0.01 ended-after-allocation');
});

void t.test('the first day explains what is missing, and never what is too much', async (t) => {
  const first = aRecord({ startedAt: MIDNIGHT - 30 * DAY + HOUR, endedAt: MIDNIGHT - 30 * DAY + 2 * HOUR });
  const second = aRecord({ jobId: '2', startedAt: MIDNIGHT - 29 * DAY, endedAt: MIDNIGHT - 29 * DAY + HOUR, amount: '1000.00' });
  t.equal(await told({ records: [first, second], usage: '1000.00' }), '-1.00 0.00 started-on-first-day');
  t.equal(await told({ records: [first, second], usage: '280.00' }), '-721.00 -1.00 started-on-first-day');
  t.equal(await told({ records: [first, second], usage: '1002.00' }), '1.00 1.00');
  t.equal(await told({ records: [second], usage: '999.00' }), '-1.00 -1.00', 'its second day begins a day later');
});

void t.test('a lowering explains missing usage only where all that is used was charged since', async (t) => {
  const old = aRecord({ jobId: '1', amount: '10.00' });
  const lowered = aRecord({ jobId: '2', amount: '0.00' });
  const since = aRecord({ jobId: '3', amount: '5.00', startedAt: NOON + 9 * DAY, endedAt: NOON + 10 * DAY });
  const records = [old, lowered, since];
  const write = [{ ...lowered, amount: '40.00' }, lowered] as const;
  const state = await journaled(NOON + 5 * DAY, [...write, { status: 'applied' }]);
  t.equal(await told({ records, usage: '5.00', state }), '-10.00 0.00 floored');
  t.equal(await told({ records, usage: '5.01', state }), '-9.99 -9.99');
  const refused = await journaled(NOON + 5 * DAY, [...write, { status: 'rejected', cause: 'c', message: 'm', remedy: 'r' }]);
  t.equal(await told({ records, usage: '5.00', state: refused }), '-10.00 -10.00');
  const cutOff = await journaled(NOON + 5 * DAY, [...write, null]);
  t.equal(await told({ records, usage: '5.00', state: cutOff }), '-10.00 0.00 floored', 'whether it took effect is not known');
  const lastYear = await journaled(MIDNIGHT - 40 * DAY, [...write, { status: 'applied' }]);
  t.equal(await told({ records, usage: '5.00', state: lastYear }), '-10.00 -10.00');
});

void t.test('an edit counts when the dates are those that were written', async (t) => {
  const state = await journaled(NOON + DAY, [aRecord({ amount: '3.00' }), aRecord({ amount: '2.00' }), { status: 'applied' }]);
  t.equal(await told({ records: [aRecord({ amount: '0.50' })], usage: '2.00', state }), '1.50 0.00 edited-since-written');
  t.equal(await told({ records: [aRecord({ amount: '7.00' })], usage: '2.00', state }), '-5.00 0.00 edited-since-written');
  t.equal(await told({ records: [aRecord({ amount: '0.50' })], usage: '2.01', state }), '1.51 0.01 edited-since-written');
  t.equal(await told({ records: [aRecord({ amount: '0.50', endedAt: NOON + 1 })], usage: '2.00', state }), '1.50 1.50');
});

void t.test('what cannot be compared is said: no allowance, records that move while they are read', async (t) => {
  const none = await verify({ records: [aRecord()], usage: null });
  t.match(none, { balances: [], notCompared: [{ account: 'fc_alpha', nothingToCompare: true }] });
  t.equal(exitCodeOfVerification(none), 0);
  let asked = 0;
  const totals: JobSink['totals'] = () => Promise.resolve({ count: (asked += 1), amount: '1.00', cpuHours: 1 });
  const moving = await verify({ records: [aRecord(), aRecord({ jobId: '2', amount: '0.00' })], usage: '1.00', totals });
  t.match(moving.notCompared, [], 'the second reading holds still');
  t.equal(asked, 2);
  const restless = await verify({
    records: [aRecord()],
    usage: '1.00',
    totals: () => Promise.resolve({ count: 9, amount: '1.00', cpuHours: 1 }),
  });
  t.match(restless.notCompared, [{ account: 'fc_alpha', why: /changed each time/, nothingToCompare: false }]);
  t.equal(exitCodeOfVerification(restless), 3);
});

void t.test('a sink that cannot tell is refused before anything is read', async (t) => {
  for (const without of ['accounts', 'recordsOfAccount', 'usage'] as const)
    await t.rejects(verify({ records: [], usage: '0.00', without }), { code: 'CAPABILITY_MISSING', exitCode: 2, message: without });
});
