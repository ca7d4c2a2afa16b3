import { createHash } from 'node:crypto';
import { link, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Change } from './change.js';
import { BrcSyncError } from './errors.js';
import { formatInstant } from './instants.js';
import type { PutOutcome } from './job-sink.js';
import { changeFields } from './plan-file.js';
import type { Clock } from './plugin-environment.js';

/** Of which run, and where its changes went. */
export interface JournalHeader {
  readonly runId: string;
  /** The run that this one goes on with; null: it stands alone. */
  readonly of: string | null;
  readonly sink: { readonly name: string; readonly target: string | null; readonly cluster: string | null };
}

/** What is known of an intent beside its change. */
export interface IntentFacts {
  /** Where the change stands in its plan, in bytes from the beginning. */
  readonly place: number;
  /** By how many SU the sink's usage moves with it, as far as its allocation's dates tell. */
  readonly usageMoves: string;
  /** The dates of the account's allocation: beginning and end; null where nobody knows them. */
  readonly allocation: readonly [string | null, string | null] | null;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * What was done, in order (money 21): NDJSON of `intent`, `outcome` and `withdrawn` lines, each holding the SHA-256 of all before it (`chain`).
 * An intent is on disk before its request is sent. Whoever waits at the same time shares one flush, so that the disk does not set the pace.
 */
export class Journal {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #clock: Clock;
  #chain = '';
  #sequence = 0;
  #pending = '';
  #waiting: Waiter[] = [];
  #flushing: Promise<void> | null = null;
  #failure: Error | null = null;

  private constructor(file: FileHandle, path: string, clock: Clock) {
    this.#file = file;
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * A journal that is there has its first line, whenever the process is killed.
   * @throws BrcSyncError `OUTPUT_FAILED` where it exists or cannot be written
   */
  static async create(path: string, header: JournalHeader, clock: Clock): Promise<Journal> {
    const partial = `${path}.partial`;
    const file = await open(partial, 'wx', 0o600).catch((cause: unknown) => {
      throw failed('OUTPUT_FAILED', path, cause);
    });
    try {
      const journal = new Journal(file, path, clock);
      await journal.#append({ type: 'journal', version: 1, ...header });
      await link(partial, path);
      await syncDirectories(path);
      return journal;
    } catch (cause) {
      await file.close();
      // Nothing has been sent yet.
      throw failed('OUTPUT_FAILED', path, cause instanceof BrcSyncError ? cause.cause : cause);
    } finally {
      await unlink(partial);
    }
  }

  /**
   * Says what is about to be sent; on disk when the promise resolves.
   * @returns the number under which its outcome is written
   * @throws BrcSyncError `STATE_FAILED`: nothing may be sent any more
   */
  async intent(change: Change, { place, usageMoves, allocation }: IntentFacts): Promise<number> {
    const sequence = ++this.#sequence;
    await this.#append({ type: 'intent', sequence, ...changeFields(change), place, usageMoves, allocation });
    return sequence;
  }

  /** What became of an intent. On disk with the next intent, or at the end: an intent without outcome is read back from the sink anyway. */
  outcome(sequence: number, outcome: PutOutcome): void {
    this.#add({ type: 'outcome', sequence, ...outcome });
  }

  /** Takes an intent back: nothing was sent. */
  withdraw(sequence: number): void {
    this.#add({ type: 'withdrawn', sequence });
  }

  /** Writes what is left. To be called once. */
  async close(): Promise<void> {
    // Its failure is thrown below.
    if (this.#pending !== '') await this.#flushed().catch(() => undefined);
    while (this.#flushing !== null) await this.#flushing;
    await this.#file.close();
    if (this.#failure !== null) throw this.#failure;
  }

  async #append(line: Readonly<Record<string, unknown>>): Promise<void> {
    this.#add(line);
    await this.#flushed();
  }

  #add(line: Readonly<Record<string, unknown>>): void {
    const body = JSON.stringify({ ...line, at: formatInstant(this.#clock.now()) });
    this.#chain = chainOf(this.#chain, body);
    this.#pending += `${body.slice(0, -1)},"chain":"${this.#chain}"}\n`;
  }

  #flushed(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Lets whoever is ready in this turn of the event loop come along.
      await Promise.resolve();
      const [text, waiting] = [this.#pending, this.#waiting];
      this.#pending = '';
      this.#waiting = [];
      try {
        await this.#file.appendFile(text);
        await this.#file.datasync();
        for (const { resolve } of waiting) resolve();
      } catch (cause) {
        this.#failure = failed('STATE_FAILED', this.#path, cause);
        for (const { reject } of [...waiting, ...this.#waiting.splice(0)]) reject(this.#failure);
      }
    }
    this.#flushing = null;
  }
}

/** So that the machine, too, may go down: the file's name is in its directory, and the directory's in the one above. */
async function syncDirectories(path: string): Promise<void> {
  for (const directory of [dirname(path), dirname(dirname(path))]) {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** The chain after a line: of the chain before it, and the line without its own. */
export function chainOf(before: string, body: string): string {
  return createHash('sha256').update(before).update(body).digest('hex');
}

function failed(code: 'OUTPUT_FAILED' | 'STATE_FAILED', path: string, cause: unknown): BrcSyncError {
  return new BrcSyncError(code, {
    message: `The journal ${path} cannot be written: ${(cause as Error).message}. Nothing more is sent.`,
    remedy: 'Make room or give the right to write there, then run again: what was done is compared anew.',
    context: { file: path },
    cause,
  });
}
