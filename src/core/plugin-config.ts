import { didYouMean } from './did-you-mean.js';
import type { ConfigSchema } from './plugin.js';
import { compileConfigSchema, type ErrorObject } from './schema.js';
import { exampleOf } from './schema-example.js';
import { SECRET_MARK } from './secret.js';

/** What is wrong at a place of a document; `pointer` counts from the document's root. Never shows the value found: it may be a secret. */
export interface SchemaProblem {
  readonly pointer: string;
  readonly what: string;
  readonly example?: unknown;
}

/** The schema of an instance's `config`, with unknown keys refused at its top level, whatever its author wrote. Throws where ajv refuses it. */
export function compilePluginConfig(schema: ConfigSchema): (config: unknown) => SchemaProblem[] {
  return compileChecker({ type: 'object', ...schema, additionalProperties: false });
}

/** A check that fills in defaults and finds all problems at once. */
export function compileChecker(schema: object): (value: unknown) => SchemaProblem[] {
  const validate = compileConfigSchema(schema);
  return (value) => (validate(value) ? [] : problemsOf(validate.errors ?? []));
}

function problemsOf(errors: readonly ErrorObject[]): SchemaProblem[] {
  const told = withoutBranches(errors).filter((error) => error.keyword !== 'if');
  const byText = new Map(told.map(problemOf).map((problem) => [`${problem.pointer} ${problem.what}`, problem]));
  return [...byText.values()];
}

/**
 * Of `anyOf` and `oneOf` ajv tells what each branch dislikes. What lies deeper than the choice is the branch that was meant;
 * a secret reference speaks for itself; else the choice alone is told.
 */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  return choices.reduce<ErrorObject[]>(
    (told, choice) => {
      const inside = told.filter((error) => error.schemaPath.startsWith(`${choice.schemaPath}/`));
      const kept = inside.filter((error) => error.instancePath !== choice.instancePath || isSecretSchema(error.parentSchema));
      const others = told.filter((error) => error !== choice && !inside.includes(error));
      return [...others, ...(kept.length > 0 ? kept : [choice])];
    },
    [...errors],
  );
}

function problemOf(error: ErrorObject): SchemaProblem {
  const schema: unknown = error.parentSchema;
  if (isSecretSchema(schema))
    return {
      pointer: error.instancePath,
      what: 'is not a reference: a literal secret is refused; use {env} or {file}',
      example: exampleOf(schema),
    };
  if (error.keyword === 'required') return missingKey(error);
  if (error.keyword === 'additionalProperties') return unknownKey(error);
  return { pointer: error.instancePath, what: sentence(error), example: exampleOf(schema) };
}

function missingKey(error: ErrorObject): SchemaProblem {
  const key = String((error.params as { missingProperty: unknown }).missingProperty);
  return { pointer: `${error.instancePath}/${escapePointer(key)}`, what: 'is missing', example: exampleOf(propertiesOf(error)[key]) };
}

function unknownKey(error: ErrorObject): SchemaProblem {
  const key = String((error.params as { additionalProperty: unknown }).additionalProperty);
  const known = Object.keys(propertiesOf(error));
  const hint = didYouMean(key, known) || (known.length === 0 ? '; no key is allowed here' : `; allowed here: ${known.join(', ')}`);
  return { pointer: `${error.instancePath}/${escapePointer(key)}`, what: `is an unknown key${hint}` };
}

function sentence(error: ErrorObject): string {
  switch (error.keyword) {
    case 'enum':
      return `must be one of ${(error.params as { allowedValues: unknown[] }).allowedValues.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'const':
      return `must be ${JSON.stringify((error.params as { allowedValue: unknown }).allowedValue)}`;
    case 'anyOf':
    case 'oneOf':
      return 'has none of the forms that are allowed here';
    default:
      return error.message ?? `breaks the rule "${error.keyword}"`;
  }
}

function propertiesOf(error: ErrorObject): Readonly<Record<string, unknown>> {
  return ((error.parentSchema as { properties?: Record<string, unknown> } | undefined)?.properties ?? {}) satisfies Record<string, unknown>;
}

function isSecretSchema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && '$comment' in schema && schema.$comment === SECRET_MARK;
}

/** RFC 6901. */
function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
