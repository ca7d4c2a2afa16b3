import { bold } from 'ansis';
import Table from 'cli-table3';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. Default: left. */
  readonly align?: 'left' | 'right';
}

const GAP = 2;
const NARROWEST = 6;

/** Lines and corners of cli-table3 that are left out: columns are told apart by space, so that output can be read, copied and cut. */
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
);

/** A table at most `width` characters wide: the widest columns wrap, and nothing is cut off. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = fittedWidths(columns, rows, width);
  const table = new Table({
    head: columns.map((column) => bold(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths,
    wordWrap: true,
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  table.push(...rows.map((row) => row.map((cell, index) => breakLongWords(cell, (widths[index] ?? NARROWEST) - GAP))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The terminal's width, `$COLUMNS` where there is no terminal, else no limit: a pipe wants whole lines. */
export function terminalWidth(): number {
  const columns = process.stdout.isTTY ? process.stdout.columns : Number(process.env.COLUMNS);
  return columns > 0 ? columns : Infinity;
}

/** Column widths with the gap. A column gives way only while it is the widest. */
function fittedWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map((column, index) => GAP + Math.max(column.title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  let excess = widths.reduce((sum, each) => sum + each, 0) - width;
  let widest = Math.max(...widths);
  while (excess > 0 && widest > NARROWEST + GAP) {
    widths[widths.indexOf(widest)] = widest - 1;
    widest = Math.max(...widths);
    excess -= 1;
  }
  return widths;
}

/** cli-table3 would cut a word that is longer than its column. */
function breakLongWords(text: string, width: number): string {
  return text.replace(new RegExp(`(\\S{${width}})(?=\\S)`, 'g'), '$1\n');
}
