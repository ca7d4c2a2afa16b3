import { readFileSync } from 'node:fs';
import type { Row } from '../../../src/core/job.js';
import { splitSacctHeader } from '../../../src/core/slurm/sacct-header.js';
import { createSacctRowReader } from '../../../src/core/slurm/sacct-row.js';

export function readRecording(name: string): string {
  return readFileSync(`test/fixtures/${name}`, 'utf8');
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** All rows of a sacct recording that has a header. */
export function sacctRows(name: string, timeZone?: string): Row[] {
  const [first = '', ...lines] = linesOf(readRecording(name));
  const { header, delimiter } = splitSacctHeader(first)!;
  const read = createSacctRowReader(header, { delimiter, timeZone });
  return lines.map((line) => read(line)).filter((row) => row !== null);
}

/** What makes a row unique in one recording. */
export function keyOf(row: Row): string {
  return `${row.jobId}@${row.submittedAt}`;
}

export function byKey(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

export function withoutUid(row: Row): Row {
  return { ...row, uid: null };
}
