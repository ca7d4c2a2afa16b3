import assert from 'node:assert/strict';
import { aliasIds, isEndedState, JOB_SCHEMA, type Row } from '../core/job.js';
import type { JobSource, ReadOptions } from '../core/job-source.js';
import { compileSchema } from '../core/schema.js';
import { contains, type Window } from '../core/window.js';
import { assertStops, collect, type ConformanceCase } from './conformance-case.js';

/** What the source under test is known to hold. */
export interface KnownSource {
  /** Every row of its jobs: ended, and if it can have such, still running, finished without an end, and with an array task or heterogeneous component. */
  readonly rows: readonly Row[];
  /** A window that holds the ends of some rows, not necessarily of all. */
  readonly window: Window;
}

/** Slurm could give it, and never does: its ids end at 67,108,863, those of a federation far below this. */
const NO_SUCH_ID = '4294967293';

/** What every source must do. `create` gives a new instance each time. */
export function sourceCases(options: {
  readonly create: () => Promise<JobSource>;
  readonly known: KnownSource;
  /** What the source offers beside the methods that every source has. */
  readonly capabilities: readonly ('accounts' | 'aliveIds')[];
}): ConformanceCase[] {
  const { create, known } = options;
  const suite = new SourceSuite(known);
  const cases: readonly (readonly [string, (source: JobSource) => Promise<void>])[] = [
    ['jobs: every row fits the schema of a Job', (source) => suite.fitsSchema(source)],
    ['jobs: rows that ended in the window, and rows that still run', (source) => suite.readsWindow(source)],
    ['jobs: the window holds its first instant and not its last', (source) => suite.isHalfOpen(source)],
    ['jobs: only the accounts that were asked for', (source) => suite.keepsToAccounts(source)],
    ['jobs: an unknown account has no rows', (source) => suite.unknownAccount(source)],
    ['jobs: reading twice gives the same', (source) => suite.readsTwice(source)],
    ['jobsById: every row of a raw id', (source) => suite.findsRawIds(source)],
    ['jobsById: array tasks and components by their shown ids', (source) => suite.findsAliases(source)],
    ['jobsById: an unknown id has no rows, a repeated one no more rows', (source) => suite.unknownAndRepeatedIds(source)],
    ['an aborted signal ends the reading', (source) => suite.stops(source)],
    ['check: says something for people', (source) => suite.checks(source)],
  ];
  return [
    ...cases.map(([title, run]) => ({ title, run: () => withSource(create, run) })),
    { title: 'close: may come first, and twice', run: () => suite.closesTwice(create) },
    {
      title: options.capabilities.includes('accounts')
        ? 'accounts: no name with rows in the window is missing'
        : 'accounts: not offered, and so said',
      run: () => withSource(create, (source) => suite.listsAccounts(source, options.capabilities.includes('accounts'))),
    },
    {
      title: options.capabilities.includes('aliveIds')
        ? 'aliveIds: nothing is known, or only of what was asked for, and never an unknown id'
        : 'aliveIds: not offered, and so said',
      run: () => withSource(create, (source) => suite.tellsAliveIds(source, options.capabilities.includes('aliveIds'))),
    },
  ];
}

async function withSource(create: () => Promise<JobSource>, run: (source: JobSource) => Promise<void>): Promise<void> {
  const source = await create();
  try {
    await run(source);
  } finally {
    await source.close?.();
  }
}

class SourceSuite {
  readonly #isJob = compileSchema<Row>(JOB_SCHEMA);
  readonly #accounts: readonly string[];

  constructor(private readonly known: KnownSource) {
    this.#accounts = [...new Set(known.rows.map((row) => row.account))];
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
    assertSameRows(await this.#read(source, this.known.window), await this.#read(source, this.known.window));
  }

  async findsRawIds(source: JobSource): Promise<void> {
    const ids = [...new Set(this.known.rows.map((row) => row.jobId))];
    assertSameRows(await collect(source.jobsById(ids, reading())), this.known.rows);
    const [first] = ids;
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
    await assertStops(() => collect(source.jobs({ ...options, accounts: this.#accounts, window: this.known.window })));
    await assertStops(() => collect(source.jobsById(['1'], options)));
  }

  async checks(source: JobSource): Promise<void> {
    const results = await source.check({ signal: new AbortController().signal });
    assert.ok(results.length > 0, 'it says nothing');
    for (const result of results) assert.ok(result.name !== '' && result.message !== '', JSON.stringify(result));
  }

  async closesTwice(create: () => Promise<JobSource>): Promise<void> {
    const source = await create();
    await source.close?.();
    await source.close?.();
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

  #read(source: JobSource, window: Window): Promise<Row[]> {
    return collect(source.jobs({ ...reading(), accounts: this.#accounts, window }));
  }

  #rowsIn(window: Window): Row[] {
    return this.known.rows.filter((row) => endedOrRuns(row) && (row.endedAt === null || contains(window, row.endedAt)));
  }
}

/** A finished row without an end did neither, at any time: a source may bring it in a window or not. */
function endedOrRuns(row: Row): boolean {
  return row.endedAt !== null || !isEndedState(row.state);
}

/** Nothing may be skipped of what is known to be good. */
function reading(): ReadOptions {
  return {
    signal: new AbortController().signal,
    onSkip: (skipped) => assert.fail(`it skips ${skipped.where} ${skipped.position ?? ''}: ${skipped.message}`),
  };
}

/** Sources may hand rows over in any order. */
function assertSameRows(found: readonly Row[], wanted: readonly Row[]): void {
  assert.deepEqual(found.map(toText).sort(), wanted.map(toText).sort());
}

function toText(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));
}
