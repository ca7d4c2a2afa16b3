import t, { type Test } from 'tap';
import type { RequestListener } from 'node:http';
import { readRecordedSeed } from '../../../portal/fixtures.js';
import { startPortal, type RunningPortal } from '../../../portal/start-portal.js';
import { aColdfrontSink, keyOf, type ColdfrontSurroundings } from '../../../support/coldfront.js';
import { replyJson, serve } from '../../../support/http-server.js';

const signal = new AbortController().signal;

async function started(t: Test): Promise<RunningPortal> {
  const portal = await startPortal({ seed: readRecordedSeed(), now: '2026-11-23T00:00:00Z' });
  t.teardown(() => portal.close());
  return portal;
}

const check = (baseUrl: string, surroundings: ColdfrontSurroundings = {}) => aColdfrontSink({ baseUrl }, surroundings).check({ signal });

void t.test('a portal that is well, and what it is asked', async (t) => {
  const portal = await started(t);
  const results = await check(portal.baseUrl);
  t.strictSame(
    results.map(({ name, ok }) => `${name} ${ok}`),
    ['transport true', 'portal true', 'token true', 'clock true', 'permission true'],
  );
  t.ok(portal.requests.every(({ method }) => method === 'GET'));
  t.match(await check(portal.baseUrl, { env: { TOKEN: keyOf('superuser') } }), {
    4: { name: 'permission', ok: true, message: /may write/ },
  });
});

void t.test('a token that may not write, and tokens that are none', async (t) => {
  const portal = await started(t);
  t.match(await check(portal.baseUrl, { env: { TOKEN: keyOf('reader') } }), {
    1: { name: 'portal', ok: true },
    4: { name: 'permission', ok: false, message: /no staff/, remedy: /make the account staff/ },
  });
  t.match(await check(portal.baseUrl, { env: { TOKEN: keyOf('expired') } }), { 1: { name: 'token', ok: false, message: /Expired token/ } });
  t.match(await check(portal.baseUrl, { env: {} }), { 1: { name: 'token', ok: false, message: /TOKEN/ } });
});

void t.test('clocks that differ', async (t) => {
  const portal = await started(t);
  const now = (ahead: number) => (): number => Math.floor(Date.now() / 1000) + ahead;
  t.match(await check(portal.baseUrl, { now: now(-60) }), {
    3: { name: 'clock', warning: true, ok: false, message: /(59|60|61) s ahead of/ },
  });
  t.match(await check(portal.baseUrl, { now: now(60) }), {
    3: { name: 'clock', warning: true, ok: false, message: /s behind/, remedy: /NTP/ },
  });
});

async function checkAt(t: Test, answer: RequestListener, path = 'api/') {
  const server = await serve(answer);
  t.teardown(() => server.close());
  return check(`${server.url}${path}`);
}

void t.test('addresses that are not of the API, and pages for people', async (t) => {
  const portal = await started(t);
  const sink = aColdfrontSink({ baseUrl: portal.baseUrl.slice(0, -1) });
  t.equal(sink.target, portal.baseUrl, 'a slash that is missing is no matter');
  t.match(await sink.check({ signal }), { 1: { name: 'portal', ok: true } });
  t.match(await check(portal.baseUrl.replace('/api/', '/')), [
    { name: 'address', ok: false, message: /does not end in \/api\// },
    { name: 'transport' },
    { name: 'portal', ok: false, message: /Page not found/, remedy: /baseUrl/ },
  ]);
  const page = (_: unknown, response: Parameters<RequestListener>[1]) =>
    void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Down for maintenance</title>');
  t.match(await checkAt(t, page), { 1: { name: 'portal', ok: false, message: /Down for maintenance/, remedy: /maintenance/ } });
  const moved: RequestListener = (_, response) => response.writeHead(301, { Location: 'https://example.org/api/' }).end();
  t.match(await checkAt(t, moved), { 1: { name: 'portal', ok: false, message: /sends us on to https:\/\/example\.org/ } });
  t.match(await check('http://127.0.0.1:1/api/'), { 1: { name: 'portal', ok: false, message: /nobody listens/ } });
});

void t.test('what a portal does not tell is not claimed', async (t) => {
  const list = { count: 0, results: [], total_amount: 0, total_cpu_time: 0 };
  const answer: RequestListener = (request, response) => {
    response.sendDate = false;
    if (request.url?.startsWith('/api/jobs/')) replyJson(response, list);
    else replyJson(response, { detail: 'Not found.' }, 404);
  };
  t.match(await checkAt(t, answer), {
    3: { name: 'clock', ok: true, message: /does not tell/ },
    4: { name: 'permission', ok: true, message: /cannot be told \(status 404\)/ },
  });
});

void t.test('an unsafe or impossible address is refused at once', (t) => {
  for (const baseUrl of ['http://portal.example.org/api/', 'https://me:s3cret@portal.example.org/api/']) {
    t.throws(() => aColdfrontSink({ baseUrl }), { code: 'CONFIG_INVALID' });
  }
  t.throws(() => aColdfrontSink({ baseUrl: 'https://portal.example.org/api/', caFile: 'no-such.pem' }, { baseDirectory: '/etc/site' }), {
    code: 'CONFIG_INVALID',
    message: /\/etc\/site\/no-such\.pem/,
  });
  t.equal(aColdfrontSink({ baseUrl: 'https://Portal.Example.org:443/api' }).target, 'https://portal.example.org/api/');
  t.throws(() => aColdfrontSink({ baseUrl: 'https://x/api/', maxInFlight: 17 }), /maxInFlight/);
  t.end();
});
