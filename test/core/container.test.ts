import 'reflect-metadata';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { container as globalContainer } from 'tsyringe';
import { openRun, type OpenRun } from '../../src/core/container.js';
import { createLogger } from '../../src/core/log.js';
import { CONFIG } from '../../src/core/tokens.js';
import { FIXTURE_BUILTINS, placesIn, pluginsFolder } from '../plugin-fixtures.js';

const INSTANCES = [
  { name: 'greeter', plugin: 'greeter', config: { greeting: 'hello' }, site: { timeZone: 'UTC' } },
  { name: 'sink', plugin: './plugins/class-sink.mjs', config: { token: { file: 'token' } }, cluster: 'brc' },
  { name: 'foo', plugin: './plugins/undecorated-sink.mjs' },
  { name: 'hollow', plugin: 'hollow' },
];

interface Opened {
  readonly run: Promise<OpenRun>;
  readonly log: () => string;
}

function open(t: Test, source: string, sink: string): Opened {
  const folder = pluginsFolder(t, { instances: INSTANCES });
  writeFileSync(join(folder, 'token'), 'hunter2-hunter2');
  chmodSync(join(folder, 'token'), 0o644);
  const logFile = join(folder, 'run.log');
  const logger = createLogger({ file: logFile });
  t.teardown(() => logger.close());
  const { signal } = new AbortController();
  const rest = { logger, clock: { now: () => 0 }, signal, env: {}, output: () => undefined };
  return {
    run: openRun({ places: placesIn(folder), builtins: FIXTURE_BUILTINS, source, sink, ...rest }),
    log: () => readFileSync(logFile, 'utf8'),
  };
}

void t.test('a source from a factory and a sink from a class of the SDK, each with its own configuration, site and logger', async (t) => {
  const { run: opening, log } = open(t, 'greeter', 'sink');
  const run = await opening;
  const { signal } = new AbortController();
  t.match(await run.source.instance.check({ signal }), [{ name: 'hello', message: '3' }]);
  t.match(run.source, { name: 'greeter', plugin: 'greeter', site: { timeZone: 'UTC' }, cluster: null });
  t.match(await run.sink.instance.check({ signal }), [{ message: '[secret] of 15 letters' }]);
  t.match(run.sink, { name: 'sink', site: { timeZone: 'America/Los_Angeles' }, cluster: 'brc' });
  await run.close();
  await run.close();
  const lines = log()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  t.match(lines, [
    { level: 'warn', instance: 'sink', message: /chmod 600/ },
    { instance: 'sink', message: 'checked', token: '[secret]', nested: { token: '[secret]' } },
    { instance: 'sink', message: 'sink closed' },
    { instance: 'greeter', message: 'source closed' },
  ]);
  t.equal(lines.length, 4, 'closed once each, the sink first');
  t.notMatch(log(), 'hunter2');
  t.notOk(globalContainer.isRegistered(CONFIG, true), 'the global container stays empty');
});

void t.test('a sink given as source is told what it is', async (t) => {
  const swapped = { code: 'USAGE', exitCode: 2, message: /--source sink: .* is a sink, not a source; did you mean --sink sink\?/ };
  await t.rejects(open(t, 'sink', 'sink').run, swapped);
  await t.rejects(open(t, 'greeter', 'greeter').run, { message: /is a source, not a sink; did you mean --source greeter\?/ });
});

void t.test('a class that this copy of tsyringe does not know is explained, and what was open is closed', async (t) => {
  const { run, log } = open(t, 'greeter', 'foo');
  await t.rejects(run, {
    code: 'PLUGIN_CONTRACT',
    message: /instance "foo".*TypeInfo not known for "FooSink"/,
    remedy: /second copy of tsyringe.*useFactory/,
  });
  t.match(log(), 'source closed');
});

void t.test('what lacks a required method is no sink', async (t) => {
  await t.rejects(open(t, 'greeter', 'hollow').run, {
    code: 'PLUGIN_CONTRACT',
    message: /instance "hollow".*lacks openRecords\(\), put\(\)/,
  });
});
