import { JOB_STATES, type JobState } from '../job.js';

const STATES: ReadonlyMap<string, JobState> = new Map(JOB_STATES.map((state) => [state, state]));

/** Slurm's state, without who cancelled the job; null when the text is none. */
export function parseState(text: string): JobState | null {
  const state = STATES.get(text);
  if (state !== undefined) return state;
  return text.startsWith('CANCELLED by ') && !text.endsWith('+') ? 'CANCELLED' : null;
}

/** Seconds of `[DD-]HH:MM:SS` or of a plain number; null when the text is neither. */
export function parseDuration(text: string): number | null {
  if (text === '00:00:00') return 0;
  const match = /^(?:(?:(\d{1,6})-)?(\d{1,6}):([0-5]\d):([0-5]\d)|(\d{1,15}))$/.exec(text);
  if (match === null) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', plain] = match;
  return plain === undefined ? ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds) : Number(plain);
}

/**
 * A count of nodes or CPUs, null when the text is none. sacct shortens node counts that 1024 divides (`2K` are 2048) unless it runs with
 * `--noconvert` (its print.c, convert_num_unit with the flag for exact units); rounded ones (`1.50K`) are refused.
 */
export function parseCount(text: string): number | null {
  const match = /^(\d{1,15})([KMG]?)$/.exec(text);
  if (match === null) return null;
  const [, digits, unit] = match;
  return Number(digits) * (unit === 'K' ? 1024 : unit === 'M' ? 1024 ** 2 : unit === 'G' ? 1024 ** 3 : 1);
}

/** The count of one kind in `billing=2,cpu=2,node=1`: 0 when it is not there, null when it cannot be read. */
export function parseTresCount(text: string, kind: string): number | null {
  const entry = text.split(',').find((part) => part.startsWith(`${kind}=`));
  return entry === undefined ? 0 : parseCount(entry.slice(kind.length + 1));
}

/** What sacct's JobID says beyond the raw id. */
export interface JobIdParts {
  readonly arrayJobId: string | null;
  /** Null while the row stands for several tasks (`44_[2-3%1]`). */
  readonly arrayTaskId: number | null;
  readonly hetJobId: string | null;
  readonly hetOffset: number | null;
}

/** Neither a task of an array nor a component of a heterogeneous job. */
export const PLAIN_JOB: JobIdParts = { arrayJobId: null, arrayTaskId: null, hetJobId: null, hetOffset: null };

/** Reads `123`, `123_4`, `123_[1-3%2]` (also cut short with `...`) and `123+1`; null when the text is none of them. */
export function parseJobId(text: string): JobIdParts | null {
  const match = /^(\d+)(?:_(\d{1,10})|_\[.*|\+(\d{1,10}))?$/s.exec(text);
  if (match?.[1] === undefined) return null;
  const [, id, task, offset] = match;
  if (offset !== undefined) return { ...PLAIN_JOB, hetJobId: id, hetOffset: Number(offset) };
  if (task !== undefined) return { ...PLAIN_JOB, arrayJobId: id, arrayTaskId: Number(task) };
  return text.length === id.length ? PLAIN_JOB : { ...PLAIN_JOB, arrayJobId: id };
}
