import t from 'tap';
import type { BrcSyncError } from '../../../../src/core/errors.js';
import type { Logger } from '../../../../src/core/plugin-environment.js';
import { jobBody } from '../../../portal/call.js';
import { readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal } from '../../../portal/start-portal.js';
import { replyJson, serve } from '../../../support/http-server.js';
import { aMybrcSink } from '../../../support/mybrc.js';

const silent = (): void => undefined;
const NO_LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const WINDOW = { from: 0, to: 2_000_000_000 };

async function openIds(baseUrl: string): Promise<readonly string[]> {
  const sink = aMybrcSink(baseUrl, NO_LOG);
  const ids: string[] = [];
  try {
    const list = sink.openRecords({ statuses: ['RUNNING'], window: WINDOW, signal: new AbortController().signal });
    for await (const batch of list) ids.push(...batch.map(({ jobId }) => jobId));
    return ids.sort();
  } finally {
    await sink.close();
  }
}

void t.test('records that start together and shift between pages all come, each once', async (t) => {
  const ids = Array.from({ length: 350 }, (_, index) => String(1000 + index));
  const jobs = ids.map((id) => jobBody(id, { jobstatus: 'RUNNING', enddate: null }));
  const portal = await startPortal({ seed: { ...readRecordedSeed(), jobs }, now: '2026-11-23T00:00:00Z' });
  t.teardown(() => portal.close());
  t.same(await openIds(portal.legacyUrl), ids);
  const asked = portal.requests.map(({ path }) => new URL(path, 'http://h').searchParams);
  t.ok(asked.every((query) => query.get('start_time') === '0' && query.get('end_time') === '1999999999.999999'));
  t.ok(asked.every((query) => query.get('jobstatus') === 'RUNNING'));
});

void t.test('a list that never adds up, and an API that overlooks the filter, are errors that core reads again for', async (t) => {
  const job = { ...jobBody('1'), amount: '100.00' };
  for (const results of [[{ ...job, jobstatus: 'RUNNING' }], [job]]) {
    const server = await serve((_request, response) => replyJson(response, { count: 2, next: null, previous: null, results }));
    t.teardown(() => server.close());
    await t.rejects(openIds(`${server.url}mybrc-rest/`), { code: 'UNSTABLE_LIST' } satisfies Partial<BrcSyncError>);
  }
});
