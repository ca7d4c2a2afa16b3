import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Agent } from 'node:http';
import { setTimeout as sleepMs } from 'node:timers/promises';
// Its tree asks Node for `punycode`; Node 22 and newer warn of that only outside node_modules (tried: 20, 22, 24, 26 are silent, 21 is not).
import { fetch } from 'cross-fetch';
import { BrcSyncError } from './errors.js';
import { createAgent, isLoopback } from './http-agent.js';
import { readBody } from './http-body.js';
import { REQUEST_ID, watchBrokenBodies } from './http-broken-bodies.js';
import type { HttpClient, HttpClientOptions, HttpRequest, HttpResponse } from './http-client.js';
import { HttpError, httpErrorOf } from './http-error.js';
import { createInFlightLimit } from './http-limit.js';
import { jitteredDelayMs, RETRY_STATUSES, retryAfterMs } from './http-retry.js';
import { createTargets, type HttpTarget } from './http-target.js';
import type { Logger } from './plugin-environment.js';

/** What the client takes from outside, so that tests need not wait. */
export interface HttpSurroundings {
  readonly logger: Logger;
  readonly random?: () => number;
  readonly nowMs?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told of each attempt of a request. */
  readonly onAttempt?: (attempt: HttpAttempt) => void;
}

/** One attempt of a request, as measurements count it. */
export interface HttpAttempt {
  readonly method: string;
  /** The status as text, or what became of an attempt without one: `timeout`, `reset` … */
  readonly result: string;
  readonly ms: number;
}

const OVERLOAD: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const MiB = 2 ** 20;

/**
 * The one HTTP client: keep-alive, deadlines, bounded retries of what may be repeated, credentials for one origin only, no redirects.
 *
 * @throws BrcSyncError CONFIG_INVALID for a URL that no credentials may be sent to.
 */
export function createHttpClient(options: HttpClientOptions, surroundings: HttpSurroundings): HttpClient {
  const base = checkedBase(options);
  const targetOf = createTargets(base);
  const agent = createAgent(base, options);
  const brokenBodies = watchBrokenBodies();
  const limit = createInFlightLimit(options.maxInFlight ?? 16);
  const { requestTimeoutMs = 30_000, overallTimeoutMs = 120_000, maxAttempts = 5, maxReplyBytes = 64 * MiB } = options;
  const retryStatuses = new Set(options.retryStatuses ?? RETRY_STATUSES);
  const { logger, random = Math.random, nowMs = Date.now, sleep = sleepUnlessAborted } = surroundings;
  const clientId = randomUUID().slice(0, 8);
  let count = 0;

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const target = targetOf(request);
    const id = `${clientId}-${++count}`;
    const leave = await limit.enter(request.signal);
    const outcome = { ms: 0, isOverload: false };
    try {
      return await repeat(request, target, id, outcome);
    } finally {
      leave(outcome);
    }
  }

  async function repeat(
    request: HttpRequest,
    target: HttpTarget,
    id: string,
    outcome: { ms: number; isOverload: boolean },
  ): Promise<HttpResponse> {
    const giveUpAt = nowMs() + overallTimeoutMs;
    const { method, address } = target;
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = nowMs();
      const answer = await attemptOnce(request, target, `${id}.${attempt}`, Math.min(requestTimeoutMs, giveUpAt - startedAt)).catch(
        (error: unknown) => {
          request.signal.throwIfAborted();
          return httpErrorOf(error, target.name);
        },
      );
      outcome.ms = nowMs() - startedAt;
      const isError = answer instanceof HttpError;
      if (isError ? answer.isRetryable : OVERLOAD.has(answer.status)) outcome.isOverload = true;
      surroundings.onAttempt?.({ method, result: isError ? answer.failure : String(answer.status), ms: outcome.ms });
      logger.debug('http', { request: `${id}.${attempt}`, ms: outcome.ms, method, url: address, ...resultOf(answer) });
      const isFinal = isError ? !answer.isRetryable : !retryStatuses.has(answer.status) && (request.isUsable?.(answer) ?? true);
      const delay = isFinal || method === 'POST' || attempt >= maxAttempts ? null : delayAfter(answer, attempt);
      if (delay === null || nowMs() + delay >= giveUpAt) {
        if (isError) throw answer;
        return answer;
      }
      await sleep(delay, request.signal);
    }
  }

  function delayAfter(answer: HttpResponse | HttpError, attempt: number): number {
    const asked = answer instanceof HttpError ? null : retryAfterMs(answer.header('retry-after'), nowMs());
    return asked ?? jitteredDelayMs(attempt, random);
  }

  async function attemptOnce(request: HttpRequest, target: HttpTarget, id: string, timeoutMs: number): Promise<HttpResponse> {
    const { name } = target;
    request.signal.throwIfAborted();
    // One signal and one timer an attempt, both let go of at its end: AbortSignal.any and AbortSignal.timeout keep theirs until they are collected.
    const leaving = new AbortController();
    const { signal } = leaving;
    const ended: { timeout?: true; broken?: true } = {};
    const timer = setTimeout(
      () => {
        ended.timeout = true;
        leaving.abort();
      },
      Math.max(1, timeoutMs),
    );
    const give = (): void => leaving.abort(request.signal.reason);
    setMaxListeners(0, request.signal);
    request.signal.addEventListener('abort', give, { once: true });
    const unwatch = brokenBodies.watch(id, () => {
      ended.broken = true;
      leaving.abort();
    });
    try {
      const secrets = options.credentials === undefined ? null : await options.credentials(signal);
      const response = await fetch(target.href, initOf(request, id, secrets, { agent, signal }));
      if (response.status >= 300 && response.status < 400 && response.status !== 304)
        throw redirected(name, response.headers.get('location'));
      const isEncoded = response.headers.get('content-encoding') !== null;
      const bytes = await readBody(response.body, {
        maxBytes: Math.min(maxReplyBytes, request.maxReplyBytes ?? Infinity),
        declared: isEncoded ? null : response.headers.get('content-length'),
        request: name,
      });
      return toResponse(response.status, response.headers, bytes);
    } catch (error) {
      // Else the server would go on sending what nobody reads.
      leaving.abort();
      if (request.signal.aborted) throw error;
      if (ended.timeout) throw new HttpError('timeout', `${name}: no answer within ${timeoutMs} ms`, error);
      if (ended.broken) throw new HttpError('reset', `${name}: the answer broke off`, error);
      throw error;
    } finally {
      unwatch();
      clearTimeout(timer);
      request.signal.removeEventListener('abort', give);
    }
  }

  function close(): void {
    brokenBodies.close();
    agent.destroy();
  }

  return { send, close };
}

function checkedBase({ baseUrl, socketPath, allowInsecure = false }: HttpClientOptions): URL {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const fault = base === null ? 'is no URL' : faultOf(base, socketPath !== undefined || allowInsecure);
  if (base !== null && fault === null) return base;
  throw new BrcSyncError('CONFIG_INVALID', {
    // The URL may hold a password: only its host is shown.
    message: `the URL ${base === null ? 'of the server' : `of ${base.host}`} ${fault ?? ''}`,
    remedy: 'Use https://…, or http://… towards this machine; tokens never belong into a URL.',
  });
}

function faultOf(base: URL, isPlainAllowed: boolean): string | null {
  if (base.username !== '' || base.password !== '') return 'holds a user name or password';
  if (base.protocol === 'https:') return null;
  if (base.protocol !== 'http:') return `has the scheme ${base.protocol} and not https:`;
  return isPlainAllowed || isLoopback(base) ? null : 'would send the credentials unencrypted: it is http, and not of this machine';
}

/** Fetch's own types know no agents. */
function initOf(
  { method = 'GET', json, headers }: HttpRequest,
  id: string,
  secrets: Readonly<Record<string, string>> | null,
  { agent, signal }: { readonly agent: Agent; readonly signal: AbortSignal },
): RequestInit {
  const own: Record<string, string> = { Accept: 'application/json', 'User-Agent': 'brc-sync', ...headers };
  if (json !== undefined) own['Content-Type'] = 'application/json';
  own[REQUEST_ID] = id;
  const init = { method, headers: secrets === null ? own : { ...own, ...secrets }, agent, redirect: 'manual' as const, signal };
  return json === undefined ? init : { ...init, body: JSON.stringify(json) };
}

function redirected(request: string, location: string | null): HttpError {
  const target = location !== null && URL.canParse(location) ? new URL(location).origin : 'another address';
  return new HttpError('redirected', `${request}: the server sends us on to ${target}, and we do not follow with credentials`);
}

function toResponse(status: number, headers: Headers, bytes: Buffer): HttpResponse {
  return {
    status,
    header: (name) => headers.get(name),
    contentType: (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    body: bytes.toString('utf8'),
    bodyBytes: bytes.length,
    // Few ask for it.
    get serverTime() {
      const date = Date.parse(headers.get('date') ?? '');
      return Number.isNaN(date) ? null : Math.floor(date / 1000);
    },
  };
}

function resultOf(answer: HttpResponse | HttpError): Readonly<Record<string, unknown>> {
  return answer instanceof HttpError ? { failure: answer.failure } : { status: answer.status, bytes: answer.bodyBytes };
}

async function sleepUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleepMs(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
