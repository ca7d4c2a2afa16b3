import assert from 'node:assert/strict';
import type { Change } from '../core/change.js';
import type { AccountUsage, JobSink, SinkAccount, SinkOptions } from '../core/job-sink.js';
import { RECORD_SCHEMA, type SinkRecord } from '../core/record.js';
import { compileSchema } from '../core/schema.js';
import { formatAmount, parseAmount } from '../core/service-units.js';
import { contains, type Window } from '../core/window.js';
import { assertStops, collect, type ConformanceCase } from './conformance-case.js';

/** What a sink may offer beside the methods that every sink has. */
export type SinkCapability = 'accounts' | 'recordsOfAccount' | 'record' | 'totals' | 'usage' | 'userIds';

/** What the sink under test is known to hold. */
export interface KnownSink {
  readonly records: readonly SinkRecord[];
  /** A window that holds the starts of some records. */
  readonly window: Window;
  /** States of some of the records. */
  readonly statuses: readonly string[];
  readonly accounts?: readonly SinkAccount[];
  readonly userIds?: ReadonlyMap<string, string>;
  /** Usage by account, with the users that are asked for. */
  readonly usage?: ReadonlyMap<string, AccountUsage>;
}

const CAPABILITIES: readonly SinkCapability[] = ['accounts', 'recordsOfAccount', 'record', 'totals', 'usage', 'userIds'];
const NO_SUCH_ID = '999999999999';
const NO_SUCH_ACCOUNT = 'no_such_account';

/** What every sink must do, capability by capability. `create` gives a new instance each time; `put` is called on it. */
export function sinkCases(options: {
  readonly create: () => Promise<JobSink>;
  readonly known: KnownSink;
  readonly capabilities: readonly SinkCapability[];
}): ConformanceCase[] {
  const suite = new SinkSuite(options.known);
  const always: readonly (readonly [string, (sink: JobSink) => Promise<void>])[] = [
    ['openRecords: records in these states that start in the window', (sink) => suite.readsOpen(sink)],
    ['openRecords: a state that nobody has brings no records', (sink) => suite.unknownState(sink)],
    ['openRecords: every record fits the schema, reading twice gives the same', (sink) => suite.fitsSchema(sink)],
    ['put: answers what became of the change', (sink) => suite.puts(sink)],
    ['put: what is there already, sent twice, changes nothing', (sink) => suite.putsTwice(sink)],
    ['an aborted signal ends the reading and the writing', (sink) => suite.stops(sink)],
    ['check: ends', (sink) => suite.checks(sink)],
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
    ...always.map(([title, run]) => ({ title, run: () => withSink(options.create, run) })),
    { title: 'close: may come first, and twice', run: () => suite.closesTwice(options.create) },
    ...CAPABILITIES.map((capability) => {
      const isOffered = options.capabilities.includes(capability);
      return {
        title: isOffered ? `${capability}: agrees with what is known` : `${capability}: not offered, and so said`,
        run: () =>
          withSink(options.create, async (sink) => {
            assert.equal(sink[capability] !== undefined, isOffered);
            if (isOffered) await optional[capability](sink);
          }),
      };
    }),
  ];
}

async function withSink(create: () => Promise<JobSink>, run: (sink: JobSink) => Promise<void>): Promise<void> {
  const sink = await create();
  try {
    await run(sink);
  } finally {
    await sink.close?.();
  }
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

  async puts(sink: JobSink): Promise<void> {
    const [record] = this.known.records;
    if (record === undefined) return;
    const outcome = await sink.put(updateOf(record), going());
    assert.ok(['applied', 'logged'].includes(outcome.status), JSON.stringify(outcome));
  }

  async putsTwice(sink: JobSink): Promise<void> {
    const [record] = this.known.records;
    if (record === undefined) return;
    const before = await this.#usageOf(sink, record);
    const outcomes = [await sink.put(updateOf(record), going()), await sink.put(updateOf(record), going())];
    assert.deepEqual(outcomes[1], outcomes[0]);
    if (sink.record !== undefined) assert.deepEqual(await sink.record(record.jobId, going()), record);
    assert.deepEqual(await this.#usageOf(sink, record), before);
  }

  async stops(sink: JobSink): Promise<void> {
    const { statuses, window, records } = this.known;
    const aborted = { signal: AbortSignal.abort() };
    await assertStops(() => collect(sink.openRecords({ ...aborted, statuses, window })));
    const [record] = records;
    if (record !== undefined) await assert.rejects(sink.put(updateOf(record), aborted));
  }

  async checks(sink: JobSink): Promise<void> {
    for (const result of await sink.check(going())) assert.ok(result.name !== '' && result.message !== '', JSON.stringify(result));
  }

  async closesTwice(create: () => Promise<JobSink>): Promise<void> {
    const sink = await create();
    await sink.close?.();
    await sink.close?.();
  }

  async listsAccounts(sink: JobSink): Promise<void> {
    const accounts = (await sink.accounts?.(going())) ?? [];
    const byName = (one: SinkAccount, other: SinkAccount): number => (one.name < other.name ? -1 : 1);
    assert.deepEqual([...accounts].sort(byName), [...(this.known.accounts ?? [])].sort(byName));
  }

  async readsAccounts(sink: JobSink): Promise<void> {
    const ends = this.known.records.map(({ startedAt }) => startedAt).filter((startedAt) => startedAt !== null);
    const last = Math.max(...ends);
    const windows = [this.known.window, { from: last, to: last + 1 }, { from: 0, to: last }];
    for (const account of [...new Set(this.known.records.map((record) => record.account)), NO_SUCH_ACCOUNT]) {
      for (const window of windows) assertSame(await this.#ofAccount(sink, account, window), this.#known(account, window));
    }
  }

  async looksUp(sink: JobSink): Promise<void> {
    for (const known of this.known.records) assert.deepEqual(await sink.record?.(known.jobId, going()), known);
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

  #ofAccount(sink: JobSink, account: string, window: Window): Promise<SinkRecord[]> {
    assert.ok(sink.recordsOfAccount !== undefined);
    return collect(sink.recordsOfAccount(account, { ...going(), window }));
  }

  async #usageOf(sink: JobSink, { account, userId }: SinkRecord): Promise<AccountUsage | undefined> {
    return sink.usage?.(account, { ...going(), userIds: userId === null ? [] : [userId] });
  }

  #known(account: string, window: Window): SinkRecord[] {
    return this.known.records.filter((record) => record.account === account && startsIn(record, window));
  }
}

function going(): SinkOptions {
  return { signal: new AbortController().signal };
}

function startsIn(record: SinkRecord, window: Window): boolean {
  return record.startedAt !== null && contains(window, record.startedAt);
}

/** A change that writes what is there already. */
function updateOf(record: SinkRecord): Change {
  const { jobId, account, userId } = record;
  return { kind: 'update', jobId, account, userId: userId ?? '0', before: record, after: record, drift: [], suDifference: '0.00' };
}

/** Lists come in any order. */
function assertSame(found: readonly SinkRecord[], wanted: readonly SinkRecord[]): void {
  const byId = (one: SinkRecord, other: SinkRecord): number => (one.jobId < other.jobId ? -1 : 1);
  assert.deepEqual([...found].sort(byId), [...wanted].sort(byId));
}
