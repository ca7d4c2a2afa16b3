import { hasNodes, NONE_ASSIGNED } from '../hostlist.js';
import type { JobState, Row } from '../job.js';
import { locateColumns, type SacctColumns } from './sacct-columns.js';
import { SacctLine } from './sacct-line.js';
import { SacctTimes } from './sacct-times.js';
import { parseCount, parseDuration, parseJobId, parseState, parseTresCount, PLAIN_JOB, type JobIdParts } from './sacct-values.js';

export interface SacctReaderOptions {
  /** Default `|`. */
  readonly delimiter?: string;
  /** IANA name of the zone in which sacct printed local times; epoch seconds need none. */
  readonly timeZone?: string | undefined;
  /** Cluster of rows that name none. */
  readonly cluster?: string | null;
}

/**
 * A reader of `sacct --parsable2` lines (contract slurm.md 2) under this header: a Row, or null for a job step.
 * Columns stand in any order; those it does not use are ignored. Without its column: `QOS` is '', `Suspended` 0 seconds, and `User`, `UID`,
 * `Eligible`, `NodeList`, `ReqNodes` and the array and heterogeneous ids of `JobID` are null.
 * The reader throws InvalidRow for a line that cannot be trusted.
 *
 * @throws BrcSyncError INPUT_INVALID for missing columns, CONFIG_INVALID for an unknown time zone.
 */
export function createSacctRowReader(header: readonly string[], options: SacctReaderOptions = {}): (line: string) => Row | null {
  const columns = locateColumns(header);
  const fields = new SacctLine(header, options.delimiter ?? '|');
  const times = new SacctTimes(columns, options.timeZone ?? null);
  const cluster = options.cluster ?? null;
  return function readSacctRow(line) {
    fields.load(line);
    const jobId = readRawId(fields, columns.jobIdRaw);
    return jobId === null ? null : readRow(jobId, fields, columns, times, cluster);
  };
}

function readRow(jobId: string, line: SacctLine, columns: SacctColumns, times: SacctTimes, cluster: string | null): Row {
  const parts = readJobId(line, columns.jobId);
  const allocatedNodeCount = readNodeCount(line, columns);
  times.read(line);
  return {
    jobId,
    cluster: readTextOrNull(line, columns.cluster) ?? cluster,
    arrayJobId: parts.arrayJobId,
    arrayTaskId: parts.arrayTaskId,
    hetJobId: parts.hetJobId,
    hetOffset: parts.hetOffset,
    account: readAccount(line, columns.account),
    user: readTextOrNull(line, columns.user),
    uid: readCountOrNull(line, columns.uid),
    state: readState(line, columns.state),
    partition: line.shared(columns.partition),
    qos: columns.qos === -1 ? '' : line.shared(columns.qos),
    submittedAt: times.submittedAt,
    eligibleAt: times.eligibleAt,
    startedAt: times.startedAt,
    endedAt: times.endedAt,
    suspendedSeconds: readSuspended(line, columns.suspended),
    nodeList: allocatedNodeCount === 0 ? null : readNodeList(line, columns.nodeList),
    cpuCount: allocatedNodeCount === 0 ? 0 : readCpuCount(line, columns),
    // No job asks for 0 nodes: Slurm does not know yet.
    requestedNodeCount: readCountOrNull(line, columns.reqNodes) || null,
    allocatedNodeCount,
  };
}

/** The raw id, null for a step such as `123.batch` or `123.0`. */
function readRawId(line: SacctLine, column: number): string | null {
  if (line.digits(column) > 0) return line.text(column);
  if (/^\d+\.\w/.test(line.text(column))) return null;
  throw line.invalid(
    column,
    'is no raw job id',
    'The line may be the rest of a broken one: leave free text out of --format, or use a longer --delimiter.',
  );
}

function readJobId(line: SacctLine, column: number): JobIdParts {
  if (column === -1 || line.digits(column) !== -1) return PLAIN_JOB;
  const parts = parseJobId(line.text(column));
  if (parts === null) throw line.invalid(column, 'is no job id of sacct', 'Leave the column out, or run sacct with -X -P.');
  return parts;
}

function readAccount(line: SacctLine, column: number): string {
  if (line.isEmpty(column))
    throw line.invalid(column, 'is empty', 'A job without an account cannot be charged: ask Slurm for the accounts of the portal with -A.');
  return line.shared(column);
}

function readTextOrNull(line: SacctLine, column: number): string | null {
  return column === -1 || line.isEmpty(column) ? null : line.shared(column);
}

function readState(line: SacctLine, column: number): JobState {
  const text = line.shared(column);
  const state = parseState(text);
  if (state !== null) return state;
  if (text.endsWith('+'))
    throw line.invalid(column, `"${text}" is cut to the width of its column`, 'Run sacct with -P, which cuts nothing.');
  throw line.invalid(
    column,
    `"${text}" is no job state that Slurm stores`,
    'Compare the line with what sacct prints for the job with -X -P.',
  );
}

function readSuspended(line: SacctLine, column: number): number {
  if (column === -1 || line.isEmpty(column)) return 0;
  const seconds = parseDuration(line.shared(column));
  if (seconds === null)
    throw line.invalid(column, 'is no duration of sacct', 'Compare the line with what sacct prints for the job with -X -P.');
  return seconds;
}

function readNodeCount(line: SacctLine, { nodeList, allocNodes, allocTres }: SacctColumns): number {
  const count = readAllocated(line, allocNodes, allocTres, 'node');
  return nodeList !== -1 && line.shared(nodeList) === NONE_ASSIGNED ? 0 : count;
}

function readNodeList(line: SacctLine, column: number): string | null {
  const text = readTextOrNull(line, column);
  return hasNodes(text) ? text : null;
}

/** A job on nodes has CPUs: 0 would be a job charged nothing. */
function readCpuCount(line: SacctLine, { allocCpus, allocTres }: SacctColumns): number {
  const count = readAllocated(line, allocCpus, allocTres, 'cpu');
  if (count > 0) return count;
  throw line.invalid(
    allocCpus === -1 ? allocTres : allocCpus,
    'tells no CPUs of a job that has nodes',
    'Compare the line with what sacct prints for the job with -X -P.',
  );
}

/** From the column of its own, else from AllocTRES, which is empty when nothing was allocated. */
function readAllocated(line: SacctLine, column: number, tresColumn: number, kind: 'cpu' | 'node'): number {
  if (column !== -1) return readCount(line, column);
  const count = parseTresCount(line.text(tresColumn), kind);
  if (count === null) throw line.invalid(tresColumn, `tells no number for ${kind}`, 'Run sacct with --noconvert.');
  return count;
}

function readCountOrNull(line: SacctLine, column: number): number | null {
  return column === -1 || line.isEmpty(column) ? null : readCount(line, column);
}

function readCount(line: SacctLine, column: number): number {
  const digits = line.digits(column);
  if (digits !== -1) return digits;
  const count = parseCount(line.text(column));
  if (count === null) throw line.invalid(column, 'is no whole number', 'Run sacct with -P and --noconvert.');
  return count;
}
