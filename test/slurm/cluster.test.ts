import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { RequestOptions } from 'node:http';
import t from 'tap';
import { testUnless } from '../support/test-unless.js';
import { bootCluster, slurm, token } from './cluster.js';
import type { Cluster } from './cluster.js';
import { endingKinds, openKinds } from './job-kinds.js';
import { seed } from './seed.js';
import type { SeededKind } from './seed.js';
import { readTruth } from './truth.js';

const endedOrRunning = 'BF,CA,CD,DL,F,NF,OOM,PR,TO,RQ,RS,RV,R,S';

const cluster = bootCluster();
if ('leftOut' in cluster) testUnless(cluster.leftOut, 'what a real cluster seeds and tells');
else await proveCluster(cluster);

async function proveCluster(cluster: Cluster): Promise<void> {
  await seed(cluster);
  const truth = readTruth(cluster).filter((row) => row.jobId < 1_000_000);

  await t.test('the seed holds every kind of job, each with rows in the accounting database', (t) => {
    const manifest = readLines<SeededKind>(`${cluster.directory}/manifest.ndjson`);
    t.same(
      manifest.map((line) => line.kind),
      [...endingKinds, ...openKinds].map((kind) => kind.name),
    );
    const known = new Set(truth.map((row) => `${row.jobId} ${row.submittedAt}`));
    const missing = manifest.flatMap((line) => line.rows).filter((row) => !known.has(`${row.jobId} ${row.submittedAt}`));
    t.same(missing, []);
    t.ok(existsSync(`${cluster.directory}/truth.ndjson`));
    t.end();
  });

  await t.test('sacct by states and with duplicates shows every row that ended or still runs', (t) => {
    const start = `uts${Math.min(...truth.map((row) => row.submittedAt))}`;
    const query = ['-a', '-X', '-D', '-P', '-n', '-S', start, '-E', 'now', '-s', endedOrRunning, '-o', 'JobIDRaw,Submit,End,State'];
    const lines = slurm(cluster, ['env', 'SLURM_TIME_FORMAT=%s', 'sacct', ...query])
      .trim()
      .split('\n');
    const seen = lines.map((line) => line.replace('Unknown', '0').replace(/ by \d+$/u, ''));
    const wanted = truth.filter((row) => row.endedAt > 0 || row.state === 'RUNNING' || row.state === 'SUSPENDED');
    t.same(seen.filter((line) => Number(line.split('|')[0]) < 1_000_000).sort(), wanted.map(sacctLine).sort());
    t.end();
  });

  await t.test('slurmrestd answers all rows to a token, over TCP and over its socket, and nothing without one', async (t) => {
    const path = '/slurmdb/v0.0.38/jobs?submit_time=uts1000000&skip_steps=true&account=fc_alpha%2Cco_beta%2Cfc_p0%2Cfc_p1%2Cfc_p2';
    const headers = { 'X-SLURM-USER-NAME': 'root', 'X-SLURM-USER-TOKEN': token(cluster) };
    const { hostname, port } = new URL(cluster.restUrl);
    for (const way of [{ hostname, port }, { socketPath: cluster.restSocket }]) {
      const reply = await request({ ...way, path, headers });
      t.equal(reply.status, 200);
      const { jobs } = JSON.parse(reply.body) as { jobs: { job_id: number; time: { submission: number } }[] };
      t.same(
        jobs.map((job) => `${job.job_id} ${job.time.submission}`).sort(),
        truth.map((row) => `${row.jobId} ${row.submittedAt}`).sort(),
      );
      t.equal((await request({ ...way, path })).status, 401);
    }
  });
}

function sacctLine(row: { jobId: number; submittedAt: number; endedAt: number; state: string }): string {
  return [row.jobId, row.submittedAt, row.endedAt, row.state].join('|');
}

function readLines<T>(file: string): T[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

function request(options: RequestOptions): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
}
