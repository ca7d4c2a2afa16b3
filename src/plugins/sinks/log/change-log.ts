import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BrcSyncError, type OutputLine } from '../../../builtin-sdk.js';

/** The name of the command's own output. */
export const COMMAND_OUTPUT = '-';

/** Where lines go that must arrive whole and in order. */
export interface LineLog {
  write(line: string): Promise<void>;
  close(): Promise<void>;
}

export function outputLog(output: OutputLine): LineLog {
  return {
    write: (line) => {
      output(line);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Appends to a file that only its owner may read. A line that cannot be written whole is taken back. */
export class FileLog implements LineLog {
  readonly #path: string;
  #file: Promise<FileHandle> | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(file: string, baseDirectory: string) {
    this.#path = resolve(baseDirectory, file);
  }

  write(line: string): Promise<void> {
    const written = this.#last.then(() => this.#append(Buffer.from(`${line}\n`)));
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
    const file = await this.#file?.catch(() => null);
    this.#file = null;
    await file?.close();
  }

  async #append(bytes: Buffer): Promise<void> {
    try {
      this.#file ??= open(this.#path, 'a', 0o600);
      const file = await this.#file;
      await appendWhole(file, bytes);
    } catch (error) {
      throw new BrcSyncError('OUTPUT_FAILED', {
        message: `${this.#path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
        remedy: 'Make room there, correct the path or the rights, or take "file" out of the configuration.',
        context: { file: this.#path },
        cause: error,
      });
    }
  }
}

async function appendWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  let done = 0;
  try {
    while (done < bytes.length) done += (await file.write(bytes, done)).bytesWritten;
  } catch (error) {
    if (done > 0) await file.truncate((await file.stat()).size - done);
    throw error;
  }
}
