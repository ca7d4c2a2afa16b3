import { hasNodes, NONE_ASSIGNED } from '../hostlist.js';
import { JOB_STATES, type Instant, type JobState, type Row } from '../job.js';
import { compileSchema, type ErrorObject } from '../schema.js';
import { InvalidRow } from './invalid-row.js';
import { SLURMDB_JOB_SCHEMA, type SlurmdbJob, type SlurmNumber, type SlurmTres } from './slurmdb-schema.js';

export interface SlurmdbReaderOptions {
  /** Cluster of jobs that name none. */
  readonly cluster?: string | null;
}

/** 0 and the two largest numbers of 32 bits stand for a time that Slurm does not know (contract slurm.md 1.5). */
const FIRST_SENTINEL = 4_294_967_294;

/** Flags that slurmdbd stores in the state's place; since v0.0.40 they follow a base state that says PENDING (contract slurm.md 1.5). */
const STORED_FLAGS: readonly JobState[] = ['REQUEUED', 'RESIZING', 'REVOKED'];

const STATES: ReadonlyMap<string, JobState> = new Map(JOB_STATES.map((state) => [state, state]));

const REMEDY = 'Ask slurmrestd for v0.0.38 to v0.0.46 of its slurmdb API, or read the job with sacct.';

/**
 * A reader of one element of `jobs[]` as slurmdb REST v0.0.38 to v0.0.46 and `sacct --json` write it: by shape, whatever the version.
 * Refuse older versions first, with `assertBillableVersion`: they cannot be told from v0.0.38 by their jobs, and their start is not the start.
 * The reader throws InvalidRow with the JSON pointer of what is wrong.
 */
export function createSlurmdbReader(options: SlurmdbReaderOptions = {}): (value: unknown) => Row {
  const isSlurmdbJob = compileSchema<SlurmdbJob>(SLURMDB_JOB_SCHEMA);
  const cluster = options.cluster ?? null;
  return function readSlurmdbJob(value) {
    if (!isSlurmdbJob(value)) throw schemaDeviation(value, isSlurmdbJob.errors);
    return toRow(value, cluster);
  };
}

function toRow(job: SlurmdbJob, cluster: string | null): Row {
  const allocatedNodeCount = job.nodes === NONE_ASSIGNED ? 0 : readNumber(job.allocation_nodes);
  const submittedAt = readInstant(job.time.submission);
  if (allocatedNodeCount === null) throw invalid('/allocation_nodes', job.allocation_nodes, 'is not known');
  if (submittedAt === null) throw invalid('/time/submission', job.time.submission, 'tells no time');
  const arrayJobId = readId(job.array.job_id);
  const hetJobId = readId(job.het.job_id);
  return {
    jobId: String(job.job_id),
    cluster: textOrNull(job.cluster) ?? cluster,
    arrayJobId,
    arrayTaskId: arrayJobId === null ? null : readNumber(job.array.task_id),
    hetJobId,
    hetOffset: hetJobId === null ? null : readNumber(job.het.job_offset),
    account: job.account,
    user: textOrNull(job.user),
    uid: readNumber(job.uid),
    state: readState(job.state.current),
    partition: job.partition ?? '',
    qos: job.qos ?? '',
    submittedAt,
    eligibleAt: readInstant(job.time.eligible),
    startedAt: readInstant(job.time.start),
    endedAt: readInstant(job.time.end),
    suspendedSeconds: readNumber(job.time.suspended) ?? 0,
    nodeList: allocatedNodeCount > 0 ? readNodeList(job.nodes) : null,
    cpuCount: allocatedNodeCount > 0 ? readCpuCount(job.tres.allocated) : 0,
    // No job asks for 0 nodes: Slurm does not know yet.
    requestedNodeCount: readTres(job.tres.requested, 'node', '/tres/requested') || null,
    allocatedNodeCount,
  };
}

/** Null where the number is not set, or infinite. */
function readNumber(value: SlurmNumber | undefined): number | null {
  if (typeof value === 'number') return value;
  if (value === null || typeof value !== 'object') return null;
  return value.set && !value.infinite ? value.number : null;
}

function readInstant(value: SlurmNumber): Instant | null {
  const seconds = readNumber(value);
  return seconds === null || seconds === 0 || seconds >= FIRST_SENTINEL ? null : seconds;
}

/** 0 stands for no array, no heterogeneous job. */
function readId(value: SlurmNumber): string | null {
  const id = readNumber(value);
  return id === null || id === 0 ? null : String(id);
}

function readState(current: string | readonly string[]): JobState {
  const names = typeof current === 'string' ? [current] : current;
  const stored = STORED_FLAGS.find((flag) => names.includes(flag));
  if (stored !== undefined) return stored;
  const state = names.map((name) => STATES.get(name)).find((known) => known !== undefined);
  if (state === undefined) throw invalid('/state/current', current, 'is no job state that Slurm stores');
  return state;
}

function readNodeList(nodes: string | null | undefined): string | null {
  const text = nodes ?? null;
  return hasNodes(text) ? text : null;
}

/** A job on nodes has CPUs: 0 would be a job charged nothing. */
function readCpuCount(allocated: readonly SlurmTres[]): number {
  const count = readTres(allocated, 'cpu', '/tres/allocated');
  if (count === null || count === 0) throw invalid('/tres/allocated', allocated, 'tells no CPUs of a job that has nodes');
  return count;
}

function readTres(list: readonly SlurmTres[], type: string, pointer: string): number | null {
  const index = list.findIndex((tres) => tres.type === type);
  if (index === -1) return null;
  const count = list[index]?.count;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  throw invalid(`${pointer}/${index}/count`, count, `is no number of ${type}s`);
}

function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** The last error is the widest: of a choice of shapes it names the choice, not the first shape that failed. */
function schemaDeviation(job: unknown, errors: readonly ErrorObject[] | null | undefined): InvalidRow {
  const error = errors?.at(-1);
  const missing = error?.keyword === 'required' ? `/${String(error.params['missingProperty'])}` : '';
  const problem = error?.keyword === 'anyOf' ? 'has none of the shapes that Slurm gives it' : (error?.message ?? 'is no job');
  const pointer = (error?.instancePath ?? '') + missing;
  return invalid(pointer, valueAt(job, pointer), missing === '' ? problem : 'is missing');
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce((part, key) => (typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined) as unknown, value);
}

function invalid(pointer: string, value: unknown, problem: string): InvalidRow {
  const subject = pointer === '' ? 'The job' : pointer;
  return new InvalidRow({
    field: pointer,
    value: value === undefined ? '' : JSON.stringify(value),
    message: `${subject} ${problem}.`,
    remedy: REMEDY,
  });
}
