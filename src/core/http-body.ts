import { Readable } from 'node:stream';
import { HttpError } from './http-error.js';

const FIRST_BYTES = 16 * 1024;

/** The whole body as bytes; a longer one than allowed is left at once. */
export async function readBody(
  body: unknown,
  options: { readonly maxBytes: number; readonly declared: string | null; readonly request: string },
): Promise<Buffer> {
  const { maxBytes, declared, request } = options;
  if (!(body instanceof Readable)) return Buffer.alloc(0);
  const tooLarge = (): HttpError => new HttpError('too-large', `${request}: the answer is larger than ${maxBytes} bytes`);
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge();
  // Held once: pieces beside their sum would be twice a long answer.
  let held: Buffer = Buffer.allocUnsafe(declared === null ? FIRST_BYTES : Number(declared));
  let size = 0;
  await eachChunk(body, request, (chunk) => {
    if (size + chunk.length > maxBytes) throw tooLarge();
    if (size + chunk.length > held.length) held = grown(held, size + chunk.length);
    chunk.copy(held, size);
    size += chunk.length;
  });
  // node-fetch calls a body complete that ended early.
  if (declared !== null && size < Number(declared))
    throw new HttpError('reset', `${request}: the answer broke off after ${size} of ${declared} bytes`);
  return held.subarray(0, size);
}

/** By events: a short answer is mostly one chunk, for which an iterator costs more than all the rest. */
function eachChunk(body: Readable, request: string, take: (chunk: Buffer) => void): Promise<void> {
  const brokeOff = (): HttpError => new HttpError('reset', `${request}: the answer broke off`);
  return new Promise((resolve, reject) => {
    // It may have failed before anybody listened: no event comes any more.
    if (body.destroyed) {
      reject(body.errored ?? brokeOff());
      return;
    }
    body.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        body.destroy(error as Error);
      }
    });
    body.once('end', resolve);
    body.once('error', reject);
    // After its end it closes, too: an error is made only where it is one.
    body.once('close', () => {
      if (!body.readableEnded) reject(brokeOff());
    });
  });
}

function grown(held: Buffer, atLeast: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(atLeast, held.length * 2));
  held.copy(larger);
  return larger;
}
