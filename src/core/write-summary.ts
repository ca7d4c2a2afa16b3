import { writeFileSync } from 'node:fs';
import type { RunSummary } from './report.js';

/** Writes `summary.json`, readable by its owner only. */
export function writeSummary(summary: RunSummary): void {
  writeFileSync(summary.files.summary, `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 });
}
