import t from 'tap';
import type { PluginDefinition } from '../../src/core/plugin.js';
import { retarget } from '../../src/core/sink-target.js';

const PORTAL = { kind: 'sink', name: 'portal', targetConfig: { url: 'baseUrl', token: 'token' } } as unknown as PluginDefinition;
const CONFIG = { baseUrl: 'https://portal.example/api/', token: { env: 'TOKEN' }, other: 1 };

void t.test('--target on the same origin keeps the configured token', (t) => {
  const url = 'https://portal.example/staging/api/';
  t.same(retarget('mybrc', PORTAL, CONFIG, { url, tokenFile: null }), { ...CONFIG, baseUrl: url });
  t.end();
});

void t.test('--target of another origin gets no configured token', (t) => {
  for (const url of ['https://other.example/api/', 'http://portal.example/api/', 'https://portal.example:8443/api/', 'not a URL']) {
    t.throws(() => retarget('mybrc', PORTAL, CONFIG, { url, tokenFile: null }), { code: 'USAGE', remedy: /--token-file/ }, url);
  }
  const aimed = retarget('mybrc', PORTAL, CONFIG, { url: 'https://other.example/api/', tokenFile: '/etc/other.token' });
  t.same(aimed, { baseUrl: 'https://other.example/api/', token: { file: '/etc/other.token' }, other: 1 });
  t.end();
});

void t.test('--token-file alone replaces the token', (t) => {
  t.same(retarget('mybrc', PORTAL, CONFIG, { url: null, tokenFile: '/t' }), { ...CONFIG, token: { file: '/t' } });
  t.equal(retarget('mybrc', PORTAL, CONFIG, { url: null, tokenFile: null }), CONFIG);
  t.end();
});

void t.test('a sink that sends nowhere refuses both', (t) => {
  const log = { kind: 'sink', name: 'log' } as unknown as PluginDefinition;
  t.throws(() => retarget('log', log, {}, { url: 'https://x.example/', tokenFile: '/t' }), { code: 'CAPABILITY_MISSING' });
  t.end();
});
