import fc from 'fast-check';
import t from 'tap';
import { compilePluginConfig } from '../../src/core/plugin-config.js';
import { exampleOf } from '../../src/core/schema-example.js';
import { SECRET_SCHEMA } from '../../src/core/secret.js';

const SCHEMA = {
  properties: {
    url: { type: 'string', pattern: '^https://', examples: ['https://portal.example.org/'] },
    mode: { enum: ['update', 'full'] },
    retries: { type: 'integer', minimum: 2, default: 4 },
    token: SECRET_SCHEMA,
    proxy: {
      anyOf: [
        { type: 'null' },
        { type: 'object', required: ['host'], additionalProperties: false, properties: { host: { type: 'string' } } },
      ],
    },
  },
  required: ['url', 'token'],
};

void t.test('defaults are filled in', (t) => {
  const config = { url: 'https://x/', token: { env: 'TOKEN' } };
  t.same(compilePluginConfig(SCHEMA)(config), []);
  t.match(config, { retries: 4 });
  t.end();
});

void t.test('two plugins may give their schemas the same $id', (t) => {
  const schemaOf = (name: string) => ({ $id: 'config', properties: { [name]: { type: 'integer' } }, required: [name] });
  const [one, other] = [compilePluginConfig(schemaOf('one')), compilePluginConfig(schemaOf('other'))];
  t.same([one({ one: 1 }), other({ other: 2 })], [[], []]);
  t.match(other({ one: 1 }), [{ pointer: /one|other/ }]);
  t.end();
});

void t.test('every problem is told at once, with pointer, cause and a value that would pass', (t) => {
  const problems = compilePluginConfig(SCHEMA)({
    'ur/l': 'x',
    mode: 'fulll',
    retries: 1,
    token: { env: 'A', file: 'b' },
    proxy: { port: 1 },
  });
  t.match(
    problems.toSorted((one, other) => one.pointer.localeCompare(other.pointer)),
    [
      { pointer: '/mode', what: 'must be one of "update", "full"', example: 'update' },
      { pointer: '/proxy', what: /none of the forms/ },
      { pointer: '/retries', what: 'must be >= 2', example: 4 },
      { pointer: '/token', what: /use \{env\} or \{file\}/, example: { env: 'BRC_SYNC_TOKEN' } },
      { pointer: '/ur~1l', what: 'is an unknown key; did you mean "url"?' },
      { pointer: '/url', what: 'is missing', example: 'https://portal.example.org/' },
    ],
  );
  t.end();
});

void t.test('a choice is told by the branch that was meant', (t) => {
  const config = { url: 'https://x/', token: { env: 'T' }, proxy: { host: 4 } };
  t.match(compilePluginConfig(SCHEMA)(config), [{ pointer: '/proxy/host', what: 'must be string', example: 'text' }]);
  t.end();
});

void t.test('unknown keys are refused though the author forgot to, or allowed them', (t) => {
  for (const schema of [{}, { type: 'object' }, { additionalProperties: true }]) {
    t.match(compilePluginConfig(schema)({ any: 1 }), [{ pointer: '/any', what: 'is an unknown key; no key is allowed here' }]);
  }
  t.end();
});

void t.test('a literal secret is refused in every disguise and never shown', (t) => {
  const literal = 'hunter2-hunter2!';
  for (const token of [literal, [literal], { value: literal }, { env: literal }, { [literal]: 1 }]) {
    for (const schema of [SECRET_SCHEMA, { anyOf: [SECRET_SCHEMA, { type: 'null' }] }]) {
      const problems = compilePluginConfig({ properties: { token: schema } })({ token });
      t.ok(problems.length > 0);
      t.notMatch(JSON.stringify(problems), 'hunter2');
    }
  }
  t.match(compilePluginConfig(SCHEMA)({ url: 'https://x/', token: literal }), [
    { what: /a literal secret is refused; use \{env\} or \{file\}/ },
  ]);
  t.end();
});

void t.test('an example passes its schema, or there is none', (t) => {
  const leaf = fc.oneof(
    fc.record({ type: fc.constant('string'), minLength: fc.nat(8) }),
    fc.record({ type: fc.constant('integer'), minimum: fc.integer(), default: fc.integer() }),
    fc.record({ enum: fc.uniqueArray(fc.string(), { minLength: 1 }) }),
    fc.record({ type: fc.constant('boolean') }),
  );
  const schema = fc.oneof(
    leaf,
    leaf.map((items) => ({ type: 'array', items })),
    leaf.map((a) => ({ type: 'object', required: ['a'], properties: { a } })),
  );
  const holds = fc.property(schema, (value) => {
    const example = exampleOf(value);
    return example === undefined || compilePluginConfig({ properties: { value } })({ value: example }).length === 0;
  });
  t.doesNotThrow(() => fc.assert(holds, { numRuns: 60 }));
  t.end();
});
