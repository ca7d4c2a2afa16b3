import fc from 'fast-check';
import t from 'tap';
import { createTargets } from '../../src/core/http-target.js';

const pieces = [
  'jobs',
  '7',
  'a_b',
  'C-d',
  '/',
  '/',
  '//',
  '.',
  '..',
  '%2e',
  '%',
  ' ',
  'ä',
  ':',
  '@',
  '?',
  '#',
  '\\',
  '\n',
  '\t',
  'https:',
  'other.test',
];
const paths = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(''));
const bases = fc.constantFrom(
  'http://127.0.0.1:8/api/',
  'https://portal.test/',
  'https://portal.test/api',
  'https://portal.test/api/?old=1#part',
);
const queries = fc.option(fc.array(fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })), { maxLength: 3 }));

void t.test('a request goes where a URL would lead it, if that is the same server', (t) => {
  const led = fc.property(bases, paths, queries, (base, path, pairs) => {
    const query = pairs === null ? undefined : new URLSearchParams(pairs);
    const wanted = URL.canParse(path, base) ? new URL(path, base) : null;
    if (wanted !== null && query !== undefined) wanted.search = query.toString();
    const find = () => createTargets(new URL(base))({ path, signal: AbortSignal.abort(), ...(query && { query }) });
    if (wanted?.origin !== new URL(base).origin) {
      t.throws(find, { name: wanted === null ? 'TypeError' : 'HttpError' });
      return;
    }
    const { href, address, name } = find();
    t.strictSame([href, address, name], [wanted.href, `${wanted.origin}${wanted.pathname}`, `GET ${address}`], `${base} ${path}`);
  });
  fc.assert(led, { numRuns: 500 });
  t.end();
});
