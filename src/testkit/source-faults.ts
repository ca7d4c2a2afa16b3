import assert from 'node:assert/strict';
import type { JobSource, ReadOptions } from '../core/job-source.js';
import type { Row } from '../core/job.js';
import type { ConformanceCase } from './conformance-case.js';
import { assertUnavailable } from './error-taxonomy.js';
import type { KnownSource, SourceExpectations } from './known-source.js';
import { Witness } from './leaks.js';
import { assertStopsHanging, collect, collectOrRefusal } from './reading.js';
import { assertSameRows, distinctRows, endedOrRuns, reading } from './rows.js';
import { PASSING_FAULTS, withInstance, type Create, type Fault } from './trial.js';

type SourceUnderTest = SourceExpectations & { readonly create: Create<JobSource> };

/** What a source does when what it reads is in trouble, as far as the author can make such trouble; and that it keeps its secrets. */
export function sourceFaultCases({ create, known, faults = [], secrets = [] }: SourceUnderTest): ConformanceCase[] {
  const under = (fault: Fault, title: string, run: (source: JobSource) => Promise<void>): ConformanceCase[] =>
    faults.includes(fault) ? [{ title: `${fault}: ${title}`, run: () => withInstance(create, run, fault) }] : [];
  return [
    ...PASSING_FAULTS.flatMap((fault) => under(fault, 'every row, or an error that says so', (source) => readsWhole(source, known))),
    ...under('unreachable', 'an error that says so, and only when it is read', (source) => refuses(source, known, 'unreachable')),
    ...under('denied', 'an error that says so', (source) => refuses(source, known, 'denied')),
    ...under('hang', 'an aborted signal ends the waiting within a second', (source) => stopsHanging(source, known)),
    ...(secrets.length === 0
      ? []
      : [{ title: 'no secret is printed, logged, or in an error', run: () => keepsSecrets(create, known, faults, secrets) }]),
  ];
}

function whole({ rows, window }: KnownSource, options: ReadOptions): Parameters<JobSource['jobs']>[0] {
  return { ...options, window, accounts: [...new Set(rows.map((row) => row.account))] };
}

async function readsWhole(source: JobSource, known: KnownSource): Promise<void> {
  const wanted = known.rows.filter((row) => endedOrRuns(row) && isIn(known, row));
  const found = await collectOrRefusal(() => source.jobs(whole(known, reading())));
  if (found !== null) assertSameRows(distinctRows(found.filter(endedOrRuns)), wanted);
  const byId = await collectOrRefusal(() => source.jobsById([...new Set(known.rows.map((row) => row.jobId))], reading()));
  if (byId !== null) assertSameRows(distinctRows(byId), known.rows);
}

function isIn({ window }: KnownSource, { endedAt }: Row): boolean {
  return endedAt === null || (endedAt >= window.from && endedAt < window.to);
}

async function refuses(source: JobSource, known: KnownSource, fault: 'unreachable' | 'denied'): Promise<void> {
  const calls = [
    () => collect(source.jobs(whole(known, reading()))),
    () => collect(source.jobsById([known.rows[0]?.jobId ?? '1'], reading())),
  ];
  for (const call of calls) {
    const error: unknown = await call().then(
      (rows) => assert.fail(`it gives ${rows.length} rows`),
      (reason: unknown) => reason,
    );
    if (fault === 'denied') assertUnavailable(error, ['UNAUTHORISED']);
    else assertUnavailable(error);
  }
  const results = await source.check(reading()).catch((error: unknown) => assertUnavailable(error));
  if (Array.isArray(results))
    assert.ok(
      results.some(({ ok, remedy }) => !ok && remedy !== null),
      'check finds nothing wrong, or has no remedy',
    );
}

async function stopsHanging(source: JobSource, known: KnownSource): Promise<void> {
  await assertStopsHanging((signal) => collect(source.jobs(whole(known, { ...reading(), signal }))));
  await assertStopsHanging((signal) => collect(source.jobsById([known.rows[0]?.jobId ?? '1'], { ...reading(), signal })));
  await assertStopsHanging((signal) => source.check({ signal }));
}

async function keepsSecrets(
  create: Create<JobSource>,
  known: KnownSource,
  faults: readonly Fault[],
  secrets: readonly string[],
): Promise<void> {
  const witness = new Witness();
  const options: ReadOptions = { ...reading(), onSkip: (skipped) => witness.see(skipped) };
  await witness.watchOutput(async () => {
    for (const fault of [null, ...faults.filter((each) => each !== 'hang')]) {
      const useAll = async (source: JobSource): Promise<void> => {
        await witness.watch(() => source.check(options));
        await witness.watch(() => collect(source.jobs(whole(known, options))));
        await witness.watch(() => collect(source.jobsById(['1'], options)));
        witness.see(source);
      };
      await withInstance(create, useAll, fault, witness.logger);
    }
  });
  witness.assertSilentAbout(secrets);
}
