import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BrcSyncError } from '../errors.js';
import { keyOfPlace, type SinkPlace } from '../sink-key.js';
import type { MemoryFact, MemoryHeader } from './memory-lines.js';

/** Bytes written at once. */
const CHUNK = 1 << 20;

/** Below the state directory. */
export function memoryPath(stateDirectory: string, place: SinkPlace): string {
  return join(stateDirectory, 'sinks', `${keyOfPlace(place)}.ndjson`);
}

/**
 * The facts of a memory file, oldest first, and how many bytes of it are whole: a crash may have cut off its last line.
 * @throws BrcSyncError `INPUT_INVALID`
 */
export function readMemory(path: string): { readonly facts: readonly MemoryFact[]; readonly wholeBytes: number; readonly bytes: number } {
  const content = readBytes(path);
  const wholeBytes = content.lastIndexOf(10) + 1;
  const lines = content.subarray(0, wholeBytes).toString('utf8').split('\n').slice(1, -1);
  const facts = lines.map((line, index) => parseFact(line, path, index + 2));
  return { facts, wholeBytes, bytes: content.length };
}

/**
 * Adds facts at the end, on disk when it returns.
 * @throws BrcSyncError `OUTPUT_FAILED`
 */
export function appendMemory(path: string, facts: Iterable<MemoryFact>): void {
  guarded(path, () => writeLines(path, 'a', facts));
}

/** Puts a file with these facts in the place of the one that is there, whole or not at all. */
export function replaceMemory(path: string, place: SinkPlace, facts: Iterable<MemoryFact>): void {
  const { target, cluster } = place;
  const header: MemoryHeader = { type: 'memory', version: 1, target, cluster };
  guarded(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeLines(`${path}.partial`, 'w', after(header, facts));
    renameSync(`${path}.partial`, path);
  });
}

/** Cuts off a line that a crash left unfinished, so that the next one begins anew. */
export function cutMemory(path: string, bytes: number): void {
  guarded(path, () => truncateSync(path, bytes));
}

function* after(header: MemoryHeader, facts: Iterable<MemoryFact>): Generator<object> {
  yield header;
  yield* facts;
}

function writeLines(path: string, flag: 'a' | 'w', lines: Iterable<object>): void {
  const descriptor = openSync(path, flag, 0o600);
  try {
    let text = '';
    for (const line of lines) {
      text += `${JSON.stringify(line)}\n`;
      if (text.length < CHUNK) continue;
      writeFileSync(descriptor, text);
      text = '';
    }
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw invalid(path, `it cannot be read: ${(cause as Error).message}`);
  }
}

function parseFact(line: string, path: string, number: number): MemoryFact {
  try {
    return JSON.parse(line) as MemoryFact;
  } catch {
    throw invalid(path, `line ${number} is no JSON`);
  }
}

function invalid(path: string, why: string): BrcSyncError {
  return new BrcSyncError('INPUT_INVALID', {
    message: `The memory ${path} cannot be used: ${why}.`,
    remedy: 'Move it away: a new one is made of the journals that are still there.',
    context: { file: path },
  });
}

function guarded(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new BrcSyncError('OUTPUT_FAILED', {
      message: `The memory ${path} cannot be written: ${(cause as Error).message}.`,
      remedy: 'Make room or give the right to write there, then run again.',
      context: { file: path },
      cause,
    });
  }
}
