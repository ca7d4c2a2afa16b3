/** A value that a Python 2 literal holds: texts, numbers, True, False, None, lists, tuples and dicts with texts as keys. */
export type PythonValue = string | number | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/** Deeper than any log nests. */
const DEEPEST = 16;

const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/y;
const WORDS = new Map<string, boolean | null>([
  ['None', null],
  ['True', true],
  ['False', false],
]);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', '\n': '' };

/** Reads the literal with which a text begins, in one pass; undefined where it begins with none. What stands behind it is left alone. */
export function readPython(text: string): PythonValue | undefined {
  try {
    return new PythonReader(text).value(0);
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

class PythonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonValue {
    if (depth > DEEPEST) throw new NoLiteral();
    this.#skipBlanks();
    const first = this.#text[this.#at];
    if (first === '{') return this.#dict(depth);
    if (first === '[') return this.#items(']', depth);
    if (first === '(') return this.#items(')', depth);
    if (first === "'" || first === '"') return this.#string();
    const quote = this.#text[this.#at + 1];
    if ((first === 'u' || first === 'b') && (quote === "'" || quote === '"')) {
      this.#at += 1;
      return this.#string();
    }
    for (const [word, meaning] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return meaning;
    }
    return this.#number();
  }

  #dict(depth: number): PythonValue {
    const entries: [string, PythonValue][] = [];
    this.#at += 1;
    while (!this.#takes('}')) {
      const key = this.value(depth + 1);
      if (typeof key !== 'string' || !this.#takes(':')) throw new NoLiteral();
      entries.push([key, this.value(depth + 1)]);
      if (this.#takes(',')) continue;
      if (this.#takes('}')) break;
      throw new NoLiteral();
    }
    return Object.fromEntries(entries);
  }

  #items(end: string, depth: number): PythonValue {
    const items: PythonValue[] = [];
    this.#at += 1;
    while (!this.#takes(end)) {
      items.push(this.value(depth + 1));
      if (this.#takes(',')) continue;
      if (this.#takes(end)) break;
      throw new NoLiteral();
    }
    return items;
  }

  /** Pieces between escapes are cut out whole, so that a long text costs one pass. */
  #string(): string {
    const quote = this.#text[this.#at];
    const parts: string[] = [];
    let from = (this.#at += 1);
    for (; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new NoLiteral();
      if (character !== quote && character !== '\\') continue;
      parts.push(this.#text.slice(from, this.#at));
      if (character === quote) break;
      parts.push(this.#escape());
      from = this.#at + 1;
    }
    this.#at += 1;
    return parts.join('');
  }

  /** From the backslash to the last character of its escape. */
  #escape(): string {
    const letter = this.#text[(this.#at += 1)];
    if (letter === undefined) throw new NoLiteral();
    const digits = { x: 2, u: 4, U: 8 }[letter];
    if (digits !== undefined) {
      const hex = this.#text.slice(this.#at + 1, this.#at + 1 + digits);
      const code = parseInt(hex, 16);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits || code > 0x10ffff) throw new NoLiteral();
      this.#at += digits;
      return String.fromCodePoint(code);
    }
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at, this.#at + 3))?.[0];
    if (octal !== undefined) {
      this.#at += octal.length - 1;
      return String.fromCharCode(parseInt(octal, 8));
    }
    // Python leaves an escape that it does not know as it is.
    return ESCAPES[letter] ?? ('\\\'"'.includes(letter) ? letter : `\\${letter}`);
  }

  /** `12L` is a long of Python 2. */
  #number(): number {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text)?.[0];
    if (found === undefined) throw new NoLiteral();
    this.#at += found.length;
    if (this.#text[this.#at] === 'L') this.#at += 1;
    return Number(found);
  }

  #takes(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at += 1;
  }
}
