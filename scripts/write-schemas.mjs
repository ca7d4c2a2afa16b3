// The JSON Schemas that the package publishes and whose source is in the code. After a build: node scripts/write-schemas.mjs [DIRECTORY]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { JOB_SCHEMA } from '../dist/core/job.js';
import { PLUGINS_FILE_SCHEMA } from '../dist/core/plugins-file-content.js';
import { RECORD_SCHEMA } from '../dist/core/record.js';

const directory = process.argv[2] ?? 'schemas';
const style = { ...(await resolveConfig('schemas/job.schema.json')), parser: 'json' };
const draft = { $schema: 'http://json-schema.org/draft-07/schema#' };

mkdirSync(directory, { recursive: true });
for (const [name, schema] of Object.entries({ job: JOB_SCHEMA, record: RECORD_SCHEMA, plugins: PLUGINS_FILE_SCHEMA })) {
  writeFileSync(join(directory, `${name}.schema.json`), await format(JSON.stringify({ ...draft, ...schema }), style));
}
