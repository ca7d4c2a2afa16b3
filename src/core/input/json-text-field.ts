const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const SPACE = 32;

/**
 * Finds the text value of a field in the bytes of a JSON object without parsing it. It may miss what is written with escapes, and takes the
 * first field of that name at any depth: what it found must be compared with the parsed object before it counts.
 */
export class JsonTextField {
  /** Where the value found last begins and ends, without its quotes. */
  start = 0;
  end = 0;
  readonly #needle: Buffer;
  /** Records of one file are alike: the field is nearly always where it was before. */
  #hint = 0;

  constructor(name: string) {
    this.#needle = Buffer.from(`"${name}"`);
  }

  find(bytes: Buffer, start: number, end: number): boolean {
    const hinted = start + this.#hint;
    const at = hinted < end && this.#needleAt(bytes, hinted) ? hinted : bytes.indexOf(this.#needle, start);
    if (at < 0 || at >= end) return false;
    this.#hint = at - start;
    let from = skipSpaces(bytes, at + this.#needle.length, end);
    if (bytes[from] !== COLON) return false;
    from = skipSpaces(bytes, from + 1, end);
    if (bytes[from] !== QUOTE) return false;
    let to = from + 1;
    while (to < end && bytes[to] !== QUOTE) {
      if (bytes[to] === BACKSLASH) return false;
      to += 1;
    }
    this.start = from + 1;
    this.end = to;
    return to < end;
  }

  #needleAt(bytes: Buffer, at: number): boolean {
    const needle = this.#needle;
    for (let index = 0; index < needle.length; index += 1) {
      if (bytes[at + index] !== needle[index]) return false;
    }
    return true;
  }
}

function skipSpaces(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] === SPACE) at += 1;
  return at;
}
