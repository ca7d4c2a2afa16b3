import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DEMONSTRATION_SEED } from '../portal/demonstration-seed.js';
import { startPortal } from '../portal/start-portal.js';
import { brcSync } from '../support/cli.js';
import type { Ended } from '../support/cli.js';
import { fences, section } from '../support/readme.js';
import { faultsOfUsage } from './books.js';

void t.test('what the README tries against a portal does what it says', async (t) => {
  const portal = await startPortal();
  t.teardown(() => portal.close());
  const state = t.testdir();
  const [serve = '', run = ''] = fences(section('Try it against a portal'), '');
  const { port } = new URL(`http://127.0.0.1:${serve.trim().split(' ').at(-1)}/`);
  t.equal(port, '8000');
  const [token, ...commands] = run.trim().split('\n');
  t.equal(token, `export PORTAL_TOKEN=${DEMONSTRATION_SEED.tokens.staff!.key}`);
  t.equal(commands.length, 2);

  // The packaged instance is of port 8000, which may be taken here: another origin, which gets no token of that instance.
  writeFileSync(join(state, 'token'), DEMONSTRATION_SEED.tokens.staff!.key, { mode: 0o600 });
  const elsewhere = ['--target', portal.baseUrl, '--token-file', join(state, 'token')];
  const play = (command: string): Promise<Ended> => {
    const words = command.replace('.brc-sync', state).split(' ');
    t.strictSame(words.splice(0, 2), ['node', 'bin/run.js']);
    return brcSync([...words, ...elsewhere]);
  };
  const [update = '', full = ''] = commands;
  const first = await play(update);
  t.equal(first.code, 0, first.stderr);
  t.match(first.stdout, /^Applied 7 changes/mu, 'seven, as it says');
  const second = await play(full);
  t.equal(second.code, 0, second.stderr);
  t.match(second.stdout, /^Applied 5 changes/mu);
  t.strictSame(faultsOfUsage(portal.state), []);
  const puts = portal.requests.filter(({ method }) => method === 'PUT').length;
  t.equal((await play(full)).code, 0);
  t.equal(portal.requests.filter(({ method }) => method === 'PUT').length, puts, 'nothing left to do');
});
