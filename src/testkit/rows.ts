import assert from 'node:assert/strict';
import { isEndedState, type Row } from '../core/job.js';
import type { ReadOptions } from '../core/job-source.js';

/** A finished row without an end did neither, at any time: a source may bring it in a window or not. */
export function endedOrRuns(row: Row): boolean {
  return row.endedAt !== null || !isEndedState(row.state);
}

/** Nothing may be skipped of what is known to be good. */
export function reading(): ReadOptions {
  return {
    signal: new AbortController().signal,
    onSkip: (skipped) => assert.fail(`it skips ${skipped.where} ${skipped.position ?? ''}: ${skipped.message}`),
  };
}

/** Sources may hand rows over in any order. */
export function assertSameRows(found: readonly Row[], wanted: readonly Row[]): void {
  assert.deepEqual(found.map(toText).sort(), wanted.map(toText).sort());
}

/** What is the same in every field is one row: core drops repeats. */
export function distinctRows(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [toText(row), row])).values()];
}

function toText(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));
}
