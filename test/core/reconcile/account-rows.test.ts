import t from 'tap';
import type { Row } from '../../../src/core/job.js';
import type { JobSource } from '../../../src/core/job-source.js';
import { createSourceReader, type SourceReader } from '../../../src/core/reconcile/read-source.js';
import type { Window } from '../../../src/core/window.js';
import { HOUR, NOON, aJob } from '../../support/jobs.js';
import { memorySink, memorySource } from '../../support/memory-plugins.js';
import { runCore } from '../../support/run-core.js';

const DAY = 24 * HOUR;
const window = { from: NOON - 10 * DAY, to: NOON + 10 * HOUR };

interface Asked {
  readonly accounts: readonly string[];
  readonly window: Window;
}

/** Two jobs each; the rows of all accounts come mixed, in order of end. */
function rowsOf(accounts: readonly string[]): Row[] {
  return [1, 2].flatMap((turn) =>
    accounts.map((account, index) => aJob({ jobId: String(turn * 1000 + index), account, endedAt: NOON + turn * HOUR })),
  );
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `fc_${String(index).padStart(3, '0')}`);
}

/** Remembers how it was asked. */
function watched(source: JobSource): JobSource & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    ...source,
    asked,
    jobs(options) {
      asked.push({ accounts: options.accounts, window: options.window });
      return source.jobs(options);
    },
  };
}

function readerOf(source: JobSource, signal = new AbortController().signal): SourceReader {
  return createSourceReader(source, {
    name: 'slurm',
    signal,
    onSkip: () => undefined,
    assertOneCluster: () => undefined,
    learnUsers: () => Promise.resolve(),
  });
}

function alike(accounts: readonly string[]): Map<string, Window> {
  return new Map(accounts.map((account) => [account, window]));
}

void t.test('a source is asked for many accounts at once, and each account gets its own rows', async (t) => {
  const accounts = names(1001);
  const source = watched(memorySource(rowsOf(accounts)));
  const rows = readerOf(source).rowsOfAccounts(alike(accounts));
  const found: string[][] = [];
  for (const account of accounts) found.push([...(await rows.rowsOf(account)).keys()]);
  t.same(
    found,
    accounts.map((_, index) => [String(1000 + index), String(2000 + index)]),
  );
  await rows.close();
  t.same(
    source.asked.map((each) => each.accounts.length),
    [429, 429, 143],
  );
  t.same(
    source.asked.flatMap((each) => each.accounts),
    accounts,
    'in the order in which they were given',
  );
});

void t.test('the next batch is read while one is taken, and no more', async (t) => {
  const accounts = names(2000);
  const source = watched(memorySource(rowsOf(accounts)));
  const rows = readerOf(source).rowsOfAccounts(alike(accounts));
  t.equal(source.asked.length, 1, 'the first at once');
  await rows.rowsOf('fc_000');
  t.equal(source.asked.length, 2);
  for (const account of accounts.slice(1, 501)) await rows.rowsOf(account);
  t.equal(source.asked.length, 3);
  await rows.close();
});

void t.test('a source that has its rows by account is asked account by account', async (t) => {
  const accounts = names(3);
  const source = watched({ ...memorySource(rowsOf(accounts)), accountsPerCall: 1 });
  const rows = readerOf(source).rowsOfAccounts(alike(accounts));
  for (const account of accounts) t.equal((await rows.rowsOf(account)).size, 2);
  t.same(source.asked.map((each) => each.accounts), [['fc_000'], ['fc_001'], ['fc_002']]); // prettier-ignore
  await rows.close();
});

void t.test('each account keeps its own window, whatever the others’', async (t) => {
  const rows = ['fc_old', 'fc_new'].flatMap((account, index) =>
    [1, 30, 400].map((days) => aJob({ jobId: `${index}${days}`, account, endedAt: NOON - days * DAY })),
  );
  const running = aJob({ jobId: '99', account: 'fc_new', state: 'RUNNING', endedAt: null });
  const source = watched(memorySource([...rows, running]));
  const found = readerOf(source).rowsOfAccounts(
    new Map([
      ['fc_old', { from: NOON - 500 * DAY, to: NOON }],
      ['fc_new', { from: NOON - 10 * DAY, to: NOON }],
      ['fc_third', { from: NOON - 35 * DAY, to: NOON }],
    ]),
  );
  t.same([...(await found.rowsOf('fc_old')).keys()].sort(), ['01', '030', '0400']);
  t.same([...(await found.rowsOf('fc_new')).keys()].sort(), ['11', '99'], 'day 30 was read for fc_third’s sake');
  t.same([...(await found.rowsOf('fc_third')).keys()], []);
  await found.close();
});

void t.test('a row that nobody asked for breaks the contract', async (t) => {
  const source = { ...memorySource([]), async *jobs() { yield [aJob({ account: 'fc_stray' })]; } }; // prettier-ignore
  const rows = readerOf(source).rowsOfAccounts(alike(names(20)));
  await t.rejects(rows.rowsOf('fc_000'), {
    code: 'PLUGIN_CONTRACT',
    message: /asked for 15 accounts and handed over job 100 of account fc_stray/,
  });
  await rows.close();
  const one = readerOf({ ...source, accountsPerCall: 1 }).rowsOfAccounts(alike(['fc_000']));
  await t.rejects(one.rowsOf('fc_000'), { code: 'PLUGIN_CONTRACT', message: /asked for account fc_000 and handed over/ });
});

/** Hands over one row and then waits to be stopped. */
function endless(): JobSource & { stopped: number } {
  const source: JobSource & { stopped: number } = {
    ...memorySource([]),
    stopped: 0,
    async *jobs({ accounts, signal }) {
      try {
        yield [aJob({ account: accounts[0] ?? '' })];
        await new Promise((_, reject) => {
          if (signal.aborted) reject(signal.reason as Error);
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      } finally {
        source.stopped += 1;
      }
    },
  };
  return source;
}

void t.test('an abort reaches the source in the middle of a batch', async (t) => {
  const source = endless();
  const controller = new AbortController();
  const rows = readerOf(source, controller.signal).rowsOfAccounts(alike(names(4)));
  const reading = rows.rowsOf('fc_000');
  setImmediate(() => controller.abort(new Error('stop')));
  await t.rejects(reading, /stop/);
  await rows.close();
  t.equal(source.stopped, 1);
});

void t.test('a run that fails stops what is being read ahead', async (t) => {
  const source = endless();
  const wait = source.jobs.bind(source);
  let begun = 0;
  const second = new Promise<void>((resolve) => {
    source.jobs = (options) => {
      begun += 1;
      if (begun === 1) return memorySource(rowsOf(names(4))).jobs(options);
      resolve();
      return wait(options);
    };
  });
  const sink = memorySink([], { accounts: names(4).map((name) => ({ name, allocationStart: window.from, allocationEnd: null })) });
  sink.recordsOfAccount = async function* (account) {
    yield* [];
    if (account !== 'fc_001') return;
    await second;
    throw new Error('the portal burns');
  };
  await t.rejects(runCore({ source, sink, cluster: 'savio' }), /the portal burns/);
  t.equal(begun, 2);
  t.equal(source.stopped, 1);
});

void t.test('a plan made in batches is the plan made account by account', async (t) => {
  const accounts = names(7);
  const rows = [...rowsOf(accounts), ...rowsOf(['fc_unknown', 'zz_unknown']).map((row) => ({ ...row, jobId: `9${row.jobId}` }))];
  const sinkAccounts = accounts.map((name, index) => ({ name, allocationStart: NOON - index * 100 * DAY, allocationEnd: null }));
  const plan = async (accountsPerCall: number | null) => {
    const source = { ...memorySource(rows), ...(accountsPerCall === null ? {} : { accountsPerCall }) };
    const run = await runCore({
      source,
      sink: memorySink([], { accounts: sinkAccounts }),
      cluster: 'savio',
      request: { allFindings: true },
    });
    // The digest is of the header, too, which names the run.
    return run.lines.slice(1).map((line) => line.replace(/"digest":"[0-9a-f]{64}"/, ''));
  };
  const single = await plan(1);
  t.equal(single.filter((line) => line.startsWith('{"type":"finding","kind":"unknown-account"')).length, 2);
  t.equal(single.filter((line) => line.startsWith('{"type":"change"')).length, 14);
  t.same(await plan(null), single);
  t.same(await plan(2), single);
});

void t.test('doubts of several accounts are settled with few questions by id, and each account’s lines stand together', async (t) => {
  const accounts = names(130);
  const asked: number[] = [];
  const memory = memorySource(rowsOf(accounts));
  const source: JobSource = {
    ...memory,
    jobsById(ids, options) {
      asked.push(ids.length);
      return memory.jobsById(ids, options);
    },
  };
  const sinkAccounts = accounts.map((name) => ({ name, allocationStart: window.from, allocationEnd: null }));
  const { changes } = await runCore({ source, sink: memorySink([], { accounts: sinkAccounts }), cluster: 'savio' });
  t.same(
    asked.filter((count) => count > 0),
    [128, 128, 4],
  );
  t.same(
    changes.map(({ account }) => account),
    accounts.flatMap((account) => [account, account]),
  );
});
