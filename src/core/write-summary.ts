import { replaceFile } from './replace-file.js';
import type { RunSummary } from './report.js';

/** Writes `summary.json`, readable by its owner only: whole or not at all, whenever the process is killed. */
export function writeSummary(summary: RunSummary): void {
  replaceFile(summary.files.summary, `${JSON.stringify(summary, null, 2)}\n`, 0o600);
}
