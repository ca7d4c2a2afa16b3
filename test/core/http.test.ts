import { join } from 'node:path';
import { inspect } from 'node:util';
import t from 'tap';
import { createHttpClient, type HttpSurroundings } from '../../src/core/http.js';
import type { HttpClientOptions } from '../../src/core/http-client.js';
import type { LogFields, Logger } from '../../src/core/plugin-environment.js';
import { replyJson, serve, serveBytes } from '../support/http-server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const signal = new AbortController().signal;

function aClient(options: Partial<HttpClientOptions> & Pick<HttpClientOptions, 'baseUrl'>, surroundings: Partial<HttpSurroundings> = {}) {
  const delays: number[] = [];
  const lines: string[] = [];
  const write = (message: string, fields?: LogFields): void => void lines.push(message + inspect(fields));
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const sleep = async (ms: number): Promise<void> => void delays.push(ms);
  const client = createHttpClient(options, { logger, random: () => 1, sleep, ...surroundings });
  return { client, delays, lines };
}

void t.test('an answer: status, type, body, clock', async (t) => {
  const server = await serve((_, response) =>
    response.writeHead(201, { 'Content-Type': 'Text/Plain; charset=x', Date: 'Mon, 23 Nov 2026 10:00:00 GMT' }).end('héllo'),
  );
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url });
  const answer = await client.send({ path: 'a/b', query: new URLSearchParams({ q: 'a:b,c' }), signal });
  t.match(answer, { status: 201, contentType: 'text/plain', body: 'héllo', bodyBytes: 6, serverTime: 1795428000 });
  t.equal(server.requests[0]?.line, 'GET /a/b?q=a%3Ab%2Cc');
});

void t.test('one connection serves one request after the other', async (t) => {
  const server = await serve((_, response) => replyJson(response, {}));
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url });
  for (let count = 0; count < 5; count += 1) await client.send({ path: 'x', signal });
  t.equal(server.connections(), 1);
  client.close();
});

void t.test('what may be repeated is repeated, with full jitter, a bounded number of times', async (t) => {
  const server = await serve((_, response) => replyJson(response, {}, 503));
  t.teardown(() => server.close());
  const { client, delays } = aClient({ baseUrl: server.url, maxAttempts: 4 });
  t.equal((await client.send({ path: 'x', signal })).status, 503);
  t.strictSame(delays, [250, 500, 1000]);
  t.equal(server.requests.length, 4);
  t.equal((await client.send({ method: 'POST', path: 'x', json: {}, signal })).status, 503);
  t.equal(server.requests.length, 5, 'a POST is not');
  await client.send({ method: 'PUT', path: 'x', json: {}, signal });
  t.equal(server.requests.length, 9, 'a PUT is');
});

void t.test('an answer that its reader cannot use is asked for again, and comes back in the end', async (t) => {
  const bodies = ['{"half":', '<html>', '{}'];
  let count = 0;
  const server = await serve((_, response) => response.end(bodies[count++] ?? 'nothing'));
  t.teardown(() => server.close());
  const { client, delays } = aClient({ baseUrl: server.url, maxAttempts: 3 });
  const isUsable = ({ body }: { readonly body: string }): boolean => body === '{}';
  t.equal((await client.send({ path: 'x', signal, isUsable })).body, '{}');
  t.strictSame(delays, [250, 500]);
  t.equal((await client.send({ path: 'x', signal, isUsable })).body, 'nothing');
  t.equal(server.requests.length, 6);
});

void t.test('Retry-After is obeyed in both forms, within the deadline', async (t) => {
  const nowMs = Date.UTC(2026, 10, 23, 10, 0, 0);
  const waits = ['7', 'Mon, 23 Nov 2026 10:00:09 GMT', 'soon'];
  let count = 0;
  const server = await serve((_, response) => {
    const wait = waits[count++];
    if (wait === undefined) replyJson(response, {});
    else response.writeHead(429, { 'Retry-After': wait }).end();
  });
  t.teardown(() => server.close());
  const { client, delays } = aClient({ baseUrl: server.url }, { nowMs: () => nowMs });
  t.equal((await client.send({ path: 'x', signal })).status, 200);
  t.strictSame(delays, [7000, 9000, 1000]);

  waits.splice(0, Infinity, '3600');
  count = 0;
  t.equal((await client.send({ path: 'x', signal })).status, 429, 'an hour is not waited for');
});

void t.test('a connection that breaks, before or within the answer, is asked again', async (t) => {
  let count = 0;
  const server = await serve((request, response) => {
    count += 1;
    if (count === 1) return void request.socket.destroy();
    if (count === 2) {
      response.writeHead(200, { 'Content-Length': 100 });
      return void response.write('half', () => request.socket.destroy());
    }
    replyJson(response, { whole: true });
  });
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url });
  t.equal((await client.send({ path: 'x', signal })).body, '{"whole":true}');
  t.equal(count, 3);
});

void t.test('a body that ends early is no answer', async (t) => {
  const server = await serveBytes('HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\n{"jobs":[');
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url, maxAttempts: 2 });
  await t.rejects(client.send({ path: 'x', signal }), { name: 'HttpError', failure: 'reset' });
});

void t.test('nobody there', async (t) => {
  const server = await serve((_, response) => response.end());
  await server.close();
  const { client, delays } = aClient({ baseUrl: server.url, maxAttempts: 2 });
  await t.rejects(client.send({ path: 'x', signal }), { name: 'HttpError', failure: 'unreachable', message: /nobody listens there/ });
  t.equal(delays.length, 1);
});

void t.test('deadlines: of an attempt, and of all', async (t) => {
  const server = await serve(() => undefined);
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url, requestTimeoutMs: 20, maxAttempts: 2 });
  await t.rejects(client.send({ path: 'x', signal }), { name: 'HttpError', failure: 'timeout' });
  t.equal(server.requests.length, 2);
  const once = aClient({ baseUrl: server.url, requestTimeoutMs: 20, overallTimeoutMs: 20 });
  await t.rejects(once.client.send({ path: 'x', signal }), { name: 'HttpError', failure: 'timeout' });
  t.equal(server.requests.length, 3, 'nothing is asked again when no time is left');
});

void t.test('an abort ends a request with its reason', async (t) => {
  const controller = new AbortController();
  const server = await serve(() => controller.abort(new Error('interrupted')));
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url });
  await t.rejects(client.send({ path: 'x', signal: controller.signal }), { message: 'interrupted' });
  await t.rejects(client.send({ path: 'x', signal: controller.signal }), { message: 'interrupted' });
  t.equal(server.requests.length, 1);
});

void t.test('a reply over the limit is left, declared or not', async (t) => {
  let closed = 0;
  const server = await serve((request, response) => {
    request.socket.once('close', () => (closed += 1));
    if (request.url === '/declared') response.writeHead(200, { 'Content-Length': 1e9 });
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: server.url, maxReplyBytes: 200_000 });
  await t.rejects(client.send({ path: 'declared', signal }), { name: 'HttpError', failure: 'too-large' });
  await t.rejects(client.send({ path: 'endless', signal }), { name: 'HttpError', failure: 'too-large' });
  t.equal(server.requests.length, 2, 'asking again would not help');
  while (closed < 2) await new Promise((resolve) => setImmediate(resolve));
});

void t.test('credentials: to the own origin only, over nothing unsafe, never in the log', async (t) => {
  const other = await serve((_, response) => replyJson(response, {}));
  const server = await serve((request, response) =>
    request.url === '/away' ? void response.writeHead(302, { Location: `${other.url}stolen` }).end() : replyJson(response, {}),
  );
  t.teardown(() => server.close());
  t.teardown(() => other.close());
  const credentials = async (): Promise<Record<string, string>> => ({ Authorization: 'Token s3cret' });
  const { client, lines } = aClient({ baseUrl: server.url, credentials });
  await client.send({ path: 'x?page=1', signal });
  t.equal(server.requests[0]?.headers.authorization, 'Token s3cret');
  await t.rejects(client.send({ path: `${other.url}x`, signal }), { name: 'HttpError', failure: 'other-origin' });
  await t.rejects(client.send({ path: '//example.org/x', signal }), { name: 'HttpError', failure: 'other-origin' });
  await t.rejects(client.send({ path: 'away', signal }), {
    name: 'HttpError',
    failure: 'redirected',
    message: new RegExp(other.url.slice(0, -1)),
  });
  t.equal(other.requests.length, 0);
  t.notMatch(lines.join('\n'), /s3cret/);
  t.match(lines[0], /request: '\w+-1\.1'/);

  for (const baseUrl of [
    'http://portal.example.org/',
    'http://127.0.0.1.example.org/',
    'ftp://localhost/',
    'nothing',
    'https://me:s3cret@localhost/',
  ]) {
    t.throws(() => aClient({ baseUrl }), { code: 'CONFIG_INVALID' }, baseUrl);
  }
  for (const baseUrl of ['https://portal.example.org/', 'http://localhost:1/', 'http://[::1]/', 'http://127.9.9.9/']) aClient({ baseUrl });
  aClient({ baseUrl: 'http://portal.example.org/', allowInsecure: true });
  t.throws(() => aClient({ baseUrl: 'https://x.org/', caFile: '/no/such.pem' }), { code: 'CONFIG_INVALID' });
});

void t.test('a Unix socket', async (t) => {
  const socketPath = join(temporaryDirectory(), 's');
  const server = await serve((_, response) => replyJson(response, {}), socketPath);
  t.teardown(() => server.close());
  const { client } = aClient({ baseUrl: 'http://localhost/', socketPath });
  t.equal((await client.send({ path: 'x', signal })).status, 200);
  const nobody = aClient({ baseUrl: 'http://localhost/', socketPath: `${socketPath}.no`, maxAttempts: 1 });
  await t.rejects(nobody.client.send({ path: 'x', signal }), { name: 'HttpError', failure: 'unreachable', message: /no such socket/ });
});

void t.test('a proxy from the environment, but not towards this machine', async (t) => {
  const proxy = await serve((_, response) => replyJson(response, { by: 'proxy' }));
  t.teardown(() => proxy.close());
  const before = { ...process.env };
  t.teardown(() => Object.assign(process.env, { HTTP_PROXY: before['HTTP_PROXY'] ?? '', NO_PROXY: before['NO_PROXY'] ?? '' }));
  Object.assign(process.env, { HTTP_PROXY: proxy.url, NO_PROXY: 'direct.invalid' });
  const { client } = aClient({ baseUrl: 'http://portal.invalid/', allowInsecure: true });
  t.equal((await client.send({ path: 'x', signal })).body, '{"by":"proxy"}');
  t.match(proxy.requests[0]?.line, /http:\/\/portal\.invalid\/x/);
  const direct = aClient({ baseUrl: 'http://direct.invalid/', allowInsecure: true, maxAttempts: 1 });
  await t.rejects(direct.client.send({ path: 'x', signal }), { name: 'HttpError', failure: 'unreachable' });
  const local = await serve((_, response) => replyJson(response, {}));
  t.teardown(() => local.close());
  await aClient({ baseUrl: local.url }).client.send({ path: 'x', signal });
  t.equal(local.requests.length, 1);
});
