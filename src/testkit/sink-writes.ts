import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { AccountUsage, JobSink, PutOutcome } from '../core/job-sink.js';
import type { SinkRecord } from '../core/record.js';
import { isStoredAsSent } from '../core/stored-as-sent.js';
import type { ConformanceCase } from './conformance-case.js';
import { assertUnavailable } from './error-taxonomy.js';
import type { KnownSink, SinkExpectations } from './known-sink.js';
import { assertEnds } from './reading.js';
import { changeTo, dearer, going, updateOf } from './records.js';
import { withInstance, type Create, type Fault } from './trial.js';

type SinkUnderTest = SinkExpectations & { readonly create: Create<JobSink> };

/** Statuses that say: it is done. */
const DONE: readonly PutOutcome['status'][] = ['applied', 'logged'];
/** So long a request is left under way before its process dies. */
const UNDER_WAY_MS = 50;

/** What a sink does when it is written to, once, twice, and in trouble. Every case leaves the records as it found them, but for `spare`. */
export function sinkWriteCases(options: SinkUnderTest): ConformanceCase[] {
  const { create, known, faults = [] } = options;
  const [record] = known.records;
  const { spare } = known;
  if (record === undefined && spare === undefined) return [];
  const writes = new Writes(create, known);
  const under = (fault: Fault, title: string, run: (record: SinkRecord) => Promise<void>): ConformanceCase[] =>
    faults.includes(fault) && record !== undefined ? [{ title: `${fault}: ${title}`, run: () => run(record) }] : [];
  return [
    ...(record === undefined
      ? []
      : [
          { title: 'put: what is there already, sent twice, changes nothing', run: () => writes.repeats(record) },
          { title: 'put: a record holds what was sent, and can be put back', run: () => writes.changesAndRestores(record) },
        ]),
    ...(['busy', 'torn', 'reset'] as const).flatMap((fault) =>
      under(fault, 'put says what became of the change, and the next try settles it', (each) => writes.survives(each, fault)),
    ),
    ...under('unreachable', 'put is unsettled, or an error that says so', (each) => writes.fails(each, 'unreachable')),
    ...under('denied', 'put is unauthorised, or an error that says so', (each) => writes.fails(each, 'denied')),
    ...under('lost-answer', 'a write whose answer is lost is found as it is, and repeated without harm', (each) =>
      writes.survives(each, 'lost-answer'),
    ),
    ...under('hang', 'a process that is killed between intent and outcome leaves the record whole, before or after', (each) =>
      writes.dies(each),
    ),
    ...(spare === undefined ? [] : [{ title: 'put: a record that is created twice is there once', run: () => writes.creates(spare) }]),
  ];
}

class Writes {
  constructor(
    private readonly create: Create<JobSink>,
    private readonly known: KnownSink,
  ) {}

  async repeats(record: SinkRecord): Promise<void> {
    await withInstance(this.create, async (sink) => {
      const before = await usageOf(sink, record);
      const first = await sink.put(updateOf(record), going());
      assert.ok(DONE.includes(first.status), JSON.stringify(first));
      assert.deepEqual(await sink.put(updateOf(record), going()), first);
      if (sink.record !== undefined) assert.deepEqual(await sink.record(record.jobId, going()), record);
      assert.deepEqual(await usageOf(sink, record), before);
    });
  }

  async changesAndRestores(record: SinkRecord): Promise<void> {
    await withInstance(this.create, async (sink) => {
      const there = await sink.put(changeTo(record, dearer(record)), going());
      assert.ok(DONE.includes(there.status), JSON.stringify(there));
      await this.#assertHolds(sink, there, dearer(record), record);
      const back = await sink.put(changeTo(dearer(record), record), going());
      await this.#assertHolds(sink, back, record, record);
    });
  }

  /** The trouble is met by one instance; another one, as of the next run, sees what became of it. */
  async survives(record: SinkRecord, fault: Fault): Promise<void> {
    const change = changeTo(record, dearer(record));
    const outcome = await withInstance(this.create, (sink) => outcomeOf(sink, change), fault);
    if (outcome !== null) assert.ok([...DONE, 'unsettled'].includes(outcome.status), JSON.stringify(outcome));
    await this.#settles(record);
  }

  async fails(record: SinkRecord, fault: 'unreachable' | 'denied'): Promise<void> {
    const outcome = await withInstance(this.create, (sink) => outcomeOf(sink, changeTo(record, dearer(record)), fault), fault);
    const told = fault === 'denied' ? 'unauthorised' : 'unsettled';
    // What only writes down may do that in any trouble.
    if (outcome !== null && outcome.status !== 'logged') assert.equal(outcome.status, told, JSON.stringify(outcome));
    await this.#settles(record);
  }

  async dies(record: SinkRecord): Promise<void> {
    const abort = new AbortController();
    const dying = async (sink: JobSink): Promise<void> => {
      const put = sink.put(changeTo(record, dearer(record)), abort);
      put.catch(() => undefined);
      await pause(UNDER_WAY_MS);
      abort.abort();
      await assertEnds(() => put);
    };
    await withInstance(this.create, dying, 'hang');
    await this.#settles(record);
  }

  async creates(spare: SinkRecord): Promise<void> {
    await withInstance(this.create, async (sink) => {
      const first = await sink.put(changeTo(null, spare), going());
      assert.ok(DONE.includes(first.status), JSON.stringify(first));
      const usage = await usageOf(sink, spare);
      assert.equal((await sink.put(changeTo(null, spare), going())).status, first.status);
      assert.deepEqual(await usageOf(sink, spare), usage, 'the second time charges again');
      await this.#assertHolds(sink, first, spare, null);
      if (first.status !== 'applied' || sink.recordsOfAccount === undefined || spare.startedAt === null) return;
      let count = 0;
      for await (const batch of sink.recordsOfAccount(spare.account, {
        ...going(),
        window: { from: spare.startedAt, to: spare.startedAt + 1 },
      })) {
        count += batch.filter(({ jobId }) => jobId === spare.jobId).length;
      }
      assert.equal(count, 1, 'the account lists it so often');
    });
  }

  /** After whatever happened the record is the old or the new one, whole; putting the new one, then the old one, works as ever. */
  async #settles(record: SinkRecord): Promise<void> {
    await withInstance(this.create, async (sink) => {
      const found = await sink.record?.(record.jobId, going());
      if (found !== undefined) {
        assert.ok(found !== null, 'the record is gone');
        assert.ok(isStoredAsSent(record, found) || isStoredAsSent(dearer(record), found), `neither old nor new: ${JSON.stringify(found)}`);
      }
    });
    await this.changesAndRestores(record);
    for (const other of this.known.records.slice(1, 3)) {
      await withInstance(this.create, async (sink) => {
        if (sink.record !== undefined) assert.deepEqual(await sink.record(other.jobId, going()), other, 'another record has changed');
      });
    }
  }

  /** `logged` writes down, and changes nothing. */
  async #assertHolds(sink: JobSink, outcome: PutOutcome, after: SinkRecord, before: SinkRecord | null): Promise<void> {
    const found = await sink.record?.(after.jobId, going());
    if (found === undefined) return;
    if (outcome.status === 'logged') assert.deepEqual(found, before);
    else assert.ok(found !== null && isStoredAsSent(after, found), `it holds ${JSON.stringify(found)} after ${JSON.stringify(outcome)}`);
  }
}

async function outcomeOf(sink: JobSink, change: ReturnType<typeof changeTo>, fault?: 'unreachable' | 'denied'): Promise<PutOutcome | null> {
  try {
    return await sink.put(change, going());
  } catch (error) {
    if (fault === 'denied') assertUnavailable(error, ['UNAUTHORISED', 'OUTPUT_FAILED']);
    else assertUnavailable(error);
    return null;
  }
}

async function usageOf(sink: JobSink, { account, userId }: SinkRecord): Promise<AccountUsage | undefined> {
  return sink.usage?.(account, { ...going(), userIds: userId === null ? [] : [userId] });
}
