import { BrcSyncError } from './errors.js';
import { replaceFile } from './replace-file.js';
import type { RunSummary } from './report.js';

/**
 * Writes `summary.json`, readable by its owner only: whole or not at all, whenever the process is killed.
 * @throws BrcSyncError `STATE_FAILED`
 */
export function writeSummary(summary: RunSummary): void {
  const path = summary.files.summary;
  try {
    replaceFile(path, `${JSON.stringify(summary, null, 2)}\n`, 0o600);
  } catch (cause) {
    throw new BrcSyncError('STATE_FAILED', {
      message: `The run is over, and its summary ${path} cannot be written: ${(cause as Error).message}.`,
      remedy: 'Make room or give the right to write there, then run again: what was done is in the journal, and is compared anew.',
      context: { file: path },
      cause,
    });
  }
}
