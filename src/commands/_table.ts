import { bold } from 'ansis';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { shownText } from './_characters.js';
import { fitText } from './_fit-text.js';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. Default: left. */
  readonly align?: 'left' | 'right';
}

const GAP = 2;
/** Words up to this length, run ids among them, are never broken: half an id cannot be copied. */
const LONGEST_WHOLE = 26;
const BETWEEN_PAIRS = '   ';

/** Lines and corners of cli-table3 that are left out: columns are told apart by space, so that output can be read, copied and cut. */
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((part) => [part, '']),
);

/** A table at most `width` columns wide: the widest columns wrap, and nothing is cut off. Where even that is too wide, each row is told below its first cell. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const shown = rows.map((row) => row.map(shownText));
  const titled = columns.map((column) => ({ ...column, title: shownText(column.title) }));
  const widths = fittedWidths(titled, shown, width);
  return widths === null ? renderBlocks(titled, shown, width) : renderColumns(titled, shown, widths);
}

/** The terminal's width, `$COLUMNS` where there is no terminal, else no limit: a pipe wants whole lines. */
export function terminalWidth(stream: NodeJS.WriteStream = process.stdout): number {
  const columns = stream.isTTY ? stream.columns : Number(process.env.COLUMNS);
  return columns > 0 ? columns : Infinity;
}

function renderColumns(columns: readonly Column[], rows: readonly (readonly string[])[], widths: readonly number[]): string {
  const table = new Table({
    head: columns.map((column) => bold(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: [...widths],
    wordWrap: true,
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  table.push(...rows.map((row) => row.map((cell, index) => breakLongWords(cell, (widths[index] ?? LONGEST_WHOLE) - GAP))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Column widths with the gap. A column gives way only while it is the widest, and never below its longest word; null: then it does not fit. */
function fittedWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] | null {
  const cellsOf = (column: Column, index: number): string[] => [column.title, ...rows.map((row) => row[index] ?? '')];
  const widths = columns.map((column, index) => GAP + Math.max(...cellsOf(column, index).map(widestLine)));
  const least = columns.map((column, index) => GAP + Math.min(LONGEST_WHOLE, Math.max(...cellsOf(column, index).map(longestWord))));
  // Behind the last column stands no gap.
  let excess = widths.reduce((sum, each) => sum + each, -GAP) - width;
  while (excess > 0) {
    const able = widths.filter((each, index) => each > (least[index] ?? 0));
    if (able.length === 0) return null;
    const widest = Math.max(...able);
    const index = widths.findIndex((each, at) => each === widest && each > (least[at] ?? 0));
    widths[index] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function widestLine(cell: string): number {
  return Math.max(...cell.split('\n').map((line) => stringWidth(line)));
}

function longestWord(cell: string): number {
  return Math.max(...cell.split(/\s+/).map((word) => stringWidth(word)));
}

/** A row without a first cell goes on with the one above it. */
function renderBlocks(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  return rows
    .flatMap(([first = '', ...others]) => {
      const cells = others.map((cell, index) => ({ title: columns[index + 1]?.title ?? '', cell })).filter(({ cell }) => cell !== '');
      if (first === '') return cells.map(({ cell }) => fitText(`  ${cell}`, width));
      const pairs = cells.map(({ title, cell }) => pair(title, cell));
      return [fitText(pair(columns[0]?.title ?? '', first), width), ...flow(pairs, width)];
    })
    .join('\n');
}

function pair(title: string, cell: string): string {
  return title === '' ? cell : `${bold(title)} ${cell}`;
}

/** As many beside each other as fit, further in. */
function flow(pairs: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const next of pairs) {
    const longer = line === '' ? `  ${next}` : `${line}${BETWEEN_PAIRS}${next}`;
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line);
      line = `  ${next}`;
    } else line = longer;
  }
  return [...lines, line].map((each) => fitText(each, width));
}

const ANSI_OR_LETTER = new RegExp('\\u001b\\[[0-9;]*m|[^]', 'gu');

/** cli-table3 would cut a word that is longer than its column. What colours it has no width. */
function breakLongWords(text: string, width: number): string {
  let column = 0;
  return text.replace(ANSI_OR_LETTER, (piece) => {
    if (piece.startsWith('\u001b')) return piece;
    if (/\s/.test(piece)) {
      column = 0;
      return piece;
    }
    const letter = stringWidth(piece);
    const isFull = column + letter > width;
    column = isFull ? letter : column + letter;
    return isFull ? `\n${piece}` : piece;
  });
}
