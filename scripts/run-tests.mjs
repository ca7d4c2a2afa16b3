// `npm test`: the built tests, several processes at once: one for each room, or for each file where a room's files need one of their own.
// As the command `tap` does it, but for its process info, which loads every module through a second thread, in tests and in all that they start,
// is of use to coverage only, and took a third of the time.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import t from 'tap';

const BUILT = join('.build', 'test');
/** They need more than a checkout: their own scripts run them. */
const APART = ['slurm', 'browser', 'package', 'stranger'];
/** Rooms whose tests share a process: to start one and to load the core again takes longer than most of them. A room within a room goes first. */
const TOGETHER = ['commands', 'end-to-end', join('core', 'reconcile'), 'core', 'portal'];
/** What takes longest comes first, so that nothing is left to wait for at the end. */
const FIRST = ['commands', 'end-to-end'];
/** Of a file, and of a room: ten times what the longest takes on two idle cores. */
const TIMEOUT_SECONDS = { file: 120, room: 600 };

const rank = (name) => FIRST.findIndex((part) => name.startsWith(part + sep)) >>> 0;
const names = readdirSync(BUILT, { recursive: true })
  .filter((name) => name.endsWith('.test.js') && !APART.includes(name.split(sep)[0]))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

/** Title of a process to its files. */
const processes = new Map();
for (const name of names) {
  const room = TOGETHER.find((part) => name.startsWith(part + sep));
  const title = join(BUILT, room ?? name);
  processes.set(title, [...(processes.get(title) ?? []), join(BUILT, name)]);
}

t.setTimeout(0);
t.jobs = availableParallelism();
// No colours whatever calls it: with `CI` set, or `FORCE_COLOR`, they would be in what the tests compare.
const { FORCE_COLOR, ...surroundings } = process.env;
for (const [title, files] of processes) {
  const isRoom = files.length > 1;
  const script = isRoom ? join('scripts', 'run-together.mjs') : files[0];
  const seconds = isRoom ? TIMEOUT_SECONDS.room : TIMEOUT_SECONDS.file;
  const env = { ...surroundings, NO_COLOR: '1', TAP_TIMEOUT: String(seconds), BRC_SYNC_TEST_FILES: files.join('\n') };
  void t.spawn(process.execPath, ['--enable-source-maps', script], { buffered: true, timeout: seconds * 1000, env }, title);
}
