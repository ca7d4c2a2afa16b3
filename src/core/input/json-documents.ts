import { Tokenizer, TokenParser, TokenType } from '@streamparser/json';
import { BrcSyncError } from '../errors.js';
import { badInput } from './bad-input.js';

/** A JSON document without its records. */
export interface DocumentEnd {
  /** What held the records: `jobs`, `results`, an empty name for a bare array; null when there was no list. */
  readonly list: string | null;
  /** The other top-level values that tell something: `meta`, `errors`, `count`, `total_amount` … */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface DocumentHandlers {
  /** A record; `index` counts from 1 through the whole file. */
  readonly record: (value: unknown, index: number) => void;
  readonly end: (document: DocumentEnd) => void;
  /** After each chunk, so that what was collected can be put away. */
  readonly chunkDone: () => Promise<void>;
}

const RECORD_LISTS: readonly unknown[] = ['jobs', 'results'];
const REST_KEYS = ['meta', 'errors', 'warnings', 'count', 'total_amount', 'total_cpu_time', 'next', 'previous', 'detail'];
const REPLY_PATHS = [...RECORD_LISTS.map((list) => `$.${String(list)}.*`), ...REST_KEYS.map((key) => `$.${key}`)];
const ARRAY_PATHS = ['$.*'];

/**
 * Reads the JSON documents of a file one after another: replies (`{"jobs": […]}`, `{"results": […]}`) or bare arrays. One record at a time
 * is in memory, so that a reply of a gigabyte costs no more than its largest record. What is no JSON is `INPUT_INVALID`.
 */
export async function readDocuments(chunks: AsyncIterable<Buffer>, file: string, handlers: DocumentHandlers): Promise<void> {
  const reader = new DocumentReader(file, handlers);
  for await (const chunk of chunks) {
    reader.write(chunk);
    await handlers.chunkDone();
  }
  reader.finish();
}

class DocumentReader {
  readonly #tokenizer = new Tokenizer({ separator: '' });
  #values = new TokenParser({ paths: ARRAY_PATHS, keepStack: false });
  #depth = 0;
  #index = 0;
  #key: unknown = null;
  #list: string | null = null;
  #rest: Record<string, unknown> = {};

  constructor(
    private readonly file: string,
    private readonly handlers: DocumentHandlers,
  ) {
    this.#tokenizer.onToken = (token) => this.#onToken(token);
  }

  write(chunk: Buffer): void {
    this.#guard(() => this.#tokenizer.write(chunk));
  }

  finish(): void {
    if (this.#depth !== 0) throw this.#broken('the document ends in the middle.');
    this.#guard(() => this.#tokenizer.end());
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof BrcSyncError) throw error;
      throw this.#broken(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #onToken(info: Parameters<Tokenizer['onToken']>[0]): void {
    if (this.#depth === 0) this.#begin(info.token);
    this.#noteList(info.token, info.value);
    this.#values.write(info);
    if (info.token === TokenType.LEFT_BRACE || info.token === TokenType.LEFT_BRACKET) this.#depth += 1;
    if (info.token === TokenType.RIGHT_BRACE || info.token === TokenType.RIGHT_BRACKET) this.#depth -= 1;
    if (this.#depth === 0) this.handlers.end({ list: this.#list, rest: this.#rest });
  }

  #begin(token: TokenType): void {
    const isArray = token === TokenType.LEFT_BRACKET;
    if (!isArray && token !== TokenType.LEFT_BRACE) throw this.#broken('a reply or an array of records was expected.');
    this.#list = isArray ? '' : null;
    this.#rest = {};
    this.#values = new TokenParser({ paths: isArray ? ARRAY_PATHS : REPLY_PATHS, keepStack: false, separator: '' });
    const recordDepth = isArray ? 1 : 2;
    this.#values.onValue = ({ value, key, stack }) => {
      if (stack.length === recordDepth) this.handlers.record(value, ++this.#index);
      else this.#rest[String(key)] = value;
    };
  }

  /** An empty list has no records, but is a list. */
  #noteList(token: TokenType, value: unknown): void {
    if (this.#depth !== 1) return;
    if (token === TokenType.STRING) this.#key = value;
    else if (token === TokenType.LEFT_BRACKET && RECORD_LISTS.includes(this.#key)) this.#list = String(this.#key);
  }

  #broken(message: string): BrcSyncError {
    return badInput(
      { file: this.file, position: this.#index === 0 ? null : this.#index, unit: 'record' },
      { field: null, value: undefined, message, remedy: 'Export the file again; it is cut off, damaged, or of another kind.' },
    );
  }
}
