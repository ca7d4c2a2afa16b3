import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const BRC_SYNC = resolve('bin/run.js');

/** What a terminal for a program is missing; null: nothing. */
export const NO_TERMINAL = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0 ? null : 'there is no script of util-linux';

export interface TerminalOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the terminal; 80 unless told. */
  readonly columns?: number;
}

/** brc-sync at a terminal of its own, and somebody who reads before typing. */
export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  #shown = '';
  #read = 0;
  #changed: () => void = () => undefined;
  #isOver = false;
  readonly #code: Promise<number>;

  constructor(args: readonly string[], { cwd, env = {}, columns = 80 }: TerminalOptions) {
    const command = ['stty', 'cols', String(columns), 'rows', '50', ';', 'exec', process.execPath, BRC_SYNC, ...args].map(quote).join(' ');
    const { NO_COLOR, FORCE_COLOR, COLUMNS, CI, ...surroundings } = process.env;
    this.#child = spawn('script', ['-qefc', command, '/dev/null'], { cwd, env: { ...surroundings, TERM: 'xterm-256color', ...env } });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#shown += chunk.toString();
      this.#changed();
    });
    this.#code = once(this.#child, 'close').then(([code]) => {
      this.#isOver = true;
      this.#changed();
      return code as number;
    });
  }

  /** What was shown so far, without what steers the terminal. */
  get text(): string {
    return stripVTControlCharacters(this.#shown).replaceAll('\r', '');
  }

  /** What was shown so far, as it came. */
  get raw(): string {
    return this.#shown;
  }

  /** Waits until this is shown, after what was waited for before. */
  async shows(pattern: RegExp): Promise<void> {
    for (;;) {
      const found = pattern.exec(this.text.slice(this.#read));
      if (found !== null) {
        this.#read += found.index + found[0].length;
        return;
      }
      if (this.#isOver) throw new Error(`it ended without showing ${String(pattern)}:\n${this.text}`);
      await new Promise<void>((changed) => {
        this.#changed = changed;
      });
    }
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** Its exit code. */
  ended(): Promise<number> {
    return this.#code;
  }
}

function quote(word: string): string {
  return word === ';' ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
