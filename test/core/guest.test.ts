import t from 'tap';
import type { JobSink, PutOutcome } from '../../src/core/job-sink.js';
import type { JobSource } from '../../src/core/job-source.js';
import { hostSink, hostSource } from '../../src/core/guest/host.js';
import { BrcSyncError } from '../../src/core/errors.js';
import { memorySink, memorySource } from '../support/memory-plugins.js';
import { aJob, aRecord } from '../support/jobs.js';

const signal = new AbortController().signal;
const RULES = { readOnly: false, checkMs: 1_000 };
const window = { from: 0, to: 1 };

function sink(fields: object): JobSink {
  return hostSink({ kind: 'sink', name: 'bad', plugin: 'x' }, { ...memorySink([]), ...fields }, RULES);
}

function source(fields: object): JobSource {
  return hostSource({ kind: 'source', name: 'bad', plugin: 'x' }, { ...memorySource([]), ...fields }, RULES);
}

/** What a method hands over, and how that is told. */
const GARBAGE: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
  ['accounts', () => source({ accounts: async () => [7] }).accounts!({ signal, window, onSkip: () => undefined }), /an array of names/],
  ['aliveIds', () => source({ aliveIds: async () => ['1'] }).aliveIds!(['1'], { signal, cluster: null }), /a Set of ids or null/],
  ['check', () => source({ check: async () => [{ ok: true }] }).check({ signal }), /an array of \{ name, ok, message, remedy, /],
  [
    'accounts',
    () => sink({ accounts: async () => [{ name: 'a', allocationStart: '2026-06-01' }] }).accounts!({ signal }),
    /in whole seconds/,
  ],
  ['record', () => sink({ record: async () => 'yes' }).record!('1', { signal }), /a record or null/],
  ['totals', () => sink({ totals: async () => ({ count: 1, amount: 1, cpuHours: 1 }) }).totals!('a', { signal, window }), /decimal text/],
  [
    'usage',
    () => sink({ usage: async () => ({ used: '1.00', users: {} }) }).usage!('a', { signal, userIds: [] }),
    /a Map of decimal texts/,
  ],
  ['userIds', () => sink({ userIds: async () => ({ ada: '1' }) }).userIds!(['ada'], { signal }), /a Map of ids by name/],
];

for (const [method, call, words] of GARBAGE) {
  void t.test(`${method}() with garbage`, async (t) => {
    await t.rejects(call(), { code: 'PLUGIN_CONTRACT', message: new RegExp(`(Sink|Source) bad \\(plugin x\\) answers ${method}`) });
    await t.rejects(call(), { message: words });
  });
}

void t.test('a record that none can be, and outcomes that say too little', async (t) => {
  const record = { ...aRecord(), amount: 1 };
  await t.rejects(sink({ record: async () => record }).record!('1', { signal }), {
    code: 'PLUGIN_CONTRACT',
    message: /Sink bad .*\/amount/,
  });
  const after = aRecord();
  const change = { kind: 'create', jobId: '100', account: 'a', userId: '1', before: null, after, drift: [], suDifference: '1.00' } as const;
  const put = (outcome: unknown): Promise<PutOutcome> => sink({ put: async () => outcome }).put(change, { signal });
  for (const outcome of [
    undefined,
    {},
    { status: 'fine' },
    { status: 'rejected', message: 'no' },
    { status: 'not-as-sent', message: 'no' },
  ]) {
    await t.rejects(put(outcome), { code: 'PLUGIN_CONTRACT', message: /answers put\(\)/ });
  }
  t.strictSame(await put({ status: 'unsettled', message: 'who knows' }), { status: 'unsettled', message: 'who knows' });
});

void t.test('properties that none can be', async (t) => {
  t.throws(() => sink({ target: 7 }), { code: 'PLUGIN_CONTRACT', message: /has a target that none can be: 7/ });
  t.throws(() => source({ accountsPerCall: 0 }), { message: /has a accountsPerCall that none can be/ });
});

void t.test('what is no list of batches; an early leaver; an error for people, and one of an interruption', async (t) => {
  const read = async (fields: object, options = { signal }): Promise<unknown> => {
    for await (const batch of source(fields).jobsById(['1'], { ...options, onSkip: () => undefined })) return batch;
    return null;
  };
  await t.rejects(read({ jobsById: () => [] }), { message: /answers jobsById\(\) with \[\]: it gives batches/ });
  await t.rejects(
    read({
      jobsById: () => {
        throw new Error('boom');
      },
    }),
    { message: /failed in jobsById\(\): Error: boom/ },
  );
  let left = false;
  async function* leaving(): AsyncGenerator {
    try {
      yield [aJob()];
      yield [aJob()];
    } finally {
      left = true;
    }
  }
  t.strictSame(await read({ jobsById: leaving }), [aJob()]);
  t.ok(left);
  const known = new BrcSyncError('SOURCE_UNREACHABLE', { message: 'away', remedy: 'wait' });
  await t.rejects(
    read({
      jobsById: () => {
        throw known;
      },
    }),
    known,
  );
  const abort = new AbortController();
  abort.abort(new Error('Ctrl-C'));
  await t.rejects(read({ jobsById: () => abort.signal.throwIfAborted() }, { signal: abort.signal }), { message: 'Ctrl-C' });
});

void t.test('errors of another copy of brc-sync count as errors for people', (t) => {
  class Theirs extends Error {}
  Object.defineProperty(Theirs.prototype, Symbol.for('brc-sync/error'), { value: true });
  t.ok(new Theirs() instanceof BrcSyncError);
  t.notOk(new Error('x') instanceof BrcSyncError);
  class Ours extends BrcSyncError {}
  const details = { message: 'm', remedy: 'r' };
  t.ok(new Ours('USAGE', details) instanceof Ours && new Ours('USAGE', details) instanceof BrcSyncError);
  t.notOk(new BrcSyncError('USAGE', details) instanceof Ours, 'a subclass knows its own');
  t.end();
});
