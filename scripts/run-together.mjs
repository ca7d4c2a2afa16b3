// Several test files in one process, one after the other: those that run-tests.mjs names, a line each.
// By the environment, since tap names its directories after the arguments.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';

const files = process.env.BRC_SYNC_TEST_FILES.split('\n');
// All tests wait for this one: tap would end while a file still awaits something of its own before its first test.
void t.test('every file is loaded', async (t) => {
  for (const file of files) await import(pathToFileURL(resolve(file)).href);
  t.pass(`${files.length} files`);
});
