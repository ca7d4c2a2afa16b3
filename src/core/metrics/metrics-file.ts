import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BrcSyncError } from '../errors.js';
import { replaceFile } from '../replace-file.js';

/**
 * Makes sure, before a run begins, that its metrics can be written in the end.
 * @throws BrcSyncError `OUTPUT_FAILED`
 */
export function assertMetricsWritable(path: string): void {
  try {
    accessSync(dirname(resolve(path)), constants.W_OK | constants.X_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a directory');
  } catch (cause) {
    throw failed(path, cause);
  }
}

/**
 * Puts a whole file in the place of the one that is there; readable by everybody, since the collector is another user.
 * @throws BrcSyncError `OUTPUT_FAILED`
 */
export function replaceMetrics(path: string, text: string): void {
  // A file that is not whole ends in `.partial`, and the collector reads *.prom only.
  try {
    replaceFile(path, text, 0o644);
  } catch (cause) {
    throw failed(path, cause);
  }
}

/** The value that an earlier run wrote for a metric with exactly these labels; null: there is none. */
export function earlierValue(path: string, name: string, labels: string): number | null {
  const line = textOf(path)
    .split('\n')
    .find((each) => each.startsWith(`${name}${labels} `));
  const value = Number(line?.slice(name.length + labels.length + 1));
  return line === undefined || Number.isNaN(value) ? null : value;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function failed(path: string, cause: unknown): BrcSyncError {
  return new BrcSyncError('OUTPUT_FAILED', {
    message: `The metrics ${path} cannot be written: ${(cause as Error).message}.`,
    remedy: 'Let this user write into that directory, or name another one with --metrics.',
    context: { file: path },
    cause,
  });
}
