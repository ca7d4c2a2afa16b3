import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunSummary } from './report.js';

/** Summaries of a state directory's runs, newest first; a run without one, or with one of another form, is passed over. */
export function* earlierSummaries(stateDirectory: string): Generator<RunSummary> {
  for (const runId of runIds(stateDirectory)) {
    const summary = readSummary(join(stateDirectory, 'runs', runId, 'summary.json'));
    if (summary !== null) yield summary;
  }
}

function runIds(stateDirectory: string): readonly string[] {
  try {
    return readdirSync(join(stateDirectory, 'runs')).sort().reverse();
  } catch {
    return [];
  }
}

function readSummary(path: string): RunSummary | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunSummary;
  } catch {
    return null;
  }
}
