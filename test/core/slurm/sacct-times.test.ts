import t from 'tap';
import type { Row } from '../../../src/core/job.js';
import { createSacctRowReader } from '../../../src/core/slurm/sacct-row.js';

const JOB = { JobIDRaw: '7', User: 'ann', Account: 'fc_alpha', State: 'COMPLETED', Partition: 'savio3', AllocCPUS: '1', AllocNodes: '1' };
const HEADER = [...Object.keys(JOB), 'Submit', 'Eligible', 'Start', 'End', 'Elapsed', 'Suspended'];

/** 2026-11-01 in Pacific time: 01:00 to 02:00 comes twice; the first 01:00, in summer time, is 08:00Z. */
const SUMMER_ONE = Date.UTC(2026, 10, 1, 8) / 1000;
const WINTER_ONE = SUMMER_ONE + 3600;
const MIDNIGHT = SUMMER_ONE - 3600;

type Times = readonly [submit: string, eligible: string, start: string, end: string, elapsed: string, suspended: string];

function read(times: Times, day = '2026-11-01'): Row {
  const readLine = createSacctRowReader(HEADER, { timeZone: 'America/Los_Angeles' });
  const stamps = times.slice(0, 4).map((time) => (/^\d\d:/.test(time) ? `${day}T${time}` : time));
  return readLine([...Object.values(JOB), ...stamps, ...times.slice(4)].join('|'))!;
}

function instants(times: Times): unknown {
  const { submittedAt, startedAt, endedAt } = read(times);
  return [submittedAt, startedAt, endedAt];
}

void t.test('the autumn hour is settled by the seconds the job ran and by the order of its times', (t) => {
  t.same(instants(['00:00:00', '00:00:00', '00:00:00', '01:30:00', '01:30:00', '00:00:00']), [MIDNIGHT, MIDNIGHT, SUMMER_ONE + 1800]);
  t.same(instants(['00:00:00', '00:00:00', '00:00:00', '01:30:00', '02:30:00', '00:00:00']), [MIDNIGHT, MIDNIGHT, WINTER_ONE + 1800]);
  t.same(instants(['00:00:00', '00:00:00', '01:10:00', '01:20:00', '01:10:00', '00:00:00']), [
    MIDNIGHT,
    SUMMER_ONE + 600,
    WINTER_ONE + 1200,
  ]);
  t.same(instants(['00:00:00', '00:00:00', '01:10:00', '02:00:00', '00:50:00', '00:00:00']), [
    MIDNIGHT,
    WINTER_ONE + 600,
    WINTER_ONE + 3600,
  ]);
  t.same(instants(['00:00:00', '00:00:00', '01:50:00', '01:10:00', '00:20:00', '00:00:00']), [
    MIDNIGHT,
    SUMMER_ONE + 3000,
    WINTER_ONE + 600,
  ]);
  t.same(
    instants(['00:00:00', '00:00:00', '00:30:00', '01:30:00', '01:00:00', '01:00:00']),
    [MIDNIGHT, MIDNIGHT + 1800, WINTER_ONE + 1800],
    'suspended seconds count, Elapsed leaves them out',
  );
  t.same(
    instants(['01:10:00', '01:10:00', '01:20:00', '02:30:00', '02:10:00', '00:00:00']),
    [SUMMER_ONE + 600, SUMMER_ONE + 1200, WINTER_ONE + 5400],
    'the start by its seconds, then the submit time by the order',
  );
  t.end();
});

void t.test('without elapsed seconds only the order is left', (t) => {
  t.same(instants(['00:00:00', '00:00:00', '01:50:00', '01:10:00', '', '']), [MIDNIGHT, SUMMER_ONE + 3000, WINTER_ONE + 600]);
  t.throws(() => read(['00:00:00', '00:00:00', '00:10:00', '01:10:00', '', '']), { name: 'InvalidRow', field: 'End' });
  t.end();
});

void t.test('what stays open is an invalid row', (t) => {
  const message = /autumn change/;
  t.throws(() => read(['00:00:00', '00:00:00', '01:10:00', '01:20:00', '00:10:00', '00:00:00']), {
    name: 'InvalidRow',
    field: 'Start',
    message,
  });
  t.throws(() => read(['01:10:00', '01:10:00', '02:20:00', '02:30:00', '00:10:00', '00:00:00']), {
    name: 'InvalidRow',
    field: 'Submit',
    message,
  });
  t.throws(
    () => read(['00:00:00', '00:00:00', '00:10:00', '01:20:00', '00:00:05', '00:00:00']),
    { name: 'InvalidRow', message },
    'none fits',
  );
  t.throws(() => read(['00:00:00', '01:10:00', '00:10:00', '00:20:00', '00:10:00', '00:00:00']), {
    name: 'InvalidRow',
    field: 'Eligible',
    message,
  });
  t.throws(
    () => read(['01:50:00', '01:50:00', '01:10:00', '02:10:00', '', '']),
    { name: 'InvalidRow', message },
    'a submit time that reads later than the start may be that of a resized job',
  );
  t.end();
});

void t.test('a resized job keeps its first start, before its submit time', (t) => {
  const times = instants(['00:50:00', '00:50:00', '00:30:00', '01:20:00', '00:50:00', '00:00:00']);
  t.same(times, [MIDNIGHT + 3000, MIDNIGHT + 1800, SUMMER_ONE + 1200]);
  t.end();
});

void t.test('an eligible time in the autumn hour follows the submit time', (t) => {
  t.equal(read(['01:10:00', '01:10:00', '01:20:00', '02:30:00', '02:10:00', '00:00:00']).eligibleAt, SUMMER_ONE + 600);
  t.equal(read(['00:00:00', 'Unknown', '00:30:00', '01:30:00', '01:00:00', '00:00:00']).eligibleAt, null);
  t.end();
});

void t.test('a job that never started, or still runs', (t) => {
  t.throws(() => read(['00:00:00', 'Unknown', 'None', '01:10:00', '00:00:00', '00:00:00']), { name: 'InvalidRow', field: 'End' });
  t.same(instants(['00:00:00', 'Unknown', 'None', '00:10:00', '00:00:00', '00:00:00']), [MIDNIGHT, null, MIDNIGHT + 600]);
  t.throws(() => read(['00:00:00', 'Unknown', '01:10:00', 'Unknown', '00:05:00', '00:00:00']), { name: 'InvalidRow', field: 'Start' });
  t.end();
});

void t.test('a time that the spring change skips does not exist', (t) => {
  t.throws(() => read(['00:00:00', '00:00:00', '00:10:00', '02:30:00', '01:20:00', '00:00:00'], '2026-03-08'), {
    name: 'InvalidRow',
    field: 'End',
    message: /no clock in America\/Los_Angeles shows/,
  });
  const after = read(['00:00:00', '00:00:00', '01:00:00', '03:30:00', '01:30:00', '00:00:00'], '2026-03-08');
  t.equal(after.endedAt! - after.startedAt!, 5400);
  t.end();
});
