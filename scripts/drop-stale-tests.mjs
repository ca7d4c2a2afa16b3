// Builds are incremental: a built test whose source has gone would be run for ever.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = '.build/test';

for (const name of readdirSync(BUILT, { recursive: true })) {
  if (!name.endsWith('.test.js')) continue;
  if (!existsSync(join('test', name.replace(/\.js$/, '.ts')))) rmSync(join(BUILT, name));
}
