import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { Shadow } from '../../src/core/shadow.js';
import { CANCELLED_PENDING, sacctText } from '../support/inputs.js';
import { brcSync, siteFolder } from '../support/site-folder.js';

const LOG = 'full_sync_mybrc.log';

/** A job as the scripts sent it: the usual row, with its times as they should be. */
function sent(id: string, fields: Readonly<Record<string, string>> = {}): string {
  const usual: Readonly<Record<string, string>> = {
    partition: "'savio3'",
    accountid: "'fc_alpha'",
    userid: "'20001'",
    jobslurmid: `'${id}'`,
    amount: "'12.0'",
    qos: "u'normal'",
    jobstatus: "'COMPLETED'",
    submitdate: "'2026-11-10T17:59:00Z'",
    startdate: "'2026-11-10T18:00:00Z'",
    enddate: "'2026-11-10T19:00:00Z'",
    nodes: "[{'name': 'n0001.savio3'}]",
    num_cpus: '1',
    num_req_nodes: '1',
    num_alloc_nodes: '1',
    raw_time: '1.0',
    cpu_time: '1.0',
  };
  const items = Object.entries({ ...usual, ...fields }).map(([key, value]) => `'${key}': ${value}`);
  return `{${items.join(', ')}}`;
}

function line(message: string, level = 'INFO'): string {
  return `2026-11-20T03:14:04 ${level.padEnd(8)} ${message}\n`;
}

const pushed = (id: string, fields?: Readonly<Record<string, string>>): string => line(`${id} PUSHED/UPDATED : ${sent(id, fields)}`);
const begins = line('starting run, using endpoint https://mybrc.brc.berkeley.edu/api/') + line('using project start dates');
const ends = line('run complete, pushed/updated 1 jobs.');
const LOCAL = { submitdate: "'2026-11-10T09:59:00Z'", startdate: "'2026-11-10T10:00:00Z'", enddate: "'2026-11-10T11:00:00Z'" };
const SPRING = {
  row: { Submit: '2026-03-08T01:30:00', Start: '2026-03-08T01:30:00', End: '2026-03-08T03:30:00' },
  sent: { submitdate: "'2026-03-08T01:30:00Z'", startdate: "'2026-03-08T01:30:00Z'", enddate: "'2026-03-08T03:30:00Z'" },
};

const CASES = [
  { id: '101', log: pushed('101'), row: {}, expect: null },
  {
    id: '123_4',
    log: pushed('123_4'),
    row: { JobID: '123_4', JobIDRaw: '127' },
    expect: { cause: '2', theirs: '12.00', ours: null, suDifference: '12.00', message: /under an id of job 127/ },
  },
  {
    id: '103',
    log: pushed('103', { nodes: "[{'name': 'n0[001-003].savio3'}]", num_alloc_nodes: '3', num_req_nodes: '3' }),
    row: { NodeList: 'n0[001-003].savio3', AllocNodes: '3', ReqNodes: '3' },
    expect: { cause: '3', suDifference: '0.00' },
  },
  {
    id: '104',
    log: pushed('104', { nodes: "\"[{u'name': u'n0001.savio3'}]\"" }),
    row: {},
    expect: { cause: '3', suDifference: '0.00', fields: [{ field: 'nodes', ours: 'n0001.savio3' }] },
  },
  {
    id: '105',
    log: pushed('105', { partition: "'savio3_htc'" }),
    row: { Partition: 'savio3_htc' },
    expect: { cause: '4', theirs: '12.00', ours: '9.00', suDifference: '3.00' },
  },
  {
    id: '106',
    log: pushed('106', { partition: "'bigmem'", amount: '1.0' }),
    row: { Partition: 'bigmem' },
    expect: { cause: '4', theirs: '1.00', ours: '0.00' },
  },
  {
    id: '107',
    log: pushed('107', { jobstatus: "'CANCELLED by 20001'" }),
    row: { State: 'CANCELLED by 20001' },
    expect: { cause: '5', suDifference: '0.00', fields: [{ field: 'state', theirs: 'CANCELLED by 20001', ours: 'CANCELLED' }] },
  },
  {
    id: '108',
    log: pushed('108', LOCAL),
    row: {},
    expect: { cause: '6', suDifference: '0.00', fields: Array.from({ length: 3 }, () => ({ cause: '6' })) },
  },
  {
    id: '109',
    log: pushed('109', { ...SPRING.sent, amount: "'24.0'", raw_time: '2.0', cpu_time: '2.0' }),
    row: SPRING.row,
    expect: { cause: '6', theirs: '24.00', ours: '12.00', suDifference: '12.00' },
  },
  {
    id: '110',
    log: line('ERROR occured for jobid: 110 REASON: Bad Request', 'WARNING'),
    row: {},
    expect: { cause: '7', theirs: null, ours: '12.00', suDifference: '-12.00', message: /Bad Request/ },
  },
  {
    id: '111',
    log: line('ERROR occured for jobid: 111 REASON: unconverted data remains: one', 'WARNING'),
    row: CANCELLED_PENDING,
    expect: { cause: '11', theirs: null, ours: '0.00', suDifference: '0.00' },
  },
  { id: '112', log: pushed('112', { amount: "'13.37'" }), row: {}, expect: { cause: 'unexplained', suDifference: '1.37' } },
  { id: '113', log: pushed('113', { userid: "'7'" }), row: {}, expect: { cause: 'unexplained', fields: [{ field: 'userId' }] } },
  { id: '114', log: pushed('114', { qos: "'free'" }), row: { QOS: 'free' }, expect: { cause: 'free-qos', suDifference: '12.00' } },
] as const;

void t.test('each known defect is told by its number, with the SU that it moved', async (t) => {
  const rows = CASES.map(({ id, row }) => ({ JobIDRaw: id, ...row }));
  const requeued = {
    JobIDRaw: '115',
    Submit: '2026-11-10T09:00:00',
    Start: '2026-11-10T09:00:00',
    End: '2026-11-10T09:30:00',
    ElapsedRaw: '1800',
  };
  const jobs = sacctText(
    ...rows,
    { ...requeued, State: 'REQUEUED' },
    { JobIDRaw: '115' },
    { JobIDRaw: '116', State: 'RUNNING', End: 'Unknown' },
  );
  const first = {
    submitdate: "'2026-11-10T17:00:00Z'",
    startdate: "'2026-11-10T17:00:00Z'",
    enddate: "'2026-11-10T17:30:00Z'",
    amount: "'6.0'",
  };
  const log =
    begins +
    CASES.map((each) => each.log).join('') +
    pushed('115', { ...first, raw_time: '0.5', cpu_time: '0.5' }) +
    pushed('116') +
    line("117 UPDATED : {'jobslurmid': '117', 'amou") +
    pushed('118') +
    pushed('101') +
    ends +
    begins +
    'Traceback (most recent call last):\n' +
    pushed('101');
  const folder = siteFolder(t, { files: { 'jobs.psv': jobs, [LOG]: log }, site: { freeQos: ['free'] } });
  const { code, stdout, stderr } = await brcSync(folder, ['shadow', '--log', LOG, '--source', 'slurm', '--sink', 'portal', '--json']);
  t.equal(code, 0, stderr);
  const shadow = JSON.parse(stdout) as Shadow;
  for (const { id, expect } of CASES) {
    const found = shadow.differences.find(({ jobId }) => jobId === id) ?? null;
    if (expect === null) t.equal(found, null, id);
    else t.match(found, expect, id);
  }
  t.match(
    shadow.differences.find(({ jobId }) => jobId === '115'),
    { cause: 'other-run', theirs: '6.00', ours: '12.00' },
  );
  t.same(shadow.notCompared, [
    { jobId: '116', line: shadow.notCompared[0]?.line, why: 'not-ended' },
    { jobId: '117', line: shadow.notCompared[1]?.line, why: 'unreadable' },
    { jobId: '118', line: shadow.notCompared[2]?.line, why: 'unknown-to-source' },
  ]);
  t.match(shadow, { runs: 2, unfinishedRuns: 1, jobs: { logged: 18, agree: 1, differ: 14, notCompared: 3 } });
  t.same(
    shadow.causes.map(({ cause, jobs: count, su }) => `${cause}: ${count} ${su}`),
    ['1: 1 0.00', '2: 1 12.00', '3: 2 0.00', '4: 2 4.00', '5: 1 0.00', '6: 2 12.00', '7: 1 -12.00', '8: 1 0.00', '11: 1 0.00'].concat([
      'other-run: 1 -6.00',
      'free-qos: 1 12.00',
      'unexplained: 2 1.37',
    ]),
  );
  const sum = shadow.causes.reduce((cents, { su }) => cents + Math.round(Number(su) * 100), 0);
  t.equal(shadow.su.difference, (sum / 100).toFixed(2), 'the SU of the causes make up the whole');

  const shown = await brcSync(folder, ['shadow', '--log', LOG, '--source', 'slurm', '--sink', 'portal'], { env: { COLUMNS: '200' } });
  t.match(shown.stdout, /^2 runs, 1 of them never complete; 18 jobs: 1 as we would have it, 14 not, 3 not compared\.$/m);
  t.match(shown.stdout, /^4 +2 +\+4\.00 +prices are matched by a part of the name/m);
  t.match(shown.stdout, /^123_4 +fc_alpha +12\.00 +– +\+12\.00 +2 +They sent it under an id of job 127/m);
});

void t.test('logs of either generation, of --debug, packed, and our own are read; what is none is refused', async (t) => {
  const folder = siteFolder(t, { files: { 'jobs.psv': sacctText({}) } });
  const shadow = async (name: string, content: string | Buffer): Promise<{ readonly code: number | null; readonly printed: Shadow }> => {
    writeFileSync(join(folder, name), content);
    const { code, stdout } = await brcSync(folder, ['shadow', '--log', name, '--source', 'slurm', '--sink', 'portal', '--json']);
    return { code, printed: JSON.parse(stdout) as Shadow };
  };
  const update = line(`101 UPDATED : ${sent('101', { jobstatus: "'COMPLETING'" })}`);
  const own = line(`101 UPDATED : ${sent('101')} BEFORE : None`);
  for (const [name, content] of [
    ['update_jobs_coldfront.log', update],
    ['updated_jobs.log.gz', gzipSync(update)],
    ['full_sync_mylrc_debug.log', line(`101 COLLECTED : ${sent('101')}`)],
    ['own.log', own],
  ] as const) {
    const { code, printed } = await shadow(name, content);
    t.match([code, printed.jobs], [0, { logged: 1, agree: 1, differ: 0 }], name);
  }
  const none = await shadow('messages', 'Nov 20 03:10:00 host kernel: hello\n');
  t.equal(none.code, 2);
  t.match(none.printed, { error: { code: 'INPUT_INVALID', message: /no line of the retired scripts/ } });
});
