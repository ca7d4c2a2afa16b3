import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { SecretReference } from '../../../../src/core/plugin-environment.js';
import { aSlurmrestdSource, reading, rowsOf } from '../../../support/slurmrestd.js';
import { lastInstant, recorded, replayHttp, standIn, V38 } from './stand-in.js';
import { temporaryDirectory } from '../../../support/temporary-directory.js';

void t.test('tokens: renewed when refused, an error when nothing renews them, never shown', async (t) => {
  for (const refusal of ['slurm-22.05.8/rest-v0.0.38-bad-token.http', 'slurm-25.11.7/rest-v0.0.44-bad-token.http', null]) {
    const accepted = new Set(['token-1']);
    const server = await standIn(t, {
      recording: V38,
      before: (request, _, response) => {
        if (accepted.has(String(request.headers['x-slurm-user-token']))) return false;
        if (refusal === null) response.writeHead(401, { 'Content-Type': 'text/plain' }).end('Authentication failure');
        else replayHttp(response, refusal);
        return true;
      },
    });
    const counter = join(temporaryDirectory(), 'count');
    writeFileSync(counter, '');
    const command = ['sh', '-c', `echo >>"$0"; echo "SLURM_JWT=token-$(wc -l <"$0")"`, counter];
    const source = aSlurmrestdSource({ url: server.url, token: { command } }, { now: () => lastInstant(recorded(V38)) });
    t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
    accepted.clear();
    accepted.add('token-2');
    t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0, 'expired in mid-run');
    accepted.clear();
    const error = await rowsOf(source.jobsById(['1'], reading())).catch((reason: unknown) => reason);
    t.match(error, { code: 'UNAUTHORISED', message: /does not accept the token/ });
    t.notMatch(JSON.stringify(error) + String(error), /token-\d/);
    const fixed = aSlurmrestdSource({ url: server.url }, { env: { TOKEN: 'old' } });
    await t.rejects(rowsOf(fixed.jobsById(['1'], reading())), { code: 'UNAUTHORISED' });
    await Promise.all([source.close(), fixed.close()]);
  }
});

void t.test(
  'tokens: the user is whom the token names; one near its end is renewed before it is sent; a failing command is told',
  async (t) => {
    const now = lastInstant(recorded(V38));
    const jwt = (exp: number): string => `e30.${Buffer.from(JSON.stringify({ sun: 'slurm', exp })).toString('base64url')}.x`;
    const server = await standIn(t, { recording: V38 });
    const source = aSlurmrestdSource({ url: server.url, token: { command: ['echo', jwt(now + 10)] } }, { now: () => now });
    t.ok((await rowsOf(source.jobsById(['1'], reading()))).length > 0);
    t.equal(server.requests[0]?.headers['x-slurm-user-name'], 'slurm');
    const failing = { url: server.url, token: { command: ['sh', '-c', 'echo secret; echo no key >&2; exit 3'] } };
    await t.rejects(rowsOf(aSlurmrestdSource(failing).jobsById(['1'], reading())), {
      code: 'UNAUTHORISED',
      message: /gave no token.*: no key\.$/,
    });
    const silent = { url: server.url, token: { command: ['true'] } };
    await t.rejects(rowsOf(aSlurmrestdSource(silent).jobsById(['1'], reading())), { message: /it printed no token/ });
    await source.close();
  },
);

void t.test('check says until when a token is good, and warns on its last day', async (t) => {
  const now = lastInstant(recorded(V38));
  const jwt = (exp: number): string => `e30.${Buffer.from(JSON.stringify({ sun: 'root', exp })).toString('base64url')}.x`;
  const server = await standIn(t, { recording: V38 });
  const checked = async (token: SecretReference | { readonly command: readonly string[] }, seconds = 0) => {
    const source = aSlurmrestdSource({ url: server.url, token, user: 'root' }, { now: () => now, env: { TOKEN: jwt(now + seconds) } });
    const results = await source.check(reading());
    await source.close();
    return results.find(({ name }) => name === 'token');
  };
  const soon = await checked({ env: 'TOKEN' }, 3600);
  t.match(soon, { ok: false, warning: true, message: /expires 20\d\d-/, remedy: /scontrol token username=root lifespan=.* "command"/ });
  t.match(await checked({ env: 'TOKEN' }, 7 * 86_400), { ok: true, message: /expires 20\d\d-/ }, 'a longer one');
  t.match(await checked({ command: ['echo', jwt(now + 3600)] }), { ok: true, message: /run again when it expires/ }, 'a command');
});
