import fc from 'fast-check';
import t from 'tap';
import { readPython } from '../../../src/core/retired/read-python.js';
import { writePython } from '../../../src/core/retired/write-python.js';

void t.test('what is written is read again', (t) => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (given) => {
      t.same(JSON.stringify(readPython(`${writePython(given)} BEFORE : None`)), JSON.stringify(given));
    }),
    { numRuns: 300 },
  );
  t.end();
});

void t.test('the forms of Python 2', (t) => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["{u'a': u'\\u00fc\\xe9', \"b\": \"it's\", 'c': 'it\\'s\\n\\\\', }", { a: 'üé', b: "it's", c: "it's\n\\" }],
    ["{'a': [1, 2L, -0.5, 1e-05, 3.], 'b': (True, False, None), 'c': {}}", { a: [1, 2, -0.5, 0.00001, 3], b: [true, false, null], c: {} }],
    ["'\\101\\7\\q\\t'", 'A\x07\\q\t'],
    ["{ 'a' : 1 } and more", { a: 1 }],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
  ];
  for (const [text, value] of cases) t.same(JSON.stringify(readPython(text)), JSON.stringify(value), text);
  for (const text of ['', '{', "{'a'", "{'a': }", '{1: 2}', "['a' 'b']", "'open", "'\\x4'", "'\\", 'nonsense', "{'a': 1", '[1,,2]']) {
    t.equal(readPython(text), undefined, text);
  }
  t.end();
});

void t.test('no text makes it fail, go deep or take long', (t) => {
  const piece = fc.constantFrom('{', '}', '[', ']', '(', "'", '"', ',', ':', '\\', 'None', 'u', '1', ' ', 'é');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      readPython(pieces.join(''));
    }),
    { numRuns: 500 },
  );
  t.equal(readPython('['.repeat(1_000_000)), undefined);
  t.equal(readPython("{'a':".repeat(100_000)), undefined);
  const long = 'x\\n'.repeat(500_000);
  t.equal((readPython(`'${long}'`) as string).length, 1_000_000);
  t.end();
});
