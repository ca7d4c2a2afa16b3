/** A value of JSON as a Python 2 literal, as the retired scripts logged it: single quotes, `None`, `u'…'` where a text is not ASCII. */
export function writePython(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return writeText(value);
  if (Array.isArray(value)) return `[${value.map(writePython).join(', ')}]`;
  const entries = Object.entries(value).map(([key, inner]) => `${writeText(key)}: ${writePython(inner)}`);
  return `{${entries.join(', ')}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function writeText(text: string): string {
  const escaped = text.replace(/[\\'\n\r\t]/g, (character) => ESCAPES[character] ?? '');
  const ascii = escaped.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return ascii === escaped ? `'${ascii}'` : `u'${ascii}'`;
}
