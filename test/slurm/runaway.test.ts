/** Jobs that the accounting has running and that slurmctld does not know (money 15). */
import t from 'tap';
import type { JobSource } from '../../src/core/job-source.js';
import type { SinkRecord } from '../../src/core/record.js';
import { aRecord } from '../support/jobs.js';
import { memorySink } from '../support/memory-plugins.js';
import { runCore } from '../support/run-core.js';
import { aSlurmrestdSource } from '../support/slurmrestd.js';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, daemon, slurm, sql, token, type Cluster } from './cluster.js';
import { seed } from './seed.js';
import { asNobody, now, sacctSource, slurmrestdSource } from './sources.js';
import { readTruth, type TruthRow } from './truth.js';

/** Far above what slurmctld hands out here, and below the bulk-loaded. */
const LOST_ID = 900_001;

const booted = bootCluster();
if ('leftOut' in booted) {
  testUnless(booted.leftOut, 'runaways on a real cluster');
} else {
  await seed(booted);
  testRunaways(booted);
}

function testRunaways(cluster: Cluster): void {
  const running = readTruth(cluster).filter(({ state }) => state === 'RUNNING' || state === 'SUSPENDED');
  const records = [...running, { ...(running[0] as TruthRow), jobId: LOST_ID }].map(openRecordOf);
  const ids = records.map(({ jobId }) => jobId);
  const known = new Set(running.map(({ jobId }) => String(jobId)));
  // A token from before, since slurmctld makes them.
  const heldToken = token(cluster);
  const create: Readonly<Record<string, () => JobSource>> = {
    sacct: () => sacctSource(cluster, { timeoutSeconds: 30 }),
    slurmrestd: () => aSlurmrestdSource({ url: cluster.restUrl, timeoutSeconds: 30 }, { env: { TOKEN: heldToken } }),
  };
  const ask = async (source: JobSource): Promise<ReadonlySet<string> | null | undefined> => {
    try {
      return await source.aliveIds?.(ids, { cluster: 'savio', signal: new AbortController().signal });
    } finally {
      await source.close?.();
    }
  };
  /** Kinds of the findings by job; every job has been running for longer than a job may settle. */
  const findingsOf = async (source: JobSource, command: 'update' | 'full'): Promise<Record<string, string>> => {
    const site = { userMap: { getent: true }, settleMinutes: 0 } as const;
    const { findings } = await runCore({ source, sink: memorySink(records), site, now: now(), request: { command, allFindings: true } });
    await source.close?.();
    const told = findings.filter(({ jobId }) => jobId !== null && ids.includes(jobId));
    return Object.fromEntries(told.map(({ jobId, kind }) => [jobId ?? '', kind]));
  };
  const alive = Object.fromEntries([...known].map((id) => [id, 'still-running']));

  sql(cluster, copyOf(running[0] as TruthRow, LOST_ID));
  t.teardown(() => {
    sql(cluster, `delete from savio_job_table where id_job = ${LOST_ID};`);
  });

  void t.test('the job that was made a runaway is one for sacctmgr, too', (t) => {
    t.match(slurm(cluster, ['sacctmgr', '-P', 'show', 'runawayjobs'], { input: 'n\n' }), new RegExp(`^${LOST_ID}\\|`, 'mu'));
    t.end();
  });

  for (const [name, make] of Object.entries(create)) {
    void t.test(`${name}: slurmctld knows every job that runs, and not the runaway`, async (t) => {
      t.strictSame(await ask(make()), known);
      for (const command of ['update', 'full'] as const) {
        t.strictSame(await findingsOf(make(), command), { ...alive, [LOST_ID]: 'runaway' }, command);
      }
    });
  }

  void t.test('from a user without rights: nothing is known, or all of it', async (t) => {
    const nobody = { command: asNobody('sacct'), sacctmgr: asNobody('sacctmgr'), squeue: asNobody('squeue'), user: 'nobody' };
    t.strictSame(await ask(sacctSource(cluster, nobody)), known, 'nothing is private here');
    t.equal(await ask(sacctSource(cluster, { ...nobody, clusters: ['savio'] })), null);
    t.equal(await ask(slurmrestdSource(cluster, { token: { command: ['scontrol', 'token', 'lifespan=600', 'username=nobody'] } })), null);
  });

  void t.test('without slurmctld nothing is known, and no job is called a runaway', async (t) => {
    daemon(cluster, 'kill', 'slurmctld');
    try {
      for (const [name, make] of Object.entries(create)) t.equal(await ask(make()), null, name);
      t.strictSame(await findingsOf(sacctSource(cluster), 'update'), { ...alive, [LOST_ID]: 'still-running' });
    } finally {
      daemon(cluster, 'start', 'slurmctld');
    }
    for (const [name, make] of Object.entries(create)) t.strictSame(await ask(make()), known, `${name}, and then it is back`);
  });
}

function openRecordOf(row: TruthRow): SinkRecord {
  return aRecord({
    jobId: String(row.jobId),
    account: row.account,
    userId: String(row.uid),
    amount: '24.00',
    state: 'RUNNING',
    submittedAt: row.submittedAt,
    startedAt: row.startedAt,
    endedAt: null,
  });
}

/** The row of a running job once more, under an id of which slurmctld knows nothing. */
function copyOf({ jobId, submittedAt }: TruthRow, as: number): string {
  return `create temporary table lost select * from savio_job_table where id_job = ${jobId} and time_submit = ${submittedAt};
    alter table lost modify job_db_inx bigint null;
    update lost set job_db_inx = null, id_job = ${as}, id_array_job = 0, id_array_task = 4294967294;
    insert into savio_job_table select * from lost;`;
}
