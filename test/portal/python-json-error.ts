/** Where and why Python's JSON reader gives up on a text that JSON.parse refuses too: `Expecting value: line 1 column 15 (char 14)`. */
export function pythonJsonError(text: string): string {
  try {
    const end = skipSpace(text, value(text, skipSpace(text, 0)));
    throw new Stop('Extra data', end);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, error.at);
    const column = error.at - (before.lastIndexOf('\n') + 1) + 1;
    return `${error.message}: line ${before.split('\n').length} column ${column} (char ${error.at})`;
  }
}

class Stop extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at += 1;
  return at;
}

/** Each reader takes where a thing starts and returns where it ends. */
function value(text: string, at: number): number {
  if (text[at] === '"') return string(text, at);
  if (text[at] === '{') return members(text, at, '}');
  if (text[at] === '[') return members(text, at, ']');
  const plain = /^(?:null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/u.exec(text.slice(at, at + 400));
  if (plain === null) throw new Stop('Expecting value', at);
  return at + plain[0].length;
}

function string(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const sign = text[at]!;
    if (sign === '"') return at + 1;
    if (sign < ' ') throw new Stop('Invalid control character at', at);
    if (sign !== '\\') continue;
    at += 1;
    const escape = text[at];
    if (escape === 'u' && !/^[\da-f]{4}$/iu.test(text.slice(at + 1, at + 5))) throw new Stop('Invalid \\uXXXX escape', at);
    if (escape !== undefined && !'"\\/bfnrtu'.includes(escape)) throw new Stop('Invalid \\escape', at - 1);
  }
  throw new Stop('Unterminated string starting at', start);
}

function members(text: string, start: number, close: '}' | ']'): number {
  let at = skipSpace(text, start + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    if (close === '}') {
      if (text[at] !== '"') throw new Stop('Expecting property name enclosed in double quotes', at);
      at = skipSpace(text, string(text, at));
      if (text[at] !== ':') throw new Stop("Expecting ':' delimiter", at);
      at = skipSpace(text, at + 1);
    }
    at = skipSpace(text, value(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw new Stop("Expecting ',' delimiter", at);
    at = skipSpace(text, at + 1);
  }
}
