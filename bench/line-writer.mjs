// Writes many lines to a file, no faster than the disk takes them.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export function lineWriter(path) {
  const stream = createWriteStream(path, { mode: 0o600 });
  let buffer = '';
  return {
    async line(text) {
      buffer += `${text}\n`;
      if (buffer.length < 1 << 20) return;
      const full = !stream.write(buffer);
      buffer = '';
      if (full) await once(stream, 'drain');
    },
    async end() {
      stream.end(buffer);
      await once(stream, 'close');
    },
  };
}
