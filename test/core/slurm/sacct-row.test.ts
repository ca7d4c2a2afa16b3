import fc from 'fast-check';
import t from 'tap';
import type { Row } from '../../../src/core/job.js';
import { InvalidRow } from '../../../src/core/slurm/invalid-row.js';
import { SACCT_FIELDS } from '../../../src/core/slurm/sacct-columns.js';
import { createSacctRowReader } from '../../../src/core/slurm/sacct-row.js';
import { byKey, linesOf, readRecording, sacctRows } from './recordings.js';

const BY_ID = 'slurm-22.05.8/sacct-by-id.psv';

const VALUES: Readonly<Record<string, string>> = {
  JobID: '30',
  JobIDRaw: '30',
  Cluster: 'savio',
  Submit: '1795407271',
  Eligible: '1795407271',
  Start: '1795407271',
  End: '1795407295',
  ElapsedRaw: '24',
  Suspended: '00:00:00',
  UID: '0',
  User: 'root',
  Account: 'fc_alpha',
  State: 'COMPLETED',
  Partition: 'savio3',
  QOS: 'normal',
  NodeList: 'n[0101-0102]',
  AllocCPUS: '2',
  ReqNodes: '2',
  AllocNodes: '2',
};

/** Reads one line of these values under a header of exactly these columns; null leaves a column out. */
function read(changes: Readonly<Record<string, string | null>> = {}, timeZone?: string): Row | null {
  const entries = Object.entries({ ...VALUES, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null);
  const header = entries.map(([name]) => name);
  return createSacctRowReader(header, { timeZone })(entries.map(([, value]) => value).join('|'));
}

void t.test('every recorded row is read, as it stands', (t) => {
  const rows = sacctRows(BY_ID);
  t.equal(rows.length, linesOf(readRecording(BY_ID)).length - 1);
  const find = (jobId: string): Row | undefined => rows.find((row) => row.jobId === jobId);
  t.same(find('18'), {
    jobId: '18',
    cluster: 'savio',
    arrayJobId: null,
    arrayTaskId: null,
    hetJobId: null,
    hetOffset: null,
    account: 'fc_alpha',
    user: 'root',
    uid: 0,
    state: 'CANCELLED',
    partition: 'savio3,savio3_htc',
    qos: 'normal',
    submittedAt: 1795407217,
    eligibleAt: null,
    startedAt: null,
    endedAt: 1795407295,
    suspendedSeconds: 0,
    nodeList: null,
    cpuCount: 0,
    requestedNodeCount: 2,
    allocatedNodeCount: 0,
  });
  t.match(find('13'), { arrayJobId: '3', arrayTaskId: 2, eligibleAt: null, startedAt: 1795406695, cpuCount: 1 });
  t.match(find('3'), { arrayJobId: '3', arrayTaskId: 5 }, 'the last task owns the raw id of its array');
  t.match(find('44'), { arrayJobId: '44', arrayTaskId: null, state: 'CANCELLED', nodeList: null });
  t.match(find('32'), { arrayJobId: '32', arrayTaskId: null });
  t.match(find('34'), { uid: 20001, user: 'hpcu0', state: 'CANCELLED' });
  t.match(find('19'), { suspendedSeconds: 30 });
  t.match(find('4'), { nodeList: 'n0001.savio3,n[0102-0104]', cpuCount: 4, allocatedNodeCount: 4 });
  t.end();
});

void t.test('epoch seconds, UTC and Pacific local times of the same jobs are the same rows', (t) => {
  const epoch = sacctRows('slurm-22.05.8/sacct-epoch.psv');
  t.ok(epoch.length > 30);
  t.same(sacctRows('slurm-22.05.8/sacct-local-time.psv', 'UTC'), epoch);
  t.same(sacctRows('slurm-22.05.8/sacct-pacific.psv', 'America/Los_Angeles'), epoch);
  t.equal(sacctRows('slurm-22.05.8/sacct-duplicates.psv', 'UTC').length, 38);
  t.equal(sacctRows('slurm-25.11.7/sacct-ended-epoch.psv').length, 24);
  t.end();
});

void t.test('job steps are passed over', (t) => {
  const header = ['JobIDRaw', 'User', 'Account', 'State', 'Partition', 'Submit', 'Start', 'End', 'AllocCPUS', 'AllocNodes'];
  const readLine = createSacctRowReader(header);
  t.equal(readLine('123.extern|||COMPLETED||1795406695|1795406695|1795406697|1|1'), null);
  const recorded = linesOf(readRecording('slurm-22.05.8/sacct-with-steps.psv'));
  const ids = recorded.slice(1).map((line) => line.slice(0, line.indexOf('|')));
  const steps = ids.filter((id) => readLine(`${id}|ann|fc_alpha|COMPLETED|savio3|1|1|1|1|1`) === null);
  t.same(
    steps,
    ids.filter((id) => id.includes('.')),
  );
  t.end();
});

void t.test('what is left out has a documented value, and what has another name is found', (t) => {
  const optional = ['JobID', 'Cluster', 'Eligible', 'ElapsedRaw', 'Suspended', 'UID', 'QOS', 'NodeList', 'ReqNodes'];
  t.match(read(Object.fromEntries(optional.map((name) => [name, null]))), {
    cluster: null,
    arrayJobId: null,
    eligibleAt: null,
    suspendedSeconds: 0,
    uid: null,
    user: 'root',
    qos: '',
    nodeList: null,
    requestedNodeCount: null,
    cpuCount: 2,
  });
  t.match(read({ AllocCPUS: null, NCPUS: '2' }), { cpuCount: 2 });
  t.match(read({ AllocCPUS: null, AllocNodes: null, AllocTRES: 'billing=2,cpu=3,mem=2000M,node=2' }), {
    cpuCount: 3,
    allocatedNodeCount: 2,
  });
  t.match(read({ AllocCPUS: null, AllocNodes: null, AllocTRES: '' }), { cpuCount: 0, nodeList: null, allocatedNodeCount: 0 });
  t.match(read({ JobIDRaw: null, jobidraw: '31', Timelimit: 'UNLIMITED', ExitCode: '0:9' }), { jobId: '31' });
  t.match(read({ User: '', UID: '' }), { user: null, uid: null });
  t.match(read({ UID: null, User: '' }), { user: null, uid: null });
  t.match(read({ User: null, UID: '1000' }), { user: null, uid: 1000 });
  const names = SACCT_FIELDS.filter((name) => name !== 'Cluster');
  const line = names.map((name) => VALUES[name]).join('|');
  t.match(createSacctRowReader(names, { cluster: 'savio' })(line), { cluster: 'savio' });
  t.end();
});

void t.test('values that look odd and are right', (t) => {
  t.match(read({ JobID: '9+1', JobIDRaw: '10' }), { jobId: '10', hetJobId: '9', hetOffset: 1, arrayJobId: null });
  t.match(read({ JobID: '50_[1-399:2...' }), { arrayJobId: '50', arrayTaskId: null });
  t.match(read({ State: 'CANCELLED by 20001' }), { state: 'CANCELLED' });
  t.match(read({ State: 'REQUEUED' }), { state: 'REQUEUED' });
  t.match(read({ Suspended: '1-01:00:30' }), { suspendedSeconds: 90_030 });
  t.match(read({ Suspended: '30' }), { suspendedSeconds: 30 });
  t.match(
    read({ AllocNodes: '2K', ReqNodes: '1K' }),
    { allocatedNodeCount: 2048, requestedNodeCount: 1024 },
    'sacct shortens what 1024 divides',
  );
  t.match(read({ Start: 'None', Eligible: '4294967295', End: 'Unknown' }), { startedAt: null, eligibleAt: null, endedAt: null });
  t.match(read({ NodeList: '(unknown)' }), { nodeList: null });
  t.match(
    read({ State: 'PENDING', Partition: '', AllocCPUS: '0', ReqNodes: '0', AllocNodes: '0', NodeList: 'n0101', End: 'Unknown' }),
    { state: 'PENDING', nodeList: null, cpuCount: 0, requestedNodeCount: null },
    'a job one second after its start',
  );
  t.match(read({ Start: '2026-11-22T20:14:31' }, 'America/Los_Angeles'), { startedAt: 1795407271, submittedAt: 1795407271 }, 'mixed forms');
  const line = SACCT_FIELDS.map((name) => VALUES[name]).join('|');
  t.match(createSacctRowReader([...SACCT_FIELDS, ''])(`${line}|\r`), { allocatedNodeCount: 2 }, '-p and CRLF');
  t.end();
});

void t.test('what cannot be trusted is an invalid row that says why', (t) => {
  const refusals: readonly (readonly [Readonly<Record<string, string | null>>, object])[] = [
    [{ State: 'CANCELLED+' }, { field: 'State', value: 'CANCELLED+', remedy: /-P/ }],
    [{ State: 'OUT_OF_ME+' }, { field: 'State', remedy: /-P/ }],
    [{ State: 'CANCELLED by 2+' }, { field: 'State', remedy: /-P/ }],
    [{ State: 'COMPLETING' }, { field: 'State', message: /COMPLETING/ }],
    [{ State: 'toString' }, { field: 'State' }],
    [{ JobIDRaw: '17_2' }, { field: 'JobIDRaw' }],
    [{ JobIDRaw: '' }, { field: 'JobIDRaw' }],
    [{ JobID: 'x' }, { field: 'JobID' }],
    [{ Submit: 'Unknown' }, { field: 'Submit' }],
    [{ Start: '04:14:31' }, { field: 'Start' }],
    [{ Start: '2026-11-22T20:14:31' }, { field: 'Start', message: /timeZone/ }],
    [{ Account: '' }, { field: 'Account' }],
    [{ AllocCPUS: '0' }, { field: 'AllocCPUS', message: /no CPUs/ }],
    [{ AllocNodes: '' }, { field: 'AllocNodes' }],
    [{ AllocNodes: '1.50K' }, { field: 'AllocNodes', remedy: /--noconvert/ }],
    [{ AllocNodes: '-1' }, { field: 'AllocNodes' }],
    [{ AllocCPUS: null, AllocTRES: 'cpu=many' }, { field: 'AllocTRES' }],
    [{ UID: 'root' }, { field: 'UID' }],
    [{ Suspended: 'INVALID' }, { field: 'Suspended' }],
    [{ QOS: 'a|b' }, { field: '', message: /20 fields where the header has 19/, remedy: /JobName/ }],
  ];
  for (const [changes, expected] of refusals) {
    t.throws(() => read(changes), { name: 'InvalidRow', ...expected }, JSON.stringify(changes));
  }
  t.throws(() => read({ Start: '2026-11-31T20:14:31' }, 'UTC'), { name: 'InvalidRow', field: 'Start' });
  t.throws(() => createSacctRowReader([...SACCT_FIELDS], { timeZone: 'Mars/Olympus' }), { code: 'CONFIG_INVALID' });
  t.throws(() => createSacctRowReader([...SACCT_FIELDS])('x'.repeat(100_000)), { name: 'InvalidRow', value: /^x{120}…$/ });
  t.end();
});

void t.test('missing columns are named all at once', (t) => {
  t.throws(() => createSacctRowReader(['JobID', 'State']), {
    code: 'INPUT_INVALID',
    message: /JobIDRaw; Submit; Start; End; User \(or UID\); Account; Partition; AllocCPUS .*; AllocNodes/,
    remedy: /--format=JobID,JobIDRaw,/,
  });
  t.throws(() => createSacctRowReader(SACCT_FIELDS.filter((name) => name !== 'End')), { message: /lacks a column: End\.$/ });
  t.end();
});

void t.test('the order of columns and the delimiter do not matter', (t) => {
  const [header = '', ...lines] = linesOf(readRecording(BY_ID));
  const names = header.split('|');
  const expected = byKey(sacctRows(BY_ID));
  const order = fc.shuffledSubarray([...names.keys()], { minLength: names.length });
  fc.assert(
    fc.property(order, fc.constantFrom('|', '##', '\u001f', '~|~'), (columns, delimiter) => {
      const readLine = createSacctRowReader(
        columns.map((i) => names[i]!),
        { delimiter },
      );
      const rows = lines.map((line) => readLine(columns.map((i) => line.split('|')[i]).join(delimiter))!);
      t.strictSame(byKey(rows), expected);
    }),
    { numRuns: 20 },
  );
  t.end();
});

void t.test('whatever the line, the reader answers or throws an invalid row', (t) => {
  const readLine = createSacctRowReader([...SACCT_FIELDS], { timeZone: 'America/Los_Angeles' });
  const known = ['', '0', '-1', '1e9', '99999999999999999999', '2026-02-30T00:00:00', '2026-11-01T01:30:00', '1.5K', '17_[', 'None'];
  const odd = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom(...known));
  const mutated = fc
    .tuple(fc.nat(SACCT_FIELDS.length - 1), odd)
    .map(([at, text]) => SACCT_FIELDS.map((name, i) => (i === at ? text : VALUES[name])).join('|'));
  const shapeless = fc.string({ unit: fc.constantFrom('|', '1', '.', 'n', '\r'), maxLength: 60 });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string(), shapeless), (line) => {
      try {
        readLine(line);
      } catch (error) {
        if (!(error instanceof InvalidRow)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
  t.end();
});

void t.test(
  'a requeued job cancelled while it waits has no nodes in that row, although Slurm still counts those of the run before',
  (t) => {
    const row = read({ State: 'CANCELLED by 0', NodeList: 'None assigned', AllocNodes: '1', AllocCPUS: '1' });
    t.match(row, { nodeList: null, cpuCount: 0, allocatedNodeCount: 0 });
    t.end();
  },
);
