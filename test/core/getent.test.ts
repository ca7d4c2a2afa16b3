import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { getentUserIds } from '../../src/core/getent.js';

const signal = new AbortController().signal;

/** Puts a program called getent first on the path; its calls are in the file it answers, one a line. */
function fakeGetent(t: Test, script: string): () => string[][] {
  const directory = t.testdir({ getent: `#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\n${script}\n` });
  chmodSync(join(directory, 'getent'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${directory}:${before ?? ''}`;
  t.teardown(() => {
    process.env.PATH = before;
  });
  const calls = join(directory, 'calls');
  return () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []).map((line) => line.split(' '));
}

void t.test('money 4: this machine’s user database', async (t) => {
  const found = await getentUserIds(['root', 'no_such_user_here', 'root'], { signal });
  t.same([...found], [['root', '0']], 'an unknown name is missing');
  t.same([...(await getentUserIds(['no_such_user_here'], { signal }))], []);
  t.same([...(await getentUserIds([], { signal }))], []);
});

void t.test('what is no user name is never asked for: it would be an option, or the user of that uid', async (t) => {
  const calls = fakeGetent(t, 'echo "alice:x:40001:1::/:"; exit 2');
  const names = ['-s', '--help', '0', '+0', '', ' 0', 'a b', 'a:b', 'a\nb', 'a\0b', 'x'.repeat(257)];
  t.same([...(await getentUserIds(names, { signal }))], []);
  t.same(calls(), []);
  t.same([...(await getentUserIds([...names, 'alice'], { signal }))], [['alice', '40001']]);
  t.same(calls(), [['passwd', 'alice']]);
});

void t.test('many names are asked for in batches, and answers count for the very name only', async (t) => {
  const calls = fakeGetent(t, 'shift; for name; do echo "$name:x:40001:1::/:"; echo "OTHER:x:7:1::/:"; done');
  const names = Array.from({ length: 1001 }, (_, index) => `user${index}`);
  const found = await getentUserIds(names, { signal });
  t.same([...found.keys()], names);
  t.same(
    calls().map((call) => call.length - 1),
    [500, 500, 1],
  );
});

void t.test('a getent that fails is an error, and no list of unknown users', async (t) => {
  for (const [title, script, message, deadline] of [
    ['it fails', 'echo "Unknown database: passwd" >&2; exit 1', /Unknown database: passwd/, {}],
    ['it answers something else', 'echo "alice"', /1 of the 7 fields/, {}],
    ['it answers no uid', 'echo "alice:x:forty:"', /not a numeric uid/, {}],
    ['it hangs', 'exec sleep 60', /not done after 0.2 s/, { timeoutMs: 200 }],
  ] as const) {
    await t.test(title, async (t) => {
      fakeGetent(t, script);
      await t.rejects(getentUserIds(['alice'], { signal, ...deadline }), { code: 'USER_MAP_INVALID', message, remedy: /"file"/ });
    });
  }
  await t.test('there is none', async (t) => {
    const before = process.env.PATH;
    process.env.PATH = t.testdir({});
    t.teardown(() => {
      process.env.PATH = before;
    });
    await t.rejects(getentUserIds(['alice'], { signal }), { code: 'USER_MAP_INVALID', message: /no such program/ });
  });
});

void t.test('an abort ends it', async (t) => {
  fakeGetent(t, 'exec sleep 60');
  const stopping = new AbortController();
  const asked = getentUserIds(['alice'], { signal: stopping.signal });
  stopping.abort(new Error('enough'));
  await t.rejects(asked, { message: 'enough' });
});
