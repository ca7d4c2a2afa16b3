// Several test files in one process, one after the other: those that run-tests.mjs names, a line each.
// By the environment, since tap names its directories after the arguments.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';

for (const file of process.env.BRC_SYNC_TEST_FILES.split('\n')) {
  t.comment(file);
  await import(pathToFileURL(resolve(file)).href);
}
