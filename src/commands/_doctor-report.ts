import { bold, dim, green, red, yellow } from 'ansis';
import type { Check, CheckLevel } from '../core/doctor/check.js';
import type { Diagnosis } from '../core/doctor.js';
import { visibleText } from '../core/visible-text.js';
import { renderTable } from './_table.js';

const LEVELS: Readonly<Record<CheckLevel, (text: string) => string>> = { ok: green, warning: yellow, failure: red };

/** A line a check, with what to do below where it is not ok. */
export function renderDiagnosis({ checks }: Diagnosis, width: number): string {
  const columns = ['', 'CHECK', 'FOUND'].map((title) => ({ title }));
  return `${renderTable(columns, checks.flatMap(rowsOf), width)}\n\n${bold(countsOf(checks))}`;
}

function rowsOf({ name, level, message, remedy }: Check): string[][] {
  const row = [LEVELS[level](level), name, visibleText(message.replaceAll('\n', ' '))];
  return remedy === null ? [row] : [row, ['', '', dim(`→ ${visibleText(remedy)}`)]];
}

function countsOf(checks: readonly Check[]): string {
  const count = (level: CheckLevel): number => checks.filter((check) => check.level === level).length;
  const [warnings, failures] = [count('warning'), count('failure')];
  return `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${failures} ${failures === 1 ? 'failure' : 'failures'}.`;
}
