import { readFileSync } from 'node:fs';
import { Agent as PlainAgent, type AgentOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { BrcSyncError } from './errors.js';
import type { HttpClientOptions } from './http-client.js';

/** Keeps connections open: a run sends thousands of requests to one server. Proxies come from HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export function createAgent(base: URL, { socketPath, caFile }: HttpClientOptions): PlainAgent {
  const keep = { keepAlive: true, keepAliveMsecs: 1000, maxSockets: Infinity, scheduling: 'lifo' } as const;
  if (socketPath !== undefined) return new PlainAgent({ ...keep, ...{ socketPath } });
  const tls = caFile === undefined ? {} : { ca: readCaFile(caFile) };
  const proxy = isLoopback(base) ? '' : getProxyForUrl(base.href);
  if (base.protocol === 'https:') return proxy === '' ? new TlsAgent({ ...keep, ...tls }) : new TunnelAgent(proxy, keep, tls);
  return proxy === '' ? new PlainAgent(keep) : new HttpProxyAgent(proxy, keep);
}

/** HttpsProxyAgent keeps TLS options for the proxy itself: here they are those of the server behind it. */
class TunnelAgent extends HttpsProxyAgent<string> {
  constructor(
    proxy: string,
    keep: AgentOptions,
    private readonly tls: { readonly ca?: string },
  ) {
    super(proxy, keep);
  }

  override connect(...[request, options]: Parameters<HttpsProxyAgent<string>['connect']>): ReturnType<HttpsProxyAgent<string>['connect']> {
    return super.connect(request, { ...options, ...this.tls });
  }
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function readCaFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `the certificate file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      remedy: 'Give the path of a PEM file with the certificate authority of the server.',
      context: { file: path },
      cause: error,
    });
  }
}
