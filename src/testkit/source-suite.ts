import assert from 'node:assert/strict';
import { aliasIds, JOB_SCHEMA, type Row } from '../core/job.js';
import type { JobSource } from '../core/job-source.js';
import { compileSchema } from '../core/schema.js';
import { contains, type Window } from '../core/window.js';
import type { KnownSource, SourceExpectations } from './known-source.js';
import { AUTUMN_HOURS } from './autumn.js';
import { runCases, type ConformanceCase, type TestRunner } from './conformance-case.js';
import { assertBackPressure, assertEnds, assertLazy, assertLetsGo, assertStopsMidway, collect } from './reading.js';
import { assertSameRows, endedOrRuns, reading } from './rows.js';
import { sourceFaultCases } from './source-faults.js';
import { withInstance, type Create } from './trial.js';

/** Slurm could give it, and never does: its ids end at 67,108,863, those of a federation far below this. */
const NO_SUCH_ID = '4294967293';

/** Runs what every source must do under tap (`t`) or node:test (`t` or `test`). `makeSource` makes a new source over the same data each time. */
export function sourceSuite(runner: TestRunner, makeSource: Create<JobSource>, expectations: SourceExpectations): Promise<void> {
  return runCases(runner, sourceCases({ create: makeSource, ...expectations }));
}

/** What every source must do, as cases for any test runner. */
export function sourceCases(options: SourceExpectations & { readonly create: Create<JobSource> }): ConformanceCase[] {
  const { create, known, capabilities, reads } = options;
  const suite = new SourceSuite(known);
  const cases: readonly (readonly [string, (source: JobSource) => Promise<void>])[] = [
    ['jobs: every row fits the schema of a Job', (source) => suite.fitsSchema(source)],
    ['jobs: rows that ended in the window, and rows that still run', (source) => suite.readsWindow(source)],
    ['jobs: the window holds its first instant and not its last', (source) => suite.isHalfOpen(source)],
    ['jobs: windows that meet give what the whole gives, nothing lost and nothing doubled', (source) => suite.meets(source)],
    ['jobs: the hour that autumn repeats is two hours', (source) => suite.tellsAutumnHours(source)],
    ['jobs: only the accounts that were asked for', (source) => suite.keepsToAccounts(source)],
    ['jobs: an unknown account has no rows', (source) => suite.unknownAccount(source)],
    ['jobs: reading twice, and twice at once, gives the same', (source) => suite.readsTwice(source)],
    ['jobsById: every row of a raw id', (source) => suite.findsRawIds(source)],
    ['jobsById: array tasks and components by their shown ids', (source) => suite.findsAliases(source)],
    ['jobsById: an unknown id has no rows, a repeated one no more rows', (source) => suite.unknownAndRepeatedIds(source)],
    ['an aborted signal ends the reading within a second', (source) => suite.stops(source)],
    ['a reader that leaves after the first batch is let go', (source) => suite.letsGo(source)],
    ['check: says something for people', (source) => suite.checks(source)],
    ...(reads === undefined
      ? []
      : ([
          ['jobs: asks nothing before a batch is wanted', (source) => assertLazy(() => suite.all(source), reads)],
          ['jobs: waits for a slow reader', (source) => assertBackPressure(() => suite.all(source), reads)],
        ] as const satisfies readonly (readonly [string, (source: JobSource) => Promise<void>])[])),
  ];
  const [offersAccounts, offersAliveIds] = [capabilities.includes('accounts'), capabilities.includes('aliveIds')];
  const offersPartitions = capabilities.includes('partitions');
  return [
    ...cases.map(([title, run]) => ({ title, run: () => withInstance(create, run) })),
    { title: 'close: may come first, and twice', run: () => suite.closesTwice(create) },
    {
      title: offersAccounts ? 'accounts: no name with rows in the window is missing' : 'accounts: not offered, and so said',
      run: () => withInstance(create, (source) => suite.listsAccounts(source, offersAccounts)),
    },
    {
      title: offersAliveIds
        ? 'aliveIds: nothing is known, or only of what was asked for, and never an unknown id'
        : 'aliveIds: not offered, and so said',
      run: () => withInstance(create, (source) => suite.tellsAliveIds(source, offersAliveIds)),
    },
    {
      title: offersPartitions ? 'partitions: each name once, or nothing is known' : 'partitions: not offered, and so said',
      run: () => withInstance(create, (source) => suite.listsPartitions(source, offersPartitions)),
    },
    ...sourceFaultCases(options),
  ];
}

class SourceSuite {
  readonly #isJob = compileSchema<Row>(JOB_SCHEMA);
  readonly #accounts: readonly string[];
  readonly #ids: readonly string[];

  constructor(private readonly known: KnownSource) {
    this.#accounts = [...new Set(known.rows.map((row) => row.account))];
    this.#ids = [...new Set(known.rows.map((row) => row.jobId))];
  }

  async fitsSchema(source: JobSource): Promise<void> {
    for (const row of await this.#read(source, this.known.window)) {
      assert.ok(this.#isJob(row), `${JSON.stringify(row)}: ${JSON.stringify(this.#isJob.errors)}`);
    }
  }

  async readsWindow(source: JobSource): Promise<void> {
    assertSameRows((await this.#read(source, this.known.window)).filter(endedOrRuns), this.#rowsIn(this.known.window));
  }

  async isHalfOpen(source: JobSource): Promise<void> {
    const ends = this.known.rows.map((row) => row.endedAt).filter((endedAt) => endedAt !== null);
    for (const end of new Set([Math.min(...ends), Math.max(...ends)])) {
      for (const window of [
        { from: end, to: end + 1 },
        { from: end - 1, to: end },
      ]) {
        assertSameRows((await this.#read(source, window)).filter(endedOrRuns), this.#rowsIn(window));
      }
    }
  }

  async meets(source: JobSource): Promise<void> {
    const ends = this.known.rows.map((row) => row.endedAt).filter((endedAt) => endedAt !== null);
    const middle = ends.toSorted((one, other) => one - other)[Math.floor(ends.length / 2)] ?? 0;
    const whole = { from: Math.min(...ends), to: Math.max(...ends) + 1 };
    const ended = async (window: Window): Promise<Row[]> => (await this.#read(source, window)).filter((row) => row.endedAt !== null);
    assertSameRows([...(await ended({ ...whole, to: middle })), ...(await ended({ ...whole, from: middle }))], await ended(whole));
  }

  async tellsAutumnHours(source: JobSource): Promise<void> {
    for (const window of [AUTUMN_HOURS.first, AUTUMN_HOURS.second]) {
      assertSameRows((await this.#read(source, window)).filter(endedOrRuns), this.#rowsIn(window));
    }
  }

  async keepsToAccounts(source: JobSource): Promise<void> {
    for (const account of this.#accounts) {
      const rows = await collect(source.jobs({ ...reading(), accounts: [account], window: this.known.window }));
      assertSameRows(
        rows.filter(endedOrRuns),
        this.#rowsIn(this.known.window).filter((row) => row.account === account),
      );
    }
  }

  async unknownAccount(source: JobSource): Promise<void> {
    const rows = await collect(source.jobs({ ...reading(), accounts: ['no_such_account'], window: this.known.window }));
    assert.deepEqual(rows, []);
  }

  async readsTwice(source: JobSource): Promise<void> {
    const read = (): Promise<Row[]> => this.#read(source, this.known.window);
    const once = await read();
    for (const again of await Promise.all([read(), read()])) assertSameRows(again, once);
  }

  async findsRawIds(source: JobSource): Promise<void> {
    assertSameRows(await collect(source.jobsById(this.#ids, reading())), this.known.rows);
    const [first] = this.#ids;
    if (first === undefined) return;
    assertSameRows(
      await collect(source.jobsById([first], reading())),
      this.known.rows.filter((row) => row.jobId === first),
    );
  }

  async findsAliases(source: JobSource): Promise<void> {
    for (const row of this.known.rows) {
      for (const alias of aliasIds(row)) {
        const found = await collect(source.jobsById([alias], reading()));
        assert.ok(found.length > 0, `${alias} is not found`);
        for (const other of found) assert.ok(aliasIds(other).includes(alias), `${alias} brings job ${other.jobId}`);
      }
    }
  }

  async unknownAndRepeatedIds(source: JobSource): Promise<void> {
    assert.deepEqual(await collect(source.jobsById([NO_SUCH_ID], reading())), []);
    const [row] = this.known.rows;
    if (row === undefined) return;
    const once = await collect(source.jobsById([row.jobId], reading()));
    assertSameRows(await collect(source.jobsById([row.jobId, NO_SUCH_ID, row.jobId], reading())), once);
  }

  async stops(source: JobSource): Promise<void> {
    const options = { ...reading(), signal: AbortSignal.abort() };
    await assertEnds(() => collect(source.jobs({ ...options, accounts: this.#accounts, window: this.known.window })));
    await assertEnds(() => collect(source.jobsById(['1'], options)));
    await assertStopsMidway((signal) => this.all(source, { ...reading(), signal }));
    await assertStopsMidway((signal) => source.jobsById(this.#ids, { ...reading(), signal }));
  }

  async letsGo(source: JobSource): Promise<void> {
    await assertLetsGo(() => this.all(source));
    await assertLetsGo(() => source.jobsById(this.#ids, reading()));
    assertSameRows(await this.#read(source, this.known.window), await this.#read(source, this.known.window));
  }

  async checks(source: JobSource): Promise<void> {
    const results = await source.check({ signal: new AbortController().signal });
    assert.ok(results.length > 0, 'it says nothing');
    for (const result of results) assert.ok(result.name !== '' && result.message !== '', JSON.stringify(result));
  }

  async closesTwice(create: Create<JobSource>): Promise<void> {
    await withInstance(create, async (source) => source.close?.());
  }

  async listsAccounts(source: JobSource, isOffered: boolean): Promise<void> {
    assert.equal(source.accounts !== undefined, isOffered);
    const names = await source.accounts?.({ ...reading(), window: this.known.window });
    if (names === undefined) return;
    const wanted = new Set(this.#rowsIn(this.known.window).map((row) => row.account));
    assert.equal(new Set(names).size, names.length, 'a name comes twice');
    assert.deepEqual(
      [...wanted].filter((name) => !names.includes(name)),
      [],
    );
  }

  async tellsAliveIds(source: JobSource, isOffered: boolean): Promise<void> {
    assert.equal(source.aliveIds !== undefined, isOffered);
    const running = this.known.rows.filter((row) => row.endedAt === null && row.state === 'RUNNING').map((row) => row.jobId);
    const options = { cluster: this.known.rows[0]?.cluster ?? null, signal: new AbortController().signal };
    const alive = await source.aliveIds?.([...running, NO_SUCH_ID], options);
    assert.deepEqual(
      [...(alive ?? [])].filter((id) => !running.includes(id)),
      [],
    );
  }

  async listsPartitions(source: JobSource, isOffered: boolean): Promise<void> {
    assert.equal(source.partitions !== undefined, isOffered);
    const names = (await source.partitions?.({ signal: new AbortController().signal })) ?? [];
    assert.equal(new Set(names).size, names.length, 'a name comes twice');
    assert.ok(
      names.every((name) => name !== ''),
      'a name is empty',
    );
  }

  /** Everything that ended in the window that is known, or runs. */
  all(source: JobSource, options = reading()): AsyncIterable<readonly Row[]> {
    return source.jobs({ ...options, accounts: this.#accounts, window: this.known.window });
  }

  #read(source: JobSource, window: Window): Promise<Row[]> {
    return collect(source.jobs({ ...reading(), accounts: this.#accounts, window }));
  }

  #rowsIn(window: Window): Row[] {
    return this.known.rows.filter((row) => endedOrRuns(row) && (row.endedAt === null || contains(window, row.endedAt)));
  }
}
