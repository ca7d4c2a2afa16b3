import { stat } from 'node:fs/promises';
import { STANDARD_INPUT } from './open-input.js';
import { DEFAULT_SPOOL_BYTES, Spool } from './spool.js';

/**
 * A spool for the records of some files. What is too large for memory anyway goes to the temporary file from the start, since filling the
 * memory first would only raise the peak.
 */
export async function openSpool(files: readonly string[], memoryBytes: number = DEFAULT_SPOOL_BYTES): Promise<Spool> {
  const sizes = await Promise.all(files.map(sizeOf));
  const known = sizes.reduce((sum, size) => sum + size, 0);
  return new Spool({ memoryBytes: known > memoryBytes ? 0 : memoryBytes });
}

/** 0 where nothing is known beforehand; what cannot be read is told when it is opened. */
async function sizeOf(file: string): Promise<number> {
  if (file === STANDARD_INPUT) return 0;
  const found = await stat(file).catch(() => null);
  return found?.isFile() === true ? found.size : 0;
}
