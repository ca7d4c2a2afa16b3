import { readFile } from 'node:fs/promises';
import { BrcSyncError } from './errors.js';

/** Numeric uids of user names (money 4). */
export interface UserMap {
  readonly size: number;
  /** The uid as text, as the portal wants it; null for a name that the map does not have. */
  uidOf(name: string): string | null;
}

export interface Entry {
  readonly name: string;
  readonly uid: string;
}

/** How one line of the file gives a user; the error's words where it does not. */
type ReadLine = (line: string) => Entry | LineProblem;

export interface LineProblem {
  readonly field: string;
  /** What stands there; null where it is not to be shown: old passwd files hold password hashes. */
  readonly value: string | null;
  readonly why: string;
}

const NAME_COLUMNS = ['user', 'username', 'name'];
const GETENT = 'Make the file with: getent passwd > FILE';
const FORMS = `${GETENT}, or write a CSV with the header user,uid and no quotes.`;
/** The largest uid Linux gives; 2^32 − 1 means "none". */
const MAX_UID = 4_294_967_294;

/**
 * Reads a user map from a file, in one of two forms. Passwd: `name:x:uid:…`, as `getent passwd` prints it. CSV: a header with a column `user`
 * (or `username`, `name`) and a column `uid`, in any order and beside others; commas only, no quotes. Blank lines and lines with `#` are left out.
 * @throws BrcSyncError INPUT_NOT_FOUND, or USER_MAP_INVALID naming file, line and value, also for a name with two different uids.
 */
export async function loadUserMap(file: string): Promise<UserMap> {
  const lines = (await readUserFile(file)).replace(/^\uFEFF/, '').split(/\r?\n/);
  const first = lines.findIndex(isEntry);
  const isPasswd = lines[first]?.includes(':') ?? true;
  const readLine = isPasswd ? readPasswdLine : csvReader(lines[first] ?? '', file, first + 1);
  const found = new Map<string, { readonly uid: string; readonly line: number }>();
  for (let index = isPasswd ? 0 : first + 1; index < lines.length; index++) {
    const text = lines[index] ?? '';
    if (!isEntry(text)) continue;
    const entry = readLine(text);
    if ('why' in entry) throw invalidLine(file, index + 1, entry);
    const earlier = found.get(entry.name);
    if (earlier !== undefined && earlier.uid !== entry.uid) throw twoUids(file, entry, index + 1, earlier);
    if (earlier === undefined) found.set(entry.name, { uid: entry.uid, line: index + 1 });
  }
  if (found.size === 0) throw invalidMap(`The user map ${file} has no users.`, FORMS, { file });
  return { size: found.size, uidOf: (name) => found.get(name)?.uid ?? null };
}

async function readUserFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new BrcSyncError('INPUT_NOT_FOUND', {
      message: `The user map ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      remedy: `Point "userMap" at a file that this user may read. ${FORMS}`,
      context: { file },
      cause,
    });
  }
}

function isEntry(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('#');
}

/** One line of `getent passwd`. */
export function readPasswdLine(line: string): Entry | LineProblem {
  const fields = line.split(':');
  const [name = '', , uid] = fields;
  if (uid === undefined) return { field: 'fields', value: null, why: `has ${fields.length} of the 7 fields of a passwd line` };
  return readEntry(name, uid);
}

function csvReader(header: string, file: string, line: number): ReadLine {
  if (header.includes('"')) throw invalidLine(file, line, quoted());
  const columns = header.split(',').map((column) => column.trim().toLowerCase());
  const nameAt = onlyColumn(columns, (column) => NAME_COLUMNS.includes(column));
  const uidAt = onlyColumn(columns, (column) => column === 'uid');
  if (nameAt === null || uidAt === null) {
    throw invalidLine(file, line, {
      field: 'header',
      value: header,
      why: 'does not have exactly one column user, username or name, and one column uid',
    });
  }
  return (text) => {
    if (text.includes('"')) return quoted();
    const fields = text.split(',').map((field) => field.trim());
    if (fields.length !== columns.length)
      return { field: 'fields', value: null, why: `has ${fields.length} fields, the header has ${columns.length}` };
    return readEntry(fields[nameAt] ?? '', fields[uidAt] ?? '');
  };
}

function onlyColumn(columns: readonly string[], isIt: (column: string) => boolean): number | null {
  const at = columns.findIndex(isIt);
  return at >= 0 && at === columns.findLastIndex(isIt) ? at : null;
}

function readEntry(name: string, uid: string): Entry | LineProblem {
  if (name === '' || /[\s+]/.test(name)) return { field: 'user', value: name, why: 'is not a user name' };
  if (!/^\d{1,10}$/.test(uid) || Number(uid) > MAX_UID) return { field: 'uid', value: uid, why: `of ${name} is not a numeric uid` };
  return { name, uid: String(Number(uid)) };
}

function quoted(): LineProblem {
  return { field: 'fields', value: null, why: 'has quotes, which this form of CSV does not have' };
}

function invalidLine(file: string, line: number, { field, value, why }: LineProblem): BrcSyncError {
  const shown = value === null ? '' : ` ${field} ${JSON.stringify(value)}`;
  return invalidMap(`${file} line ${line}:${shown} ${why}.`, FORMS, { file, line, field, value });
}

function twoUids(file: string, { name, uid }: Entry, line: number, earlier: { readonly uid: string; readonly line: number }): BrcSyncError {
  return invalidMap(
    `${file} line ${line}: user ${JSON.stringify(name)} has uid ${uid}, but uid ${earlier.uid} in line ${earlier.line}.`,
    'Keep the line with the uid that the portal knows the user by, and remove the other.',
    { file, line, field: 'uid', value: uid, user: name },
  );
}

function invalidMap(message: string, remedy: string, context: Readonly<Record<string, string | number | null>>): BrcSyncError {
  return new BrcSyncError('USER_MAP_INVALID', { message, remedy, context });
}
