import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readRecordedSeed } from './fixtures.js';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

void t.test('npm run portal prints its base URL first, serves the seed at its own time, and ends with Ctrl-C', async (t) => {
  const flags = ['--port', '0', '--seed', 'test/fixtures/portal/seed.json', '--now', '2026-10-31T23:59:00Z', '--slow'];
  const portal = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => portal.kill('SIGKILL'));
  const [line] = (await once(createInterface(portal.stdout), 'line')) as [string];
  t.match(line, /^http:\/\/127\.0\.0\.1:\d+\/api\/$/u);
  const key = readRecordedSeed().tokens.expired!.key;
  const answer = await fetch(`${line}users/?username=alice`, { headers: { Authorization: `Token ${key}` } });
  t.equal(answer.status, 200, 'the token expires a minute later');
  t.match(await answer.json(), { count: 1 });
  portal.kill('SIGINT');
  t.strictSame(await once(portal, 'exit'), [0, null]);
});

void t.test('without a seed it names a token that may write to the demonstration', async (t) => {
  const portal = spawn(process.execPath, [MAIN], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => portal.kill('SIGKILL'));
  const lines = createInterface(portal.stdout)[Symbol.asyncIterator]();
  const url = String((await lines.next()).value);
  const token = /^Token: (\S+)$/u.exec(String((await lines.next()).value))?.[1];
  const body = { jobslurmid: '900', userid: '0', accountid: 'fc_alpha' };
  const headers = { Authorization: `Token ${token}`, 'Content-Type': 'application/json' };
  t.equal((await fetch(`${url}jobs/900/`, { method: 'PUT', headers, body: JSON.stringify(body) })).status, 200);
});
