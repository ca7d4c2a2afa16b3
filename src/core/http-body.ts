import { Readable } from 'node:stream';
import { HttpError } from './http-error.js';

/** The whole body as bytes; a longer one than allowed is left at once. */
export async function readBody(
  body: unknown,
  options: { readonly maxBytes: number; readonly declared: string | null; readonly request: string },
): Promise<Buffer> {
  const { maxBytes, declared, request } = options;
  if (!(body instanceof Readable)) return Buffer.alloc(0);
  const tooLarge = (): HttpError => new HttpError('too-large', `${request}: the answer is larger than ${maxBytes} bytes`);
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  // node-fetch calls a body complete that ended early.
  if (declared !== null && size < Number(declared))
    throw new HttpError('reset', `${request}: the answer broke off after ${size} of ${declared} bytes`);
  return Buffer.concat(chunks, size);
}
