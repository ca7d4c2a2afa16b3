import assert from 'node:assert/strict';
import type { JobSink, SinkOptions } from '../core/job-sink.js';
import type { SinkRecord } from '../core/record.js';
import type { ConformanceCase } from './conformance-case.js';
import { assertUnavailable } from './error-taxonomy.js';
import type { KnownSink, SinkCapability, SinkExpectations } from './known-sink.js';
import { Witness } from './leaks.js';
import { assertStopsHanging, collect, collectOrRefusal } from './reading.js';
import { assertSame, changeTo, going, nothing, startsIn } from './records.js';
import { PASSING_FAULTS, withInstance, type Create, type Fault } from './trial.js';

type SinkUnderTest = SinkExpectations & { readonly create: Create<JobSink> };

/** What reading a sink gives when the sink is in trouble, as far as the author can make such trouble; and that it keeps its secrets. */
export function sinkFaultCases({ create, known, faults = [], secrets = [] }: SinkUnderTest): ConformanceCase[] {
  const under = (fault: Fault, title: string, run: (sink: JobSink) => Promise<void>): ConformanceCase[] =>
    faults.includes(fault) ? [{ title: `${fault}: ${title}`, run: () => withInstance(create, run, fault) }] : [];
  return [
    ...PASSING_FAULTS.flatMap((fault) => under(fault, 'lists are whole, or an error that says so', (sink) => readsWhole(sink, known))),
    ...under('unreachable', 'reading is an error that says so', (sink) => refuses(sink, known, 'unreachable')),
    ...under('denied', 'reading is an error that says so', (sink) => refuses(sink, known, 'denied')),
    ...under('hang', 'an aborted signal ends the waiting within a second', (sink) => stopsHanging(sink, known)),
    ...(secrets.length === 0
      ? []
      : [{ title: 'no secret is printed, logged, or in an error', run: () => keepsSecrets(create, known, faults, secrets) }]),
  ];
}

/** Core drops repeats, the last one counting. */
function distinct(records: readonly SinkRecord[]): SinkRecord[] {
  return [...new Map(records.map((record) => [record.jobId, record])).values()];
}

async function readsWhole(sink: JobSink, known: KnownSink): Promise<void> {
  const { records, statuses, window } = known;
  const open = await collectOrRefusal(() => sink.openRecords({ ...going(), statuses, window }));
  const wanted = records.filter((record) => record.state !== null && statuses.includes(record.state) && startsIn(record, window));
  if (open !== null)
    assertSame(
      distinct(open).filter(({ startedAt }) => startedAt !== null),
      wanted,
    );
  for (const account of new Set(records.map((record) => record.account))) {
    const list = await collectOrRefusal(() => sink.recordsOfAccount?.(account, { ...going(), window }) ?? nothing());
    const ofAccount = records.filter((record) => record.account === account && startsIn(record, window));
    if (list !== null && sink.recordsOfAccount !== undefined) assertSame(distinct(list), ofAccount);
  }
  const accounts = await sink.accounts?.(going()).catch((error: unknown) => assertUnavailable(error));
  if (accounts !== undefined) assert.deepEqual(new Set(accounts.map(({ name }) => name)), new Set(known.accounts?.map(({ name }) => name)));
}

async function refuses(sink: JobSink, known: KnownSink, fault: 'unreachable' | 'denied'): Promise<void> {
  for (const call of reads(sink, known, going())) {
    const error: unknown = await call().then(
      (answer) => assert.fail(`it gives ${JSON.stringify(answer)}`),
      (reason: unknown) => reason,
    );
    if (fault === 'denied') assertUnavailable(error, ['UNAUTHORISED']);
    else assertUnavailable(error);
  }
  const results = await sink.check(going()).catch((error: unknown) => assertUnavailable(error));
  if (Array.isArray(results))
    assert.ok(
      results.some(({ ok, remedy }) => !ok && remedy !== null),
      'check finds nothing wrong, or has no remedy',
    );
}

async function stopsHanging(sink: JobSink, known: KnownSink): Promise<void> {
  for (const index of reads(sink, known, going()).keys()) {
    await assertStopsHanging((signal) => reads(sink, known, { signal })[index]?.() ?? Promise.resolve());
  }
  await assertStopsHanging((signal) => sink.check({ signal }));
}

/** Every way to read that the sink has. */
function reads(sink: JobSink, { records, statuses, window }: KnownSink, options: SinkOptions): (() => Promise<unknown>)[] {
  const { jobId, account } = records[0] ?? { jobId: '1', account: 'fc_alpha' };
  const ways: Readonly<Record<'openRecords' | SinkCapability, () => Promise<unknown> | undefined>> = {
    openRecords: () => collect(sink.openRecords({ ...options, statuses, window })),
    recordsOfAccount: () => collect(sink.recordsOfAccount?.(account, { ...options, window }) ?? nothing()),
    record: () => sink.record?.(jobId, options),
    totals: () => sink.totals?.(account, { ...options, window }),
    accounts: () => sink.accounts?.(options),
    usage: () => sink.usage?.(account, { ...options, userIds: [] }),
    userIds: () => sink.userIds?.(['root'], options),
  };
  return Object.entries(ways)
    .filter(([method]) => sink[method as keyof typeof ways] !== undefined)
    .map(
      ([, way]) =>
        async () =>
          way(),
    );
}

async function keepsSecrets(
  create: Create<JobSink>,
  known: KnownSink,
  faults: readonly Fault[],
  secrets: readonly string[],
): Promise<void> {
  const witness = new Witness();
  const [record] = known.records;
  await witness.watchOutput(async () => {
    for (const fault of [null, ...faults.filter((each) => each !== 'hang')]) {
      const useAll = async (sink: JobSink): Promise<void> => {
        await witness.watch(() => sink.check(going()));
        for (const read of reads(sink, known, going())) await witness.watch(read);
        if (record !== undefined) await witness.watch(() => sink.put(changeTo(record, record), going()));
        witness.see(sink);
      };
      await withInstance(create, useAll, fault, witness.logger);
    }
  });
  witness.assertSilentAbout(secrets);
}
