import { BrcSyncError } from '../errors.js';
import { readLines } from '../input/read-lines.js';
import { readScriptLine, type JobWord, type ScriptLine } from './script-line.js';

/** What a log says last of a job. */
export interface LoggedJob {
  readonly jobId: string;
  /** The line that counts. */
  readonly line: number;
  readonly at: string;
  /** Null: it was to be sent and was not; see `reason`. */
  readonly word: JobWord | null;
  /** A Python dict literal, and perhaps more behind it. */
  readonly payload: string;
  readonly reason: string;
  /** Lines that say again, word for word, what stood there before: of the same run, and of a later one. */
  readonly repeatsInRun: number;
  readonly repeatsLater: number;
}

export interface ScriptLogContent {
  readonly jobs: ReadonlyMap<string, LoggedJob>;
  readonly runs: number;
  /** Runs without an end: they were killed, failed, or two of them ran at once. */
  readonly unfinished: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads a log of the retired scripts, of either generation; of each job the last line counts.
 *
 * @throws BrcSyncError `INPUT_NOT_FOUND`; `INPUT_INVALID` for a file without a line of theirs
 */
export async function readScriptLog(path: string, baseDirectory: string, signal: AbortSignal): Promise<ScriptLogContent> {
  const jobs = new Map<string, Writable<LoggedJob> & { run: number }>();
  let runs = 0;
  let ended = 0;
  let known = 0;
  for await (const batch of readLines(path, { baseDirectory, signal })) {
    for (const { line, text } of batch) {
      const read = readScriptLine(text);
      if (read === null) continue;
      known += 1;
      if (read.kind === 'begins') runs += 1;
      else if (read.kind === 'ends') ended += 1;
      else note(read, line);
    }
  }
  if (known === 0) throw noScriptLog(path);
  return { jobs, runs, unfinished: Math.max(0, runs - ended) };

  function note(read: Extract<ScriptLine, { kind: 'job' | 'error' }>, line: number): void {
    const { jobId, at } = read;
    const before = jobs.get(jobId);
    const isJob = read.kind === 'job';
    const payload = isJob ? read.payload : '';
    const isRepeat = isJob && before?.word === read.word && before.payload === payload;
    const inRun = isRepeat && before.run === runs;
    jobs.set(jobId, {
      jobId,
      line,
      at,
      word: isJob ? read.word : null,
      payload,
      reason: isJob ? '' : read.reason,
      repeatsInRun: (before?.repeatsInRun ?? 0) + (inRun ? 1 : 0),
      repeatsLater: (before?.repeatsLater ?? 0) + (isRepeat && !inRun ? 1 : 0),
      run: runs,
    });
  }
}

function noScriptLog(path: string): BrcSyncError {
  return new BrcSyncError('INPUT_INVALID', {
    message: `${path} has no line of the retired scripts.`,
    remedy: 'Name one of their logs, such as full_sync_coldfront.log; lines begin as 2026-11-20T03:14:04 INFO.',
    context: { file: path },
  });
}
