import { compileSchema } from './schema.js';

type Schema = Readonly<Record<string, unknown>>;

/** A value that passes a JSON Schema, the author's own examples first; undefined when none is found. */
export function exampleOf(schema: unknown): unknown {
  if (!isSchema(schema)) return undefined;
  return candidates(schema).find((candidate) => candidate !== undefined && passes(schema, candidate));
}

function candidates(schema: Schema): unknown[] {
  const listed = [schema.examples, schema.enum].flatMap((values) => (Array.isArray(values) ? (values as unknown[]) : []));
  const types = Array.isArray(schema.type) ? (schema.type as unknown[]) : [schema.type];
  return [...listed, schema.default, schema.const, ...types.map((type) => exampleOfType(schema, type))];
}

function exampleOfType(schema: Schema, type: unknown): unknown {
  switch (type) {
    case 'string':
      return 'text';
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? schema.maximum ?? 1;
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items)];
    case 'object':
      return exampleObject(schema);
    default:
      return undefined;
  }
}

function exampleObject(schema: Schema): unknown {
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const properties = isSchema(schema.properties) ? schema.properties : {};
  return Object.fromEntries(required.map((key) => [key, exampleOf(properties[key])]));
}

/** False also for a part that cannot be compiled on its own, such as one with a `$ref` to its root. */
function passes(schema: Schema, value: unknown): boolean {
  try {
    return compileSchema(schema)(value);
  } catch {
    return false;
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
