import { badInput } from './bad-input.js';

/** A line lies in `bytes` from `start` to `end`, without its line end. */
export type VisitLine = (bytes: Buffer, start: number, end: number, line: number) => void;

export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts chunks into blocks of whole lines, copying no more than the lines that two chunks share. A block is valid until the next one is asked
 * for. A line longer than the limit is `INPUT_INVALID`.
 */
export async function* lineBlocks(
  chunks: AsyncIterable<Buffer>,
  file: string,
  maxLineBytes: number = MAX_LINE_BYTES,
): AsyncGenerator<Buffer, void, undefined> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let begun = false;
  for await (const whole of chunks) {
    const chunk = begun ? whole : withoutByteOrderMark(whole);
    begun = true;
    const firstEnd = chunk.indexOf(NEWLINE);
    if (heldBytes + (firstEnd < 0 ? chunk.length : firstEnd) > maxLineBytes) throw lineTooLong(file, maxLineBytes);
    if (firstEnd < 0) {
      held.push(Buffer.from(chunk));
      heldBytes += chunk.length;
      continue;
    }
    const from = heldBytes > 0 ? firstEnd + 1 : 0;
    const to = chunk.lastIndexOf(NEWLINE) + 1;
    if (from > 0) yield Buffer.concat([...held, chunk.subarray(0, from)]);
    if (to > from) yield chunk.subarray(from, to);
    held = to < chunk.length ? [Buffer.from(chunk.subarray(to))] : [];
    heldBytes = chunk.length - to;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

/** Calls `visit` for each line of a block that is not empty; gives the number of the line after it. */
export function eachLine(bytes: Buffer, firstLine: number, visit: VisitLine): number {
  let line = firstLine;
  for (let start = 0; start < bytes.length; line += 1) {
    const found = bytes.indexOf(NEWLINE, start);
    const next = found < 0 ? bytes.length : found;
    const end = next > start && bytes[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    if (end > start) visit(bytes, start, end, line);
    start = next + 1;
  }
  return line;
}

function withoutByteOrderMark(chunk: Buffer): Buffer {
  return chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? chunk.subarray(3) : chunk;
}

function lineTooLong(file: string, maxLineBytes: number) {
  return badInput(
    { file, position: null, unit: 'line' },
    {
      field: null,
      value: undefined,
      message: `a line is longer than ${maxLineBytes} bytes.`,
      remedy: 'This is no list with one job a line; export it again.',
    },
  );
}
