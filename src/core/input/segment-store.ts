import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrcSyncError } from '../errors.js';

/**
 * Bytes that are appended in segments and read by address: in memory up to a limit, beyond it in one private temporary file. The file loses
 * its name as soon as it is open, so that nothing stays behind however the process ends; where a system refuses that, `close` removes it.
 */
export class SegmentStore {
  #segments: { readonly address: number; readonly bytes: Buffer }[] = [];
  #length = 0;
  #file: FileHandle | null = null;
  #directory: string | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly memoryBytes: number,
    private readonly parent: string = tmpdir(),
  ) {}

  get inMemory(): boolean {
    return this.#length <= this.memoryBytes;
  }

  /** The address that the next segment gets. */
  get length(): number {
    return this.#length;
  }

  /** Takes a segment over. The writing goes on while the caller does other things, and `append` waits for the one before. */
  async append(bytes: Buffer): Promise<void> {
    const address = this.#length;
    this.#length += bytes.length;
    if (this.#length <= this.memoryBytes) {
      this.#segments.push({ address, bytes });
      return;
    }
    await this.settle();
    this.#writing = this.#write(bytes, address);
    // The next call, or the first read, throws what failed.
    this.#writing.catch(() => undefined);
  }

  /** Waits until the last segment is written; only then may its bytes be used again. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  /** Up to `length` bytes from an address; fewer only at the end. */
  async read(address: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.min(length, this.#length - address));
    await this.readInto(bytes, address);
    return bytes;
  }

  /** Fills `target` with the bytes from an address. */
  async readInto(target: Buffer, address: number): Promise<void> {
    for (let done = 0; done < target.length;) {
      const read = this.#readHeld(target, done, address + done) || (await this.#readFile(target, done, address + done));
      if (read === 0) throw new Error('The temporary file is shorter than what was written to it.');
      done += read;
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    const file = this.#file;
    const directory = this.#directory;
    this.#file = null;
    this.#directory = null;
    this.#segments = [];
    await file?.close();
    if (directory !== null) await rm(directory, { recursive: true, force: true });
  }

  async #write(bytes: Buffer, address: number): Promise<void> {
    try {
      this.#file ??= await this.#createFile();
      for (const segment of this.#segments) await writeAll(this.#file, segment.bytes, segment.address);
      this.#segments = [];
      await writeAll(this.#file, bytes, address);
    } catch (error) {
      throw this.#writeFailed(error);
    }
  }

  #readHeld(target: Buffer, offset: number, address: number): number {
    const segment = this.#segments.find((held) => address >= held.address && address < held.address + held.bytes.length);
    return segment === undefined ? 0 : segment.bytes.copy(target, offset, address - segment.address);
  }

  async #readFile(target: Buffer, offset: number, address: number): Promise<number> {
    if (this.#file === null) throw new Error('The spool was read after it was closed.');
    const { bytesRead } = await this.#file.read(target, offset, target.length - offset, address);
    return bytesRead;
  }

  async #createFile(): Promise<FileHandle> {
    this.#directory = await mkdtemp(join(this.parent, 'brc-sync-'));
    const file = await open(join(this.#directory, 'spool'), 'wx+', 0o600);
    try {
      await rm(this.#directory, { recursive: true });
      this.#directory = null;
    } catch {
      // Some file systems keep open files; close() removes it.
    }
    return file;
  }

  #writeFailed(error: unknown): BrcSyncError {
    return new BrcSyncError('OUTPUT_FAILED', {
      message: `The temporary file in ${this.parent} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: 'Make room there, or set TMPDIR to a directory with room for the whole input.',
      context: { directory: this.parent },
      cause: error,
    });
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
