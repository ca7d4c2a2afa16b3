import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Logger } from '../core/plugin-environment.js';

/** Everything that anybody could get to see of an instance while it was worked with. */
export class Witness {
  readonly #seen: string[] = [];

  /** Records what is logged, fields and all. */
  get logger(): Logger {
    const note = (message: string, fields?: unknown): void => this.see(message, fields);
    return { debug: note, info: note, warn: note, error: note };
  }

  /** As a log, a terminal or a file would show it. */
  see(...values: readonly unknown[]): void {
    for (const value of values) {
      this.#seen.push(inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null }));
      this.#seen.push(jsonOf(value));
    }
  }

  /** What a call gives or throws. */
  async watch(call: () => Promise<unknown>): Promise<void> {
    try {
      this.see(await call());
    } catch (error) {
      this.see(error, String(error));
    }
  }

  /** What is printed meanwhile. */
  async watchOutput(during: () => Promise<void>): Promise<void> {
    const release = [process.stdout, process.stderr].map((stream) => this.#tap(stream));
    try {
      await during();
    } finally {
      for (const undo of release) undo();
    }
  }

  assertSilentAbout(secrets: readonly string[]): void {
    for (const secret of secrets) {
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
        const place = this.#seen.find((text) => text.includes(form));
        assert.ok(place === undefined, `a secret can be read: ${place?.replaceAll(form, '<the secret>').slice(0, 2_000)}`);
      }
    }
  }

  #tap(stream: NodeJS.WriteStream): () => void {
    const original = stream.write.bind(stream);
    stream.write = ((...words: Parameters<typeof original>) => {
      this.#seen.push(String(words[0]));
      return original(...words);
    }) as typeof original;
    return () => void (stream.write = original);
  }
}

function jsonOf(value: unknown): string {
  try {
    const text: unknown = JSON.stringify(value);
    return typeof text === 'string' ? text : '';
  } catch {
    return '';
  }
}
