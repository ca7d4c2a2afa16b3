import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import t from 'tap';
import { createSecret, createSecretResolver } from '../../src/core/secret.js';

const VALUE = 'hunter2-hunter2';

void t.test('a secret prints as [secret], however it is printed, and reveals itself only when asked', (t) => {
  const secret = createSecret(VALUE);
  const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }), inspect(secret, { showHidden: true, depth: 9 })];
  for (const text of printed) t.notMatch(text, VALUE);
  t.match(printed[0], '[secret]');
  t.match(printed[1], '"[secret]"');
  t.match(printed[2], '[secret]');
  t.equal(secret.reveal(), VALUE);
  t.end();
});

void t.test('references are read from the environment and from files beside the plugins file', async (t) => {
  const folder = t.testdir({ token: `${VALUE}\n` });
  chmodSync(join(folder, 'token'), 0o600);
  const warnings: string[] = [];
  const resolver = createSecretResolver({ env: { TOKEN: VALUE }, baseDirectory: folder, warn: (message) => warnings.push(message) });
  t.equal((await resolver.resolve({ env: 'TOKEN' })).reveal(), VALUE);
  t.equal((await resolver.resolve({ file: 'token' })).reveal(), VALUE);
  t.same(warnings, []);
});

void t.test('a credential of the systemd unit is read instead of the file with its name', async (t) => {
  const folder = t.testdir({ token: 'only root reads this', other: VALUE, credentials: { token: VALUE } });
  for (const name of ['token', 'other', 'credentials/token']) chmodSync(join(folder, name), 0o600);
  const env = { CREDENTIALS_DIRECTORY: join(folder, 'credentials') };
  const resolver = createSecretResolver({ env, baseDirectory: folder, warn: () => undefined });
  t.equal((await resolver.resolve({ file: 'token' })).reveal(), VALUE);
  t.equal((await resolver.resolve({ file: join(folder, 'token') })).reveal(), VALUE);
  t.equal((await resolver.resolve({ file: 'other' })).reveal(), VALUE, 'without a credential of its name the file counts');
});

void t.test('a file that others can read is a warning with its remedy', async (t) => {
  const folder = t.testdir({ token: VALUE });
  chmodSync(join(folder, 'token'), 0o644);
  const warnings: string[] = [];
  const resolver = createSecretResolver({ env: {}, baseDirectory: folder, warn: (message) => warnings.push(message) });
  t.equal((await resolver.resolve({ file: 'token' })).reveal(), VALUE);
  t.match(warnings, [/readable by every user .*chmod 600/]);
});

void t.test('what is missing or empty is a configuration error with a remedy', async (t) => {
  const folder = t.testdir({});
  writeFileSync(join(folder, 'empty'), '\n', { mode: 0o600 });
  const resolver = createSecretResolver({ env: { EMPTY: '' }, baseDirectory: folder, warn: () => undefined });
  for (const [reference, message] of [
    [{ env: 'MISSING' }, /MISSING, .* is not set/],
    [{ env: 'EMPTY' }, /is empty/],
    [{ file: 'missing' }, /cannot be read: ENOENT/],
    [{ file: 'empty' }, /is empty/],
  ] as const) {
    await t.rejects(resolver.resolve(reference), { code: 'CONFIG_INVALID', message, remedy: /\w/ });
  }
});
