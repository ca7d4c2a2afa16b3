import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

export type { ErrorObject, ValidateFunction };

/** A validator for data that come from outside: stops at the first error, changes nothing. */
export function compileSchema<T>(schema: object): ValidateFunction<T> {
  return new Ajv({ allErrors: false, strict: true, allowUnionTypes: true }).compile<T>(schema);
}

/** A validator for configuration: all errors at once, defaults filled in. */
export function compileConfigSchema(schema: object): ValidateFunction {
  return new Ajv({ allErrors: true, useDefaults: true, strict: true, allowUnionTypes: true, verbose: true }).compile(schema);
}
