import type { FaultKind, FaultPlan } from './faults.js';
import { htmlReply, jsonReply } from './reply.js';
import type { Reply } from './reply.js';

/** What a fault answers without asking the portal; null for faults that need its answer, or give none. */
export function answerInstead(kind: FaultKind, plan: FaultPlan): Reply | null {
  const seconds = plan.retryAfterSeconds ?? 1;
  switch (kind) {
    case 'status-500':
      return htmlReply(500, 'Server Error');
    case 'status-502':
      return htmlReply(502, 'Bad Gateway');
    case 'status-503':
      return htmlReply(503, 'Service Unavailable');
    case 'html-page':
      return htmlReply(200, 'The portal is undergoing maintenance');
    case 'expired-token':
      return jsonReply(401, { detail: 'Expired token.' }, { headers: { 'WWW-Authenticate': 'Token' } });
    case 'retry-after-seconds':
      return jsonReply(429, { detail: 'Request was throttled.' }, { headers: { 'Retry-After': String(seconds) } });
    case 'retry-after-date': {
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      return jsonReply(429, { detail: 'Request was throttled.' }, { headers: { 'Retry-After': date } });
    }
    default:
      return null;
  }
}

/** What a fault makes of the portal's own answer. */
export function spoil(kind: FaultKind, reply: Reply): Reply {
  if (kind === 'status-504-after') return htmlReply(504, 'Gateway Timeout');
  if (!('json' in reply.body) || !isList(reply.body.json)) return reply;
  const list = reply.body.json;
  switch (kind) {
    case 'duplicate-row':
      return withList(reply, { ...list, results: [...list.results.slice(0, -1), ...list.results.slice(0, 1)] });
    case 'missing-row':
      return withList(reply, { ...list, results: list.results.slice(1) });
    case 'foreign-next':
      return withList(reply, { ...list, next: list.next?.replace(/^http:\/\/[^/]+/u, 'https://portal.example.org') ?? null });
    default:
      return reply;
  }
}

interface List {
  readonly results: readonly unknown[];
  readonly next: string | null;
}

function isList(json: unknown): json is List {
  return typeof json === 'object' && json !== null && 'results' in json && 'next' in json && Array.isArray(json.results);
}

function withList(reply: Reply, json: List): Reply {
  return { ...reply, body: { json } };
}
