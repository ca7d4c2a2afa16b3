import assert from 'node:assert/strict';
import type { JobSink, SinkAccount } from '../core/job-sink.js';
import { RECORD_SCHEMA, type SinkRecord } from '../core/record.js';
import { compileSchema } from '../core/schema.js';
import { formatAmount, parseAmount } from '../core/service-units.js';
import type { Window } from '../core/window.js';
import { AUTUMN_HOURS } from './autumn.js';
import { runCases, type ConformanceCase, type TestRunner } from './conformance-case.js';
import type { KnownSink, SinkCapability, SinkExpectations } from './known-sink.js';
import { assertBackPressure, assertEnds, assertLazy, assertLetsGo, assertStopsMidway, collect } from './reading.js';
import { assertSame, going, nothing, startsIn, updateOf } from './records.js';
import { sinkFaultCases } from './sink-faults.js';
import { sinkWriteCases } from './sink-writes.js';
import { withInstance, type Create } from './trial.js';

const CAPABILITIES: readonly SinkCapability[] = ['accounts', 'recordsOfAccount', 'record', 'totals', 'usage', 'userIds'];
const NO_SUCH_ID = '999999999999';
const NO_SUCH_ACCOUNT = 'no_such_account';

type SinkCase = readonly [string, (sink: JobSink) => Promise<void>];

/** Runs what every sink must do under tap (`t`) or node:test (`t` or `test`). `makeSink` makes a new sink over the same data each time. */
export function sinkSuite(runner: TestRunner, makeSink: Create<JobSink>, expectations: SinkExpectations): Promise<void> {
  return runCases(runner, sinkCases({ create: makeSink, ...expectations }));
}

/** What every sink must do, as cases for any test runner, in the order in which they have to run: those that write come last. */
export function sinkCases(options: SinkExpectations & { readonly create: Create<JobSink> }): ConformanceCase[] {
  const { create, known, capabilities, reads } = options;
  const suite = new SinkSuite(known);
  const always: readonly SinkCase[] = [
    ['openRecords: records in these states that start in the window', (sink) => suite.readsOpen(sink)],
    ['openRecords: a state that nobody has brings no records', (sink) => suite.unknownState(sink)],
    ['openRecords: every record fits the schema, reading twice gives the same', (sink) => suite.fitsSchema(sink)],
    ['openRecords: a reader that leaves after the first batch is let go', (sink) => assertLetsGo(() => suite.open(sink))],
    ['an aborted signal ends the reading within a second, and keeps from writing', (sink) => suite.stops(sink)],
    ['check: ends', (sink) => suite.checks(sink)],
  ];
  const probed: readonly SinkCase[] =
    reads === undefined
      ? []
      : [
          ['openRecords: asks nothing before a batch is wanted', (sink) => assertLazy(() => suite.open(sink), reads)],
          ['openRecords: waits for a slow reader', (sink) => assertBackPressure(() => suite.open(sink), reads)],
        ];
  const optional: Readonly<Record<SinkCapability, (sink: JobSink) => Promise<void>>> = {
    accounts: (sink) => suite.listsAccounts(sink),
    recordsOfAccount: (sink) => suite.readsAccounts(sink),
    record: (sink) => suite.looksUp(sink),
    totals: (sink) => suite.sums(sink),
    usage: (sink) => suite.tellsUsage(sink),
    userIds: (sink) => suite.mapsUsers(sink),
  };
  return [
    ...[...always, ...probed].map(([title, run]) => ({ title, run: () => withInstance(create, run) })),
    { title: 'close: may come first, and twice', run: () => withInstance(create, async (sink) => sink.close?.()) },
    ...CAPABILITIES.map((capability) => {
      const isOffered = capabilities.includes(capability);
      return {
        title: isOffered ? `${capability}: agrees with what is known` : `${capability}: not offered, and so said`,
        run: () =>
          withInstance(create, async (sink) => {
            assert.equal(sink[capability] !== undefined, isOffered);
            if (isOffered) await optional[capability](sink);
          }),
      };
    }),
    ...sinkFaultCases(options),
    ...sinkWriteCases(options),
  ];
}

class SinkSuite {
  readonly #isRecord = compileSchema<SinkRecord>(RECORD_SCHEMA);

  constructor(private readonly known: KnownSink) {}

  async readsOpen(sink: JobSink): Promise<void> {
    const { statuses, window, records } = this.known;
    const wanted = records.filter((record) => record.state !== null && statuses.includes(record.state));
    const found = await collect(sink.openRecords({ ...going(), statuses, window }));
    // A sink may be unable to list records without a start.
    assertSame(
      found.filter((record) => record.startedAt !== null),
      wanted.filter((record) => startsIn(record, window)),
    );
    for (const record of found) if (record.startedAt === null) assert.ok(wanted.some((other) => other.jobId === record.jobId));
  }

  async unknownState(sink: JobSink): Promise<void> {
    const { window } = this.known;
    assert.deepEqual(await collect(sink.openRecords({ ...going(), statuses: ['NO_SUCH_STATE'], window })), []);
  }

  async fitsSchema(sink: JobSink): Promise<void> {
    const { statuses, window } = this.known;
    const first = await collect(sink.openRecords({ ...going(), statuses, window }));
    for (const record of first) assert.ok(this.#isRecord(record), `${JSON.stringify(record)}: ${JSON.stringify(this.#isRecord.errors)}`);
    assertSame(await collect(sink.openRecords({ ...going(), statuses, window })), first);
  }

  async stops(sink: JobSink): Promise<void> {
    const aborted = { signal: AbortSignal.abort() };
    await assertEnds(() => collect(this.open(sink, aborted)));
    await assertStopsMidway((signal) => this.open(sink, { signal }));
    const [record] = this.known.records;
    if (record === undefined) return;
    await assertEnds(() => assert.rejects(sink.put(updateOf(record), aborted)));
    if (sink.recordsOfAccount === undefined) return;
    await assertStopsMidway((signal) => sink.recordsOfAccount?.(record.account, { signal, window: this.known.window }) ?? nothing());
  }

  async checks(sink: JobSink): Promise<void> {
    for (const result of await sink.check(going())) assert.ok(result.name !== '' && result.message !== '', JSON.stringify(result));
  }

  async listsAccounts(sink: JobSink): Promise<void> {
    const accounts = (await sink.accounts?.(going())) ?? [];
    const byName = (one: SinkAccount, other: SinkAccount): number => (one.name < other.name ? -1 : 1);
    assert.deepEqual([...accounts].sort(byName), [...(this.known.accounts ?? [])].sort(byName));
  }

  /** The whole is what two windows that meet give together: each is compared with what is known. */
  async readsAccounts(sink: JobSink): Promise<void> {
    const starts = this.known.records.map(({ startedAt }) => startedAt).filter((startedAt) => startedAt !== null);
    const last = Math.max(...starts);
    const { first, second } = AUTUMN_HOURS;
    const windows = [this.known.window, { from: last, to: last + 1 }, { from: 0, to: last }, first, second];
    for (const account of [...new Set(this.known.records.map((record) => record.account)), NO_SUCH_ACCOUNT]) {
      for (const window of windows) assertSame(await this.#ofAccount(sink, account, window), this.#known(account, window));
    }
  }

  async looksUp(sink: JobSink): Promise<void> {
    for (const known of sampleOf(this.known.records)) assert.deepEqual(await sink.record?.(known.jobId, going()), known);
    assert.equal(await sink.record?.(NO_SUCH_ID, going()), null);
  }

  async sums(sink: JobSink): Promise<void> {
    const { window, records } = this.known;
    for (const account of new Set(records.map((record) => record.account))) {
      const wanted = this.#known(account, window);
      const totals = await sink.totals?.(account, { ...going(), window });
      const cents = wanted.reduce((sum, record) => sum + parseAmount(record.amount), 0n);
      const cpuHours = wanted.reduce((sum, record) => sum + (record.cpuHours ?? 0), 0);
      assert.equal(totals?.count, wanted.length);
      assert.equal(formatAmount(parseAmount(totals.amount)), formatAmount(cents));
      assert.ok(Math.abs(totals.cpuHours - cpuHours) <= 1e-6 * Math.max(1, cpuHours), `${totals.cpuHours} is not ${cpuHours}`);
    }
  }

  async tellsUsage(sink: JobSink): Promise<void> {
    for (const [account, known] of this.known.usage ?? []) {
      assert.deepEqual(await sink.usage?.(account, { ...going(), userIds: [...known.users.keys()] }), known);
      assert.deepEqual(await sink.usage?.(account, { ...going(), userIds: [] }), { ...known, users: new Map() });
    }
    assert.deepEqual(await sink.usage?.(NO_SUCH_ACCOUNT, { ...going(), userIds: ['1'] }), { used: null, users: new Map() });
  }

  async mapsUsers(sink: JobSink): Promise<void> {
    const known = this.known.userIds ?? new Map<string, string>();
    const found = await sink.userIds?.([...known.keys(), 'no_such_user'], going());
    assert.deepEqual([...(found ?? [])].sort(), [...known].sort());
  }

  open(sink: JobSink, options = going()): AsyncIterable<readonly SinkRecord[]> {
    const { statuses, window } = this.known;
    return sink.openRecords({ ...options, statuses, window });
  }

  #ofAccount(sink: JobSink, account: string, window: Window): Promise<SinkRecord[]> {
    assert.ok(sink.recordsOfAccount !== undefined);
    return collect(sink.recordsOfAccount(account, { ...going(), window }));
  }

  #known(account: string, window: Window): SinkRecord[] {
    return this.known.records.filter((record) => record.account === account && startsIn(record, window));
  }
}

/** Fifty at most, from all over. */
function sampleOf<T>(all: readonly T[]): readonly T[] {
  const step = Math.max(1, Math.ceil(all.length / 50));
  return all.filter((_, index) => index % step === 0);
}
