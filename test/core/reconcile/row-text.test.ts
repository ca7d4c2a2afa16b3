import fc from 'fast-check';
import t from 'tap';
import { JOB_SCHEMA, JOB_STATES, type Row } from '../../../src/core/job.js';
import { readRow, writeRow } from '../../../src/core/reconcile/row-text.js';
import { compileSchema } from '../../../src/core/schema.js';

const count = fc.nat();
const id = fc.nat().map(String);
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('n[0001-0003].savio3', '', '|\n"\\\u2028', '\u{1F600}'));
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const rows: fc.Arbitrary<Row> = fc.record({
  jobId: id,
  cluster: orNull(text),
  arrayJobId: orNull(id),
  arrayTaskId: orNull(count),
  hetJobId: orNull(id),
  hetOffset: orNull(count),
  account: fc.string({ minLength: 1 }),
  user: orNull(text),
  uid: orNull(count),
  state: fc.constantFrom(...JOB_STATES),
  partition: text,
  qos: text,
  submittedAt: count,
  eligibleAt: orNull(count),
  startedAt: orNull(count),
  endedAt: orNull(count),
  suspendedSeconds: count,
  nodeList: orNull(text),
  cpuCount: count,
  requestedNodeCount: orNull(count),
  allocatedNodeCount: count,
});

void t.test('a row comes back as it was put away, with every field of the schema', (t) => {
  const isJob = compileSchema<Row>(JOB_SCHEMA);
  fc.assert(
    fc.property(rows, (row) => {
      if (!isJob(row)) throw new Error(JSON.stringify(isJob.errors));
      const back = readRow(writeRow(row), row.account);
      t.equal(JSON.stringify(back), JSON.stringify(row));
    }),
  );
  t.end();
});
