import { isAscii } from 'node:buffer';

/** Length, file, line and number of an entry, before its bytes. */
export const HEADER_BYTES = 16;

export interface EntryHeader {
  readonly length: number;
  readonly file: number;
  readonly position: number;
  readonly entry: number;
}

export function writeHeader(target: Buffer, at: number, length: number, file: number, position: number, entry: number): void {
  target.writeUInt32LE(length, at);
  target.writeUInt32LE(file, at + 4);
  target.writeUInt32LE(position, at + 8);
  target.writeUInt32LE(entry, at + 12);
}

/** Some entries of a spool, decoded when asked for. */
export class SpoolPage {
  readonly #starts: number[] = [];
  readonly #encoding: 'latin1' | 'utf8';

  /** `bytes` holds whole entries; `isDropped` says which of them to leave out. */
  constructor(
    private readonly bytes: Buffer,
    isDropped: ((entry: number) => boolean) | null,
  ) {
    for (let at = 0; at < bytes.length; at += HEADER_BYTES + bytes.readUInt32LE(at)) {
      if (isDropped === null || !isDropped(bytes.readUInt32LE(at + 12))) this.#starts.push(at);
    }
    // Slurm's and the portal's text is ASCII nearly always, and then the cheap decoding is right.
    this.#encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  }

  get count(): number {
    return this.#starts.length;
  }

  text(index: number): string {
    const start = this.#start(index);
    const from = start + HEADER_BYTES;
    return this.bytes.toString(this.#encoding, from, from + this.bytes.readUInt32LE(start));
  }

  /** Number of the file it came from. */
  file(index: number): number {
    return this.bytes.readUInt32LE(this.#start(index) + 4);
  }

  /** Line, or index of the record, in that file. */
  position(index: number): number {
    return this.bytes.readUInt32LE(this.#start(index) + 8);
  }

  /** The entry's number in the spool. */
  entry(index: number): number {
    return this.bytes.readUInt32LE(this.#start(index) + 12);
  }

  #start(index: number): number {
    const start = this.#starts[index];
    if (start === undefined) throw new RangeError(`The page has no entry ${index}.`);
    return start;
  }
}
