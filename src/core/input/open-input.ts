import { constants, createReadStream, open as openFile } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { BrcSyncError } from '../errors.js';

/** The name under which standard input is given in a configuration. */
export const STANDARD_INPUT = '-';

const openDescriptor = promisify(openFile);
const CHUNK_BYTES = 1024 * 1024;

/** The files behind `paths`, in order: a directory stands for its regular files by name, without dot files; `-` stays as it is. */
export async function listInputs(paths: string | readonly string[], baseDirectory: string): Promise<string[]> {
  const files: string[] = [];
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    if (path === STANDARD_INPUT) files.push(path);
    else files.push(...(await expandDirectory(resolve(baseDirectory, path))));
  }
  if (files.filter((file) => file === STANDARD_INPUT).length > 1) {
    throw new BrcSyncError('INPUT_NOT_FOUND', {
      message: 'Standard input is named twice, but can be read once only.',
      remedy: 'Name "-" once.',
    });
  }
  return files;
}

/**
 * The bytes of a file or of standard input, unpacked when they begin as gzip. **A chunk is valid until the next one is asked for**: the two
 * buffers of a file take turns, so that a gigabyte costs two megabytes of memory.
 */
export async function* openInput(path: string, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  signal.throwIfAborted();
  try {
    const raw = await openRaw(path, signal);
    const { first, rest } = await peek(raw);
    if (first === null) return;
    const bytes = isGzip(first) ? gunzip(first, rest, signal) : prepend(first, rest);
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw asInputError(error, path);
  }
}

async function expandDirectory(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory()).map((entry) => entry.name);
    if (names.length === 0) {
      throw new BrcSyncError('INPUT_NOT_FOUND', {
        message: `The directory ${path} holds no files to read.`,
        remedy: 'Put the exported files there, or name another directory or file.',
        context: { file: path },
      });
    }
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    throw asInputError(error, path);
  }
}

async function openRaw(path: string, signal: AbortSignal): Promise<AsyncGenerator<Buffer, void, undefined>> {
  if (path === STANDARD_INPUT) return readStream(process.stdin, signal);
  const kind = await stat(path);
  // A pipe that nobody writes to must not block an abort: a file's pending read cannot be given up, a socket's can.
  if (kind.isFIFO()) return readStream(new Socket({ fd: await openDescriptor(path, 'r'), readable: true, writable: false }), signal);
  if (!kind.isFile()) return readStream(createReadStream(path, { highWaterMark: CHUNK_BYTES }), signal);
  return readFile(await open(path, constants.O_RDONLY));
}

async function* readFile(file: FileHandle): AsyncGenerator<Buffer, void, undefined> {
  const buffers = [Buffer.allocUnsafeSlow(CHUNK_BYTES), Buffer.allocUnsafeSlow(CHUNK_BYTES)] as const;
  let pending: Promise<{ bytesRead: number; buffer: Buffer }> | null = null;
  try {
    let turn = 0;
    pending = file.read(buffers[0], 0, CHUNK_BYTES, null);
    for (;;) {
      const { bytesRead, buffer } = await pending;
      pending = null;
      if (bytesRead === 0) return;
      turn = 1 - turn;
      pending = file.read(turn === 0 ? buffers[0] : buffers[1], 0, CHUNK_BYTES, null);
      // A failed read is thrown when it is awaited; until then it must not count as unhandled.
      pending.catch(() => undefined);
      yield bytesRead === CHUNK_BYTES ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await pending?.catch(() => undefined);
    await file.close();
  }
}

async function* readStream(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer | string>) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

async function peek(bytes: AsyncGenerator<Buffer, void, undefined>) {
  const first = await bytes.next();
  return { first: first.done === true ? null : first.value, rest: bytes };
}

function isGzip(first: Buffer): boolean {
  return first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b;
}

async function* prepend(first: Buffer, rest: AsyncGenerator<Buffer, void, undefined>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

async function* gunzip(first: Buffer, rest: AsyncGenerator<Buffer, void, undefined>, signal: AbortSignal) {
  const unpack = addAbortSignal(signal, createGunzip({ chunkSize: CHUNK_BYTES }));
  const feeding = feed(unpack, prepend(first, rest));
  feeding.catch((error: unknown) => unpack.destroy(error instanceof Error ? error : new Error(String(error))));
  try {
    for await (const chunk of unpack as AsyncIterable<Buffer>) yield chunk;
    await feeding;
  } finally {
    unpack.destroy();
    await feeding.catch(() => undefined);
  }
}

async function feed(unpack: ReturnType<typeof createGunzip>, packed: AsyncGenerator<Buffer, void, undefined>): Promise<void> {
  for await (const chunk of packed) {
    // The callback comes when the chunk is used up, so that its buffer may be filled again.
    await new Promise<void>((done, fail) => {
      const closed = (): void => fail(new Error('The unpacking was given up.'));
      unpack.once('close', closed);
      unpack.write(chunk, (error) => {
        unpack.off('close', closed);
        if (error) fail(error);
        else done();
      });
    });
  }
  unpack.end();
}

function asInputError(error: unknown, path: string): unknown {
  if (error instanceof BrcSyncError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = path === STANDARD_INPUT ? 'standard input' : path;
  const context = { file: path };
  if (code.startsWith('Z_')) {
    return new BrcSyncError('INPUT_INVALID', {
      message: `${name} begins as gzip, but cannot be unpacked: ${error instanceof Error ? error.message : code}.`,
      remedy: 'Export or copy the file again; it is cut off or damaged.',
      context,
      cause: error,
    });
  }
  const known: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: [`${name} does not exist.`, 'Correct the path; a relative one counts from the directory of plugins.json.'],
    ENOTDIR: [`${name} does not exist.`, 'Correct the path; a relative one counts from the directory of plugins.json.'],
    EACCES: [`${name} may not be read by this user.`, 'Give this user the right to read it, or run as its owner.'],
    EPERM: [`${name} may not be read by this user.`, 'Give this user the right to read it, or run as its owner.'],
  };
  const [message, remedy] = known[code] ?? [
    `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    'Check the file and the file system it lies on.',
  ];
  return new BrcSyncError('INPUT_NOT_FOUND', { message, remedy, context, cause: error });
}
