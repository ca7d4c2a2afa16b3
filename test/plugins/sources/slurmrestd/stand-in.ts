import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import type { Row } from '../../../../src/core/job.js';
import { createSlurmdbReader } from '../../../../src/core/slurm/slurmdb-job.js';
import { readRecording } from '../../../core/slurm/recordings.js';
import { replyJson, serve, type LocalServer } from '../../../support/http-server.js';

export const V38 = 'slurm-22.05.8/rest-v0.0.38-jobs.json';

/** The part of a recorded job that questions choose by. */
export interface RecordedJob {
  readonly job_id: number;
  readonly account: string;
  readonly state: { readonly current: string | readonly string[] };
  readonly array: { readonly job_id: number };
  readonly het: { readonly job_id: number };
  readonly time: { readonly submission: number; readonly eligible: number | null; readonly start: number | null; readonly end: number };
}

export interface Recording {
  readonly meta: unknown;
  readonly jobs: readonly RecordedJob[];
}

export interface StandInOptions {
  readonly recording: string;
  readonly versions?: readonly number[];
  /** Slurm's, in place of the recorded one. */
  readonly release?: string;
  /** Answers itself, or returns false. */
  readonly before?: (request: IncomingMessage, url: URL, response: ServerResponse) => boolean;
  readonly socketPath?: string;
  /** Jobs beside the recorded ones. */
  readonly more?: readonly RecordedJob[];
  /** Leaves out jobs that have not run yet. */
  readonly withoutWaiting?: boolean;
}

export function readRest(recording: string): Recording {
  return JSON.parse(readRecording(recording)) as Recording;
}

/** What the recordings say, without jobs that wait. */
export function recorded(name: string): Row[] {
  const read = createSlurmdbReader();
  return readRest(name)
    .jobs.map((job) => read(job))
    .filter((row) => row.state !== 'PENDING');
}

export function lastInstant(rows: readonly Row[]): number {
  return Math.max(...rows.flatMap((row) => [row.submittedAt, row.endedAt ?? 0]));
}

/** Recorded bytes: status line, headers and body, as they came. */
export function replayHttp(response: ServerResponse, name: string): void {
  const text = readRecording(name);
  const at = /\r?\n\r?\n/.exec(text);
  if (at === null) throw new Error(`${name} has no body`);
  const [statusLine = '', ...headers] = text.slice(0, at.index).split(/\r?\n/);
  response.writeHead(
    Number(statusLine.split(' ')[1]),
    Object.fromEntries(headers.filter((line) => !/^content-length/i.test(line)).map((line) => line.split(/: */, 2) as [string, string])),
  );
  response.end(text.slice(at.index + at[0].length));
}

/** Chooses from a recording as slurmdbd does (contract slurm.md 2.1): its plain windows hide what never became eligible. */
export async function standIn(t: Test, options: StandInOptions): Promise<LocalServer> {
  const { meta, jobs: recordedJobs } = readRest(options.recording);
  const all = [...recordedJobs, ...(options.more ?? [])];
  const jobs = options.withoutWaiting === true ? all.filter((job) => stateOf(job) !== 'PENDING') : all;
  const said = options.release === undefined ? meta : { Slurm: { release: options.release }, slurm: { release: options.release } };
  const versions = options.versions ?? [36, 37, 38];
  const paths = Object.fromEntries(
    versions.flatMap((number) => ['jobs', 'clusters'].map((name) => [`/slurmdb/v0.0.${number}/${name}`, {}])),
  );
  const server = await serve((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (options.before?.(request, url, response) === true) return;
    if (url.pathname === '/openapi/v3') replyJson(response, { paths: { '/slurm/v0.0.38/jobs': {}, ...paths } });
    else if (url.pathname.endsWith('/clusters')) replyJson(response, { meta: said, errors: [], clusters: [{ name: 'savio' }] });
    else if (url.pathname.endsWith('/accounts')) replyJson(response, { meta: said, errors: [], accounts: namesOf(jobs) });
    else if (url.pathname.endsWith('/jobs')) replyJson(response, answer(said, choose(jobs, url.searchParams)));
    else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
  }, options.socketPath);
  t.teardown(() => server.close());
  return server;
}

function namesOf(jobs: readonly RecordedJob[]): { name: string }[] {
  return [...new Set(jobs.map((job) => job.account))].map((name) => ({ name }));
}

function answer(meta: unknown, jobs: readonly RecordedJob[]): unknown {
  const nothing = { error_number: 9003, error: 'Nothing found with query', description: 'Nothing found', source: 'slurmdb_jobs_get' };
  return { meta, errors: jobs.length === 0 ? [nothing] : [], jobs };
}

function choose(jobs: readonly RecordedJob[], query: URLSearchParams): RecordedJob[] {
  const list = (key: string): string[] => query.getAll(key).flatMap((text) => text.split(','));
  const instant = (key: string): number => Number(query.get(key)?.replace('uts', ''));
  const [accounts, states, ids] = [list('account'), list('state'), list('step').map((id) => Number(id.split('_', 1)[0]))];
  return jobs.filter((job) => {
    if (accounts.length > 0 && !accounts.includes(job.account)) return false;
    if (ids.length > 0) return [job.job_id, job.array.job_id, job.het.job_id].some((id) => ids.includes(id));
    const { end } = job.time;
    if (query.has('submit_time')) return end === 0 || end >= instant('submit_time');
    const [from, to] = [instant('start_time'), instant('end_time')];
    if (states.length > 0) return states.includes(stateOf(job)) && end >= from && end <= to;
    const eligible = job.time.eligible ?? 0;
    return eligible !== 0 && eligible < to && (end === 0 || end >= from);
  });
}

function stateOf(job: RecordedJob): string {
  const names = [job.state.current].flat();
  return names.find((name) => name === 'REQUEUED' || name === 'RESIZING') ?? names[0] ?? '';
}
