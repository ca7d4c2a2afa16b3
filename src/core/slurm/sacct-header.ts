import { BrcSyncError } from '../errors.js';
import { isSacctColumn, SACCT_FIELDS } from './sacct-columns.js';

export interface SacctHeader {
  readonly header: readonly string[];
  readonly delimiter: string;
}

/** Two known columns side by side are no accident; one may be a word in a data line. */
const ENOUGH_COLUMNS = 2;

/** Whether a line names columns of sacct, for output made with or without `--noheader`. */
export function isSacctHeader(line: string, delimiter: string): boolean {
  return namesColumns(withoutLineEnd(line).split(delimiter));
}

/**
 * Reads a header line and finds out the delimiter, of one character or several. Null when the line is no header.
 *
 * @throws BrcSyncError INPUT_INVALID for a header of aligned columns, which sacct cuts to width.
 */
export function splitSacctHeader(line: string): SacctHeader | null {
  const text = withoutLineEnd(line);
  const delimiter = /^[A-Za-z]+([^A-Za-z0-9]+)[A-Za-z]/.exec(text.trimStart())?.[1];
  if (delimiter === undefined) return null;
  if (/^ +$/.test(delimiter)) return refuseAligned(text);
  const header = text.split(delimiter);
  return namesColumns(header) ? { header, delimiter } : null;
}

/** With `-p` each line ends in a delimiter, which makes an empty last name. */
function namesColumns(names: readonly string[]): boolean {
  const last = names.length - 1;
  if (!names.every((name, i) => /^[A-Za-z][A-Za-z0-9]*$/.test(name) || (name === '' && i === last))) return false;
  return names.filter(isSacctColumn).length >= ENOUGH_COLUMNS;
}

function refuseAligned(text: string): null {
  if (!namesColumns(text.trim().split(/ +/))) return null;
  throw new BrcSyncError('INPUT_INVALID', {
    message: 'The sacct output is aligned in columns, where long values are cut.',
    remedy: `Run sacct with -P: sacct -a -X -D -P --format=${SACCT_FIELDS.join(',')}.`,
  });
}

function withoutLineEnd(line: string): string {
  return line.replace(/\r?\n?$/, '');
}
