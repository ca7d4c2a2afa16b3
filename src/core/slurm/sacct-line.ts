import { InvalidRow } from './invalid-row.js';

/** Enough for the accounts and users of a site and the node names of a large cluster. */
const MAX_SHARED_TEXTS = 20_000;

const ZERO = 48;
const NINE = 57;
/** Fifteen digits are exact in a number. */
const MAX_DIGITS = 15;

/** One line of sacct, cut into fields without copying them. A reader uses one for all its lines: millions pass here. */
export class SacctLine {
  readonly #header: readonly string[];
  readonly #delimiter: string;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #lastShared: string[];
  readonly #sharedTexts = new Map<string, string>();
  #line = '';

  constructor(header: readonly string[], delimiter: string) {
    this.#header = header;
    this.#delimiter = delimiter;
    this.#starts = new Int32Array(header.length);
    this.#ends = new Int32Array(header.length);
    this.#lastShared = header.map(() => '');
  }

  /** @throws InvalidRow unless the line has exactly the header's number of fields. */
  load(line: string): void {
    this.#line = line;
    const end = line.endsWith('\r') ? line.length - 1 : line.length;
    const found = this.#cut(end);
    if (found !== this.#header.length) throw this.#wrongCount(found);
  }

  isEmpty(column: number): boolean {
    return this.length(column) === 0;
  }

  length(column: number): number {
    return (this.#ends[column] ?? 0) - (this.#starts[column] ?? 0);
  }

  text(column: number): string {
    return this.#line.slice(this.#starts[column], this.#ends[column]);
  }

  /** The text of a column whose values recur: equal texts are one string, so that a million rows do not keep a million lines alive. */
  shared(column: number): string {
    const from = this.#starts[column] ?? 0;
    const to = this.#ends[column] ?? 0;
    const last = this.#lastShared[column];
    if (last !== undefined && last.length === to - from && this.#line.startsWith(last, from)) return last;
    return (this.#lastShared[column] = this.#share(this.#line.slice(from, to)));
  }

  /** The field as digits only, -1 for anything else (also an empty field). */
  digits(column: number): number {
    const from = this.#starts[column] ?? 0;
    const to = this.#ends[column] ?? 0;
    if (to === from || to - from > MAX_DIGITS) return -1;
    let value = 0;
    for (let i = from; i < to; i++) {
      const code = this.#line.charCodeAt(i);
      if (code < ZERO || code > NINE) return -1;
      value = value * 10 + code - ZERO;
    }
    return value;
  }

  invalid(column: number, problem: string, remedy: string): InvalidRow {
    const field = this.#header[column] ?? '';
    const value = this.text(column);
    return new InvalidRow({ field, value, message: `${field} ${problem}.`, remedy });
  }

  /** Returns the number of fields found; it counts on where there are more than columns. */
  #cut(end: number): number {
    const line = this.#line;
    const delimiter = this.#delimiter;
    const starts = this.#starts;
    const ends = this.#ends;
    let column = 0;
    let from = 0;
    for (let at = line.indexOf(delimiter); at !== -1; at = line.indexOf(delimiter, from)) {
      starts[column] = from;
      ends[column] = at;
      column++;
      from = at + delimiter.length;
    }
    starts[column] = from;
    ends[column] = end;
    return column + 1;
  }

  #share(text: string): string {
    const known = this.#sharedTexts.get(text);
    if (known !== undefined) return known;
    if (this.#sharedTexts.size >= MAX_SHARED_TEXTS) this.#sharedTexts.clear();
    const copy = copyOf(text);
    this.#sharedTexts.set(copy, copy);
    return copy;
  }

  #wrongCount(found: number): InvalidRow {
    return new InvalidRow({
      field: '',
      value: this.#line,
      message: `The line has ${found} ${found === 1 ? 'field' : 'fields'} where the header has ${this.#header.length}.`,
      remedy:
        'sacct escapes neither the delimiter nor line breaks in free text: leave out JobName, Comment, WorkDir, SubmitLine and the like, or use a longer --delimiter.',
    });
  }
}

/** A slice keeps the whole text it was cut from in memory, here a chunk of sacct's output; a copy does not. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
