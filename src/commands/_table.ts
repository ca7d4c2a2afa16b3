import { stripVTControlCharacters } from 'node:util';
import { bold } from 'ansis';
import Table from 'cli-table3';
import { wrap } from './_wrap.js';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. Default: left. */
  readonly align?: 'left' | 'right';
}

const GAP = 2;
/** A word of a text may be broken where so many letters of it fit. */
const FEWEST_LETTERS = 10;

/** Lines and corners of cli-table3 that are left out: columns are told apart by space, so that output can be read, copied and cut. */
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
);

/** A table at most `width` characters wide: columns of text wrap, numbers do not, nothing is cut off. Where that is too narrow, a block for each row. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const widths = fittedWidths(columns, rows, width);
  if (widths === null) return renderBlocks(columns, rows, width);
  const table = new Table({
    head: columns.map((column) => bold(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths,
    wordWrap: true,
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  table.push(...rows.map((row) => row.map((cell, index) => breakLongWords(cell, (widths[index] ?? 0) - GAP))));
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

/** Column widths with the gap; null: they do not fit without breaking numbers, or words where few letters are left of them. */
function fittedWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] | null {
  const cellsOf = (index: number): string[] => [columns[index]?.title ?? '', ...rows.map((row) => plain(row[index] ?? ''))];
  const widths = columns.map((_, index) => GAP + Math.max(...cellsOf(index).map(({ length }) => length)));
  const floors = columns.map(({ title, align }, index) => {
    const longest = Math.max(...cellsOf(index).map(longestWord));
    return GAP + (align === 'right' ? longest : Math.max(longestWord(title), Math.min(longest, FEWEST_LETTERS)));
  });
  const texts = columns.flatMap(({ align }, index) => (align === 'right' ? [] : [index]));
  const numbers = columns.flatMap(({ align }, index) => (align === 'right' ? [index] : []));
  // Behind the last column stands no gap.
  for (let excess = widths.reduce((sum, each) => sum + each, -GAP) - width; excess > 0; excess -= 1) {
    const widest = widestOf(texts, widths, floors) ?? widestOf(numbers, widths, floors);
    if (widest === null) return null;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Of these columns, the widest that has something to give; null: none has. */
function widestOf(indexes: readonly number[], widths: readonly number[], floors: readonly number[]): number | null {
  const [first, ...others] = indexes.filter((index) => (widths[index] ?? 0) > (floors[index] ?? 0));
  if (first === undefined) return null;
  return others.reduce((best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best), first);
}

/** Each row as a block, a line a cell: where a table would be too narrow to read. */
function renderBlocks(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const indent = GAP + Math.max(...columns.map(({ title }) => title.length));
  const block = (row: readonly string[]): string =>
    columns
      .flatMap(({ title }, index) => {
        const cell = row[index] ?? '';
        if (plain(cell) === '') return [];
        const lines = breakLongWords(cell, width - indent).split('\n');
        const [first = '', ...rest] = lines.flatMap((line) => wrap(line, width - indent, '').split('\n'));
        return [bold(title.padEnd(indent)) + first, ...rest.map((line) => ' '.repeat(indent) + line)];
      })
      .join('\n');
  return rows.map(block).join('\n\n');
}

/** cli-table3 would cut a word that is longer than its column. */
function breakLongWords(text: string, width: number): string {
  return text.replace(new RegExp(`(\\S{${width}})(?=\\S)`, 'g'), '$1\n');
}

function longestWord(text: string): number {
  return Math.max(...text.split(/\s/).map(({ length }) => length));
}

/** Without colours. */
function plain(text: string): string {
  return stripVTControlCharacters(text);
}
