import t, { type Test } from 'tap';
import { createHttpClient } from '../../src/core/http.js';
import type { HttpClient, HttpClientOptions } from '../../src/core/http-client.js';
import { replyJson } from '../support/http-server.js';
import { CA_FILE, serveTls, serveTunnels } from '../support/https-server.js';

const signal = new AbortController().signal;
const silent = (): void => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

function aClient(t: Test, options: HttpClientOptions): HttpClient {
  const client = createHttpClient(options, { logger, sleep: async () => undefined });
  t.teardown(() => client.close());
  return client;
}

/** Proxy settings for one test, taken back after it. */
function withProxies(t: Test, settings: Readonly<Record<string, string>>): void {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  t.teardown(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });
}

void t.test('a private certificate authority: its file, and nothing else, makes its servers acceptable', async (t) => {
  const server = await serveTls((_, response) => replyJson(response, { over: 'tls' }));
  t.teardown(() => server.close());
  const baseUrl = `https://localhost:${server.port}/`;
  const refused = { name: 'HttpError', failure: 'tls', message: /certificate is not accepted/, isRetryable: false };
  await t.rejects(aClient(t, { baseUrl }).send({ path: 'x', signal }), refused);
  const before = server.connections();
  const client = aClient(t, { baseUrl, caFile: CA_FILE });
  t.equal((await client.send({ path: 'x', signal })).body, '{"over":"tls"}');
  await client.send({ path: 'y', signal });
  t.equal(server.connections() - before, 1, 'one connection serves both');
  await t.rejects(aClient(t, { baseUrl: `https://127.0.0.1:${server.port}/`, caFile: CA_FILE }).send({ path: 'x', signal }), refused);
});

void t.test('https through a proxy: the proxy sees where to, and no credentials but its own', async (t) => {
  const asked: unknown[] = [];
  const server = await serveTls((request, response) => {
    asked.push(request.headers.authorization);
    replyJson(response, { through: 'proxy' });
  });
  const proxy = await serveTunnels();
  t.teardown(() => Promise.all([server.close(), proxy.close()]));
  withProxies(t, { HTTPS_PROXY: proxy.url.replace('//', '//me:word@'), NO_PROXY: 'direct.invalid' });
  const options = { baseUrl: `https://portal.invalid:${server.port}/`, caFile: CA_FILE };
  const client = aClient(t, { ...options, credentials: async () => ({ Authorization: 'Token s3cret' }) });
  t.equal((await client.send({ path: 'x', signal })).body, '{"through":"proxy"}');
  await client.send({ path: 'y', signal });
  t.strictSame(asked, ['Token s3cret', 'Token s3cret']);
  t.equal(proxy.tunnels.length, 1, 'one tunnel serves both');
  t.equal(proxy.tunnels[0]?.target, `portal.invalid:${server.port}`);
  t.equal(proxy.tunnels[0]?.headers['proxy-authorization'], `Basic ${Buffer.from('me:word').toString('base64')}`);
  t.notMatch(JSON.stringify(proxy.tunnels), /s3cret/);
});

void t.test('through a proxy, too, a certificate has to be that of the host', async (t) => {
  const server = await serveTls((_, response) => replyJson(response, {}));
  const proxy = await serveTunnels();
  t.teardown(() => Promise.all([server.close(), proxy.close()]));
  withProxies(t, { HTTPS_PROXY: proxy.url, NO_PROXY: 'direct.invalid' });
  const refused = { name: 'HttpError', failure: 'tls' };
  await t.rejects(aClient(t, { baseUrl: `https://other.invalid:${server.port}/`, caFile: CA_FILE }).send({ path: 'x', signal }), refused);
  await t.rejects(aClient(t, { baseUrl: `https://portal.invalid:${server.port}/` }).send({ path: 'x', signal }), refused);
  const direct = aClient(t, { baseUrl: `https://direct.invalid:${server.port}/`, maxAttempts: 1 });
  await t.rejects(direct.send({ path: 'x', signal }), { name: 'HttpError', failure: 'unreachable', message: /name of the host/ });
  t.equal(proxy.tunnels.length, 2);
});

void t.test('a proxy that refuses, or is not there', async (t) => {
  const proxy = await serveTunnels();
  t.teardown(() => proxy.close());
  withProxies(t, { HTTPS_PROXY: proxy.url, NO_PROXY: 'direct.invalid' });
  const gone = aClient(t, { baseUrl: 'https://portal.invalid:1/', caFile: CA_FILE, maxAttempts: 1 });
  t.equal((await gone.send({ path: 'x', signal })).status, 502, 'its answer counts for that of the server');
  await proxy.close();
  await t.rejects(gone.send({ path: 'x', signal }), { name: 'HttpError', failure: 'unreachable', message: /connection refused/ });
});
