import t from 'tap';
import { readDocuments, type DocumentEnd } from '../../../src/core/input/json-documents.js';
import { sniffForm } from '../../../src/core/input/sniff.js';

async function read(text: string, size = 7): Promise<{ records: string[]; ends: DocumentEnd[] }> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  const records: string[] = [];
  const ends: DocumentEnd[] = [];
  await readDocuments(chunks(), 'f.json', {
    record: (value, index) => void records.push(`${index}:${JSON.stringify(value)}`),
    end: (document) => void ends.push(document),
    chunkDone: () => Promise.resolve(),
  });
  return { records, ends };
}

void t.test('pages one after another, arrays, and what stands beside the records', async (t) => {
  const { records, ends } = await read(
    '{"count": 3, "previous": null, "results": [{"a": {"b": [1]}}, {"a": "ä"}]}\n{"results": [], "count": 3}[{"jobs": 1}]',
  );
  t.strictSame(records, ['1:{"a":{"b":[1]}}', '2:{"a":"ä"}', '3:{"jobs":1}']);
  t.strictSame(ends, [
    { list: 'results', rest: { count: 3, previous: null } },
    { list: 'results', rest: { count: 3 } },
    { list: '', rest: {} },
  ]);
});

void t.test('a reply without a list says so, and its errors', async (t) => {
  const { ends } = await read('{"errors": [{"error": "x"}], "meta": {"jobs": [1]}}');
  t.strictSame(ends, [{ list: null, rest: { errors: [{ error: 'x' }], meta: { jobs: [1] } } }]);
});

void t.test('what is no JSON, or cut off, is INPUT_INVALID with the last record read', async (t) => {
  await t.rejects(read('{"jobs": [{"a": 1}, {"a": '), {
    code: 'INPUT_INVALID',
    message: /f\.json record 1: the document ends in the middle/,
  });
  await t.rejects(read('{"jobs": [{"a": x}]}'), { code: 'INPUT_INVALID', message: /no JSON/ });
  await t.rejects(read('5'), { code: 'INPUT_INVALID' });
});

void t.test('the form of a file shows in its first bytes', (t) => {
  const forms: readonly (readonly [string, string | null])[] = [
    ['JobID|JobIDRaw\n1|1\n', 'text'],
    ['\ufeffJobID|JobIDRaw', 'text'],
    ['[\n{"a": 1}\n]', 'json'],
    ['{\n "jobs": [', 'json'],
    ['{"count": 1, "results": []}', 'json'],
    ['{"detail": "Invalid token."}\n', 'json'],
    ['{"jobId": "1"}\n{"jobId": "2"}\n', 'ndjson'],
    [' {"jobslurmid": "1"}', 'ndjson'],
    ['  \n', null],
  ];
  for (const [text, form] of forms) t.equal(sniffForm(Buffer.from(text)), form, text);
  t.end();
});
