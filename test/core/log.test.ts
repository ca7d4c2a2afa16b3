import { closeSync, fstatSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { isJournal } from '../../src/core/journald.js';
import { createLogger } from '../../src/core/log.js';
import { createSecret } from '../../src/core/secret.js';

function linesOf(path: string): Record<string, unknown>[] {
  const text = readFileSync(path, 'utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

void t.test('the file takes everything as JSON lines that only its owner can read; people see warnings and errors', (t) => {
  const file = join(t.testdir({}), 'run.log');
  const shown: string[] = [];
  const logger = createLogger({ file, stderr: (line) => shown.push(line) });
  logger.debug('looking', { count: 3 });
  logger.child('mylrc').warn('slow', { ms: 4000 });
  logger.error('failed', { error: new Error('broken') });
  logger.close();
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.match(linesOf(file), [
    { level: 'debug', message: 'looking', count: 3, time: /^\d{4}-\d\d-\d\dT.*Z$/ },
    { level: 'warn', message: 'slow', ms: 4000, instance: 'mylrc' },
    { level: 'error', message: 'failed', error: /broken/ },
  ]);
  t.same(shown, ['warn [mylrc]: slow ms=4000', 'error: failed error="broken"']);
  t.end();
});

void t.test('debug lines are in the file when the turn has ended, others at once with all before them', async (t) => {
  const file = join(t.testdir({}), 'run.log');
  const logger = createLogger({ file });
  logger.debug('first');
  logger.info('second');
  t.match(linesOf(file), [{ message: 'first' }, { message: 'second' }]);
  logger.debug('third');
  await new Promise(setImmediate);
  t.match(linesOf(file)[2], { message: 'third' });
  logger.debug('fourth');
  logger.close();
  t.equal(linesOf(file).length, 4);
});

void t.test('an existing log is continued and closed to others; --debug shows everything', (t) => {
  const file = join(t.testdir({}), 'run.log');
  writeFileSync(file, '{"message":"before"}\n', { mode: 0o644 });
  const shown: string[] = [];
  const logger = createLogger({ file, stderr: (line) => shown.push(line), debug: true });
  logger.info('after', { list: ['a', 'b'] });
  logger.close();
  t.match(linesOf(file), [{ message: 'before' }, { message: 'after' }]);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.same(shown, ["info: after list=[ 'a', 'b' ]"]);
  t.end();
});

void t.test('a secret is written to neither, at any depth, and control characters do not reach the terminal', (t) => {
  const file = join(t.testdir({}), 'run.log');
  const shown: string[] = [];
  const logger = createLogger({ file, stderr: (line) => shown.push(line), debug: true });
  const secret = createSecret('hunter2-hunter2');
  logger.info('\u001b[31mred', { secret, deep: { list: [{ secret }] }, text: '\u001b[2J' });
  logger.close();
  const written = readFileSync(file, 'utf8') + shown.join('\n');
  t.notMatch(written, 'hunter2');
  t.equal(written.match(/\[secret\]/g)?.length, 4);
  t.notMatch(shown.join(''), '\u001b');
  t.end();
});

void t.test('in the journal of systemd each entry is one line with its level, and says what a run has to tell', (t) => {
  const shown: string[] = [];
  const logger = createLogger({ stderr: (line) => shown.push(line), journal: true });
  logger.debug('looking');
  logger.info('plan written', { creates: 4, suNet: '-246.45' });
  logger.child('mylrc').warn('two\n  lines', { ms: 4000 });
  logger.error('the run failed', { error: new Error('broken\nin two') });
  logger.close();
  t.same(shown, ["<6>plan written creates=4 suNet='-246.45'", '<4>[mylrc] two lines ms=4000', '<3>the run failed error="broken\\nin two"']);
  t.end();
});

void t.test('the journal is told by the device and inode of the descriptor', (t) => {
  const descriptor = openSync(join(t.testdir({ file: '' }), 'file'), 'r');
  const { dev, ino } = fstatSync(descriptor);
  t.ok(isJournal({ JOURNAL_STREAM: `${dev}:${ino}` }, descriptor));
  t.notOk(isJournal({ JOURNAL_STREAM: `${dev}:${ino + 1}` }, descriptor));
  t.notOk(isJournal({}, descriptor));
  closeSync(descriptor);
  t.notOk(isJournal({ JOURNAL_STREAM: `${dev}:${ino}` }, descriptor));
  t.end();
});
