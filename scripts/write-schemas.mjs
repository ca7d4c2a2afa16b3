// The JSON Schemas that the package publishes and whose source is in the code. After a build: node scripts/write-schemas.mjs [DIRECTORY]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { BUILTIN } from '../dist/builtin-plugins.js';
import { JOB_SCHEMA } from '../dist/core/job.js';
import { PLUGINS_FILE_SCHEMA } from '../dist/core/plugins-file-content.js';
import { RECORD_SCHEMA } from '../dist/core/record.js';

const directory = process.argv[2] ?? 'schemas';
const style = { ...(await resolveConfig('schemas/job.schema.json')), parser: 'json' };
const draft = { $schema: 'http://json-schema.org/draft-07/schema#' };

/** So that an editor completes the configuration of a built-in, too; of others only they themselves know. */
async function withBuiltins(schema) {
  const allOf = [];
  for (const [name, load] of Object.entries(BUILTIN)) {
    const { configSchema, description } = (await load()).default;
    const config = { description, ...configSchema, additionalProperties: false };
    allOf.push({ if: { properties: { plugin: { const: name } }, required: ['plugin'] }, then: { properties: { config } } });
  }
  const { instances } = schema.properties;
  const items = { ...instances.items, allOf };
  return { ...schema, properties: { ...schema.properties, instances: { ...instances, items } } };
}

mkdirSync(directory, { recursive: true });
for (const [name, schema] of Object.entries({ job: JOB_SCHEMA, record: RECORD_SCHEMA, plugins: await withBuiltins(PLUGINS_FILE_SCHEMA) })) {
  writeFileSync(join(directory, `${name}.schema.json`), await format(JSON.stringify({ ...draft, ...schema }), style));
}
