import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const EXAMPLES = ['examples/csv-sink', 'examples/jobcomp-source'];
const MOST_LINES = 60;

/** Lines of code: neither empty nor comment. */
function linesOf(code: string): number {
  return code.split('\n').filter((line) => !/^\s*(?:$|\/\/|\/\*\*|\*)/.test(line)).length;
}

/** What it imports, but for Node's own modules and its own files. */
function importsOf(code: string): string[] {
  return [...code.matchAll(/\bfrom '([^']+)'/g)].map(([, name = '']) => name).filter((name) => !/^(?:node:|\.)/.test(name));
}

for (const example of EXAMPLES) {
  void t.test(`${example}: short, and behind the public doors`, async (t) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')) as { readonly dependencies?: object };
    const code = readFileSync(join(example, 'index.js'), 'utf8');
    t.ok(linesOf(code) < MOST_LINES, `${linesOf(code)} lines`);
    t.strictSame(importsOf(code), ['brc-sync/sdk', ...Object.keys(dependencies)]);
    for (const file of readdirSync(example).filter((name) => name.endsWith('.test.js'))) {
      t.strictSame(importsOf(readFileSync(join(example, file), 'utf8')), ['brc-sync/testkit']);
    }
  });
}

void t.test('docs/PLUGINS.md: sink and test together are short', async (t) => {
  const blocks = [...readFileSync('docs/PLUGINS.md', 'utf8').matchAll(/nto `[\w.]+\.mjs`:\n\n```js\n(.*?)```/gs)].map(
    ([, code = '']) => code,
  );
  t.equal(blocks.length, 2);
  t.ok(linesOf(blocks.join('')) < MOST_LINES, `${linesOf(blocks.join(''))} lines`);
  t.strictSame([...new Set(blocks.flatMap(importsOf))], ['brc-sync/sdk', 'brc-sync/testkit']);
});
