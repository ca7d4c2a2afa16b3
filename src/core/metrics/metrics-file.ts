import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BrcSyncError } from '../errors.js';

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
  const whole = resolve(path);
  // The collector reads *.prom only.
  const partial = join(dirname(whole), `.${basename(whole)}.${randomBytes(4).toString('hex')}.partial`);
  try {
    writeFileSync(partial, text, { flag: 'wx' });
    chmodSync(partial, 0o644);
    renameSync(partial, whole);
  } catch (cause) {
    rmSync(partial, { force: true });
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
