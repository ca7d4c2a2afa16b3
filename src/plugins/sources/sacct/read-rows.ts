import {
  badInput,
  BrcSyncError,
  createSacctRowReader,
  eachLine,
  InvalidRow,
  lineBlocks,
  SACCT_FIELDS,
  type Row,
  type SkippedRecord,
} from '../../../builtin-sdk.js';
import { DELIMITER } from './sacct-arguments.js';

/** Twenty fields; a node list is the longest. */
const MAX_LINE_BYTES = 64 * 1024;

const FILE = 'sacct';
const HEADER = SACCT_FIELDS.join(DELIMITER).toLowerCase();
const NEWLINE = 10;

/**
 * Rows of the output of sacct, a batch for each piece of it that arrived.
 *
 * @throws BrcSyncError INPUT_INVALID for anything that is not exactly what was asked for, SOURCE_UNREACHABLE without even a header.
 */
export async function* readRows(
  output: AsyncIterable<Buffer>,
  onSkip: (skipped: SkippedRecord) => void,
): AsyncGenerator<readonly Row[], void, undefined> {
  const readRow = createSacctRowReader(SACCT_FIELDS, { delimiter: DELIMITER });
  let line = 1;
  for await (const block of lineBlocks(output, FILE, MAX_LINE_BYTES)) {
    if (block.at(-1) !== NEWLINE) throw cutShort(block, line);
    const rows: Row[] = [];
    line = eachLine(block, line, (bytes, start, end, number) => {
      const text = bytes.toString('utf8', start, end);
      if (number === 1) {
        assertHeader(text);
        return;
      }
      const row = readOrSkip(text, number);
      if (row !== null) rows.push(row);
    });
    if (rows.length > 0) yield rows;
  }
  if (line === 1) throw silence();

  function readOrSkip(text: string, number: number): Row | null {
    try {
      return readRow(text);
    } catch (error) {
      if (!(error instanceof InvalidRow)) throw error;
      // Nobody can be charged for it, and by id others' jobs come along: no reason to stop.
      if (error.field !== 'Account' || error.value !== '') throw badInput({ file: FILE, position: number, unit: 'line' }, error);
      onSkip({ where: FILE, position: number, message: error.message, remedy: error.remedy });
      return null;
    }
  }
}

function assertHeader(text: string): void {
  if (text.toLowerCase() === HEADER) return;
  throw badInput(
    { file: FILE, position: 1, unit: 'line' },
    {
      field: null,
      value: text,
      message: 'the output does not begin with the header that was asked for.',
      remedy: 'Check "command" of the instance: a wrapper may print nothing but what sacct prints.',
    },
  );
}

function cutShort(block: Buffer, line: number): BrcSyncError {
  return badInput(
    { file: FILE, position: line, unit: 'line' },
    {
      field: null,
      value: block.toString('utf8', 0, 200),
      message: 'the output ends in the middle of a line.',
      remedy: 'Something between sacct and brc-sync lost the rest; run again.',
    },
  );
}

function silence(): BrcSyncError {
  return new BrcSyncError('SOURCE_UNREACHABLE', {
    message: 'sacct ended well and printed nothing, not even a header.',
    remedy: 'Check "command" of the instance: it has to run sacct and to pass on what it prints.',
  });
}
