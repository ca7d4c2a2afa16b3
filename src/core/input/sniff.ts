/** How a file is written: `text` is a table with a header line, as sacct prints. */
export type InputForm = 'text' | 'json' | 'ndjson';

/** Keys that tell a reply (page, slurmdb answer, error answer) from a record. */
const REPLY_KEYS = ['jobs', 'results', 'meta', 'errors', 'detail'];
const BYTE_ORDER_MARK = '\ufeff';

/** Tells the form from a file's first bytes: a first line that is a whole JSON object and no reply makes it NDJSON. Null for an empty file. */
export function sniffForm(first: Buffer): InputForm | null {
  const newline = first.indexOf(10);
  const whole = first.toString('utf8').trimStart();
  const text = whole.startsWith(BYTE_ORDER_MARK) ? whole.slice(1).trimStart() : whole;
  if (text === '') return null;
  if (text.startsWith('[')) return 'json';
  if (!text.startsWith('{')) return 'text';
  const line = newline < 0 ? text : text.slice(0, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n'));
  const value = parseObject(line);
  return value === null || REPLY_KEYS.some((key) => key in value) ? 'json' : 'ndjson';
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Looks at the first chunk and gives it back in front of the others. */
export async function sniff(chunks: AsyncGenerator<Buffer, void, undefined>): Promise<{
  readonly form: InputForm | null;
  readonly chunks: AsyncGenerator<Buffer, void, undefined>;
}> {
  const first = await chunks.next();
  if (first.done === true) return { form: null, chunks };
  return { form: sniffForm(first.value), chunks: resume(first.value, chunks) };
}

async function* resume(first: Buffer, rest: AsyncGenerator<Buffer, void, undefined>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}
