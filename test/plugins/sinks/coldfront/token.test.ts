import { rename, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import t, { type Test } from 'tap';
import type { LogFields, Logger } from '../../../../src/core/plugin-environment.js';
import { readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal, type RunningPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink, keyOf } from '../../../support/coldfront.js';

const signal = new AbortController().signal;

async function started(t: Test): Promise<RunningPortal> {
  const portal = await startPortal({ seed: readRecordedSeed(), now: '2026-11-23T00:00:00Z' });
  t.teardown(() => portal.close());
  return portal;
}

function statuses(portal: RunningPortal): number[] {
  return portal.requests.map(({ status }) => status);
}

void t.test('a token file that was renewed is read again, once for all requests', async (t) => {
  const portal = await started(t);
  const baseDirectory = t.testdir({ token: `Token ${keyOf('expired')}\n` });
  const lines: string[] = [];
  const write = (message: string, fields?: LogFields): void => void lines.push(message + inspect(fields));
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl, token: { file: 'token' } }, { baseDirectory, logger });
  await t.rejects(sink.record('1', { signal }), { code: 'UNAUTHORISED', message: /Expired token/ });

  await writeFile(`${baseDirectory}/new`, keyOf('staff'));
  await rename(`${baseDirectory}/new`, `${baseDirectory}/token`);
  portal.requests.length = 0;
  await Promise.all(['1', '2', '3', '4'].map((id) => sink.record(id, { signal })));
  t.strictSame(statuses(portal).sort(), [401, 401, 401, 401, 404, 404, 404, 404]);
  portal.requests.length = 0;
  await sink.record('5', { signal });
  t.strictSame(statuses(portal), [404], 'the new token is kept');
  for (const name of ['expired', 'staff']) t.notMatch(lines.join('\n'), keyOf(name), 'no token in the log');
});

void t.test('a token that stays refused is asked with once more, and no further', async (t) => {
  const portal = await started(t);
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl }, { env: { TOKEN: keyOf('unknown') } });
  await t.rejects(sink.accounts({ signal }), { code: 'UNAUTHORISED', message: /Invalid token/ });
  t.strictSame(statuses(portal), [401, 401]);
});

void t.test('a token that cannot be one, or is not there, is told before anything is sent', async (t) => {
  const portal = await started(t);
  const asking = (env: Readonly<Record<string, string>>) => aColdfrontSink({ baseUrl: portal.baseUrl }, { env }).record('1', { signal });
  await t.rejects(asking({ TOKEN: 'two\nlines' }), { code: 'CONFIG_INVALID', message: /is no token/ });
  await t.rejects(asking({}), { code: 'CONFIG_INVALID', message: /TOKEN/ });
  t.strictSame(statuses(portal), []);
});
