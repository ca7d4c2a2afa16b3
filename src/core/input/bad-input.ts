import { BrcSyncError } from '../errors.js';
import { STANDARD_INPUT } from './open-input.js';

/** Where a record of the input stands. */
export interface Place {
  readonly file: string;
  /** Line of a text file, or index of a record of a JSON document; counted from 1. */
  readonly position: number | null;
  readonly unit: 'line' | 'record';
}

/** What is wrong with it. */
export interface Fault {
  readonly field: string | null;
  readonly value: unknown;
  readonly message: string;
  readonly remedy: string;
}

const SHOWN_CHARACTERS = 80;

/** A record that cannot be used, said with file, line or index, field and value. */
export function badInput(place: Place, fault: Fault): BrcSyncError {
  const value = showValue(fault.value);
  const about = [fault.field, value].filter((part) => part !== null).join(' = ');
  return new BrcSyncError('INPUT_INVALID', {
    message: `${showPlace(place)}: ${about === '' ? '' : `${about}: `}${fault.message}`,
    remedy: fault.remedy,
    context: { file: place.file, [place.unit]: place.position, field: fault.field, value },
  });
}

/** Says the file with an error that does not know it. */
export async function inFile<T>(file: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.context.file !== undefined) throw error;
    const context = { ...error.context, file };
    throw new BrcSyncError(error.code, { message: `${showFile(file)}: ${error.message}`, remedy: error.remedy, context, cause: error });
  }
}

/** `jobs.psv line 12`, `jobs.json record 3`. */
export function showPlace(place: Place): string {
  return place.position === null ? showFile(place.file) : `${showFile(place.file)} ${place.unit} ${place.position}`;
}

export function showFile(file: string): string {
  return file === STANDARD_INPUT ? 'standard input' : file;
}

function showValue(value: unknown): string | null {
  if (value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
