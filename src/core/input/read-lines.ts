import { eachLine, lineBlocks } from './lines.js';
import { listInputs, openInput } from './open-input.js';

/** A line of a text file. */
export interface InputLine {
  /** Absolute path; `-`: standard input. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Without its end. */
  readonly text: string;
}

export interface ReadLinesOptions {
  /** Where relative paths count from: what the token `BASE_DIRECTORY` gives. */
  readonly baseDirectory: string;
  readonly signal: AbortSignal;
}

/**
 * Lines of UTF-8 text files, in batches, as they are wanted. A directory stands for its files in order of name; what is packed with gzip is
 * unpacked, whatever its name; empty lines are left out.
 *
 * @throws BrcSyncError `INPUT_NOT_FOUND`, `INPUT_INVALID` (a broken archive, a line over 16 MiB); the reason of the signal when it is aborted
 */
export async function* readLines(
  paths: string | readonly string[],
  { baseDirectory, signal }: ReadLinesOptions,
): AsyncGenerator<readonly InputLine[], void, undefined> {
  signal.throwIfAborted();
  for (const file of await listInputs(paths, baseDirectory)) {
    let number = 1;
    for await (const block of lineBlocks(openInput(file, signal), file)) {
      const lines: InputLine[] = [];
      number = eachLine(block, number, (bytes, start, end, line) => {
        lines.push({ file, line, text: bytes.toString('utf8', start, end) });
      });
      if (lines.length > 0) yield lines;
    }
  }
}
