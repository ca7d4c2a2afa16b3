import t from 'tap';
import fc from 'fast-check';
import { eachLine, lineBlocks } from '../../../src/core/input/lines.js';

async function readLines(chunks: readonly Buffer[], maxLineBytes?: number): Promise<string[]> {
  async function* feed(): AsyncGenerator<Buffer> {
    const reused = Buffer.alloc(Math.max(1, ...chunks.map((chunk) => chunk.length)));
    for (const chunk of chunks) {
      // As a file is read: the buffer of the chunk before is overwritten.
      reused.fill(35);
      chunk.copy(reused);
      yield await Promise.resolve(reused.subarray(0, chunk.length));
    }
  }
  const lines: string[] = [];
  let next = 1;
  for await (const block of lineBlocks(feed(), 'f', maxLineBytes)) {
    next = eachLine(block, next, (bytes, start, end, line) => void lines.push(`${line}:${bytes.toString('utf8', start, end)}`));
  }
  return lines;
}

void t.test('lines are the same however the bytes are cut', async (t) => {
  const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\n\n', '\r\n', 'ä', '|'), { maxLength: 40 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (whole, sizes) => {
      const bytes = Buffer.from(whole);
      const chunks: Buffer[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        chunks.push(bytes.subarray(at, at + size));
        at += size;
      }
      const wanted = whole
        .split('\n')
        .map((line, index) => ({ line: line.endsWith('\r') ? line.slice(0, -1) : line, index }))
        .filter(({ line }) => line !== '')
        .map(({ line, index }) => `${index + 1}:${line}`);
      t.strictSame(await readLines(chunks), wanted);
    }),
  );
});

void t.test('a byte order mark is no part of the first line', async (t) => {
  t.strictSame(await readLines([Buffer.from('\ufeffone\ntwo')]), ['1:one', '2:two']);
});

void t.test('a line without end is an error, not memory', async (t) => {
  const chunk = Buffer.alloc(1_000, 'x');
  await t.rejects(readLines([Buffer.from('short\n'), chunk, chunk], 1_500), { code: 'INPUT_INVALID', message: /longer than 1500 bytes/ });
});
