import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

export type { ErrorObject, ValidateFunction };

// One of each for the process: ajv compiles the meta-schema for each instance, and keeps what it compiled by the schema's identity.
// Two plugins may well give their schemas the same `$id`: used schemas are not registered under it.
// Its own optimising of what it generates costs more time than it saves: V8 does the same.
const COMMON = { strict: true, allowUnionTypes: true, addUsedSchema: false, code: { optimize: false } };
const forData = new Ajv({ ...COMMON, allErrors: false });
const forConfig = new Ajv({ ...COMMON, allErrors: true, useDefaults: true, verbose: true });

/** A validator for data that come from outside: stops at the first error, changes nothing. The same schema object gives the same validator. */
export function compileSchema<T>(schema: object): ValidateFunction<T> {
  return forData.compile<T>(schema);
}

/** A validator for configuration: all errors at once, defaults filled in. */
export function compileConfigSchema(schema: object): ValidateFunction {
  return forConfig.compile(schema);
}
