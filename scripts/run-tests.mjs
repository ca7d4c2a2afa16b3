// `npm test`: the built tests, each in a process of its own, several at once.
// As the command `tap` does it, but for its process info, which loads every module through a second thread, in tests and in all that they start,
// is of use to coverage only, and took a third of the time.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import t from 'tap';

const BUILT = join('.build', 'test');
/** They need more than a checkout: their own scripts run them. */
const APART = ['slurm', 'browser', 'package', 'stranger'];
/** What takes longest comes first, so that nothing is left to wait for at the end. */
const FIRST = ['end-to-end', 'commands'];
const TIMEOUT_SECONDS = 240;

const rank = (name) => FIRST.findIndex((part) => name.startsWith(part + sep)) >>> 0;
const names = readdirSync(BUILT, { recursive: true })
  .filter((name) => name.endsWith('.test.js') && !APART.includes(name.split(sep)[0]))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

t.setTimeout(0);
t.jobs = availableParallelism();
// No colours whatever calls it: with `CI` set, or `FORCE_COLOR`, they would be in what the tests compare.
const { FORCE_COLOR, ...surroundings } = process.env;
const env = { ...surroundings, NO_COLOR: '1', TAP_TIMEOUT: String(TIMEOUT_SECONDS) };
for (const name of names) {
  const file = join(BUILT, name);
  void t.spawn(process.execPath, ['--enable-source-maps', file], { buffered: true, timeout: TIMEOUT_SECONDS * 1000, env }, file);
}
