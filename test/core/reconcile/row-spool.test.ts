import t, { type Test } from 'tap';
import type { Row } from '../../../src/core/job.js';
import { RowSpool } from '../../../src/core/reconcile/row-spool.js';
import { aJob } from '../../support/jobs.js';

const { signal } = new AbortController();

async function spoolOf(t: Test, batches: readonly (readonly Row[])[]): Promise<RowSpool> {
  const spool = new RowSpool();
  t.teardown(() => spool.close());
  for (const rows of batches) await spool.put(rows);
  await spool.finish();
  return spool;
}

void t.test('rows come back by account and id, in the order in which they came', async (t) => {
  const rows = [
    aJob({ jobId: '7', account: 'fc_beta' }),
    aJob({ jobId: '1', state: 'REQUEUED' }),
    aJob({ jobId: '2', account: 'co_größe', user: 'żółw', nodeList: 'n[0001-0003]' }),
    aJob({ jobId: '1', submittedAt: 5 }),
  ];
  const spool = await spoolOf(t, [rows.slice(0, 3), [], rows.slice(3)]);
  t.same(await spool.rowsOf('fc_alpha', signal), new Map([['1', [rows[1], rows[3]]]]));
  t.same(await spool.rowsOf('co_größe', signal), new Map([['2', [rows[2]]]]));
  t.same(await spool.rowsOf('fc_beta', signal), new Map([['7', [rows[0]]]]));
  t.same(await spool.rowsOf('fc_nobody', signal), new Map());
});

void t.test('rows that are larger than any buffer, and more than memory is given to, come back whole', async (t) => {
  const nodeList = `n[${Array.from({ length: 60_000 }, (_, index) => index * 2).join()}]`;
  const rows = Array.from({ length: 90 }, (_, index) =>
    aJob({ jobId: String(index), account: `fc_${index % 3}`, nodeList: `${nodeList}${index}` }),
  );
  const spool = await spoolOf(t, [rows]);
  for (const [index, row] of rows.entries()) {
    if (index >= 3) continue;
    const found = await spool.rowsOf(row.account, signal);
    t.equal(found.size, 30);
    for (const [id, held] of found) t.equal(held[0]?.nodeList, `${nodeList}${id}`);
  }
});
