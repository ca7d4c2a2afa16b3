import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DEMONSTRATION_SEED } from './demonstration-seed.js';
import { answerInstead, spoil } from './faulty-reply.js';
import { Faults } from './faults.js';
import type { FaultKind, FaultPlan } from './faults.js';
import { MEASURED_PACE, Workers, pause } from './pace.js';
import type { Pace } from './pace.js';
import { Portal } from './portal.js';
import type { Reply } from './reply.js';
import type { PortalRequest } from './request.js';
import type { Seed } from './seed.js';

export interface PortalOptions {
  /** A small demonstration unless told. */
  readonly seed?: Seed;
  /** What the portal's clock shows at the start (ISO 8601 or Unix milliseconds); it runs on from there. */
  readonly now?: string | number;
  /** The measured speed, or another. */
  readonly slow?: boolean | Pace;
  /** The way there and back, for every request, beside what the portal itself takes. */
  readonly latencyMs?: number;
  readonly faults?: FaultPlan;
  /** Any free one unless told. */
  readonly port?: number;
  /** Names that the portal answers to, beside those of the loopback. */
  readonly hosts?: readonly string[];
}

/** One request as it went; status 0 is a request without an answer. */
export interface LoggedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  status: number;
  readonly fault: FaultKind | null;
}

/** A request has come, was served (a write took effect), or its answer is on its way. */
export type RequestMoment = 'arrived' | 'served' | 'answered';

/**
 * Told of each moment of each request.
 * @param status of the answer; 0: there is none yet
 * @returns `cut` where the connection ends there, before anything more is done
 */
export type Watcher = (moment: RequestMoment, request: LoggedRequest, status: number) => 'cut' | 'go on';

export interface RunningPortal {
  /** Ends in `/api/`. */
  readonly baseUrl: string;
  /** The same tables through the API of the old database; ends in `/mybrc-rest/`. */
  readonly legacyUrl: string;
  readonly requests: LoggedRequest[];
  /** The tables, for a test to look at and for what staff do in the portal's own pages. */
  readonly state: Portal;
  /** How many requests were ever served at once. */
  mostBusy(): number;
  setFaults(plan: FaultPlan | null): void;
  setWatcher(watcher: Watcher | null): void;
  close(): Promise<void>;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Serves a portal on the loopback until it is closed. */
export async function startPortal(options: PortalOptions = {}): Promise<RunningPortal> {
  const clockAhead = options.now === undefined ? 0 : new Date(options.now).getTime() - Date.now();
  const state = new Portal(options.seed ?? DEMONSTRATION_SEED, {
    nowMs: () => Date.now() + clockAhead,
    hosts: [...LOOPBACK, ...(options.hosts ?? [])],
  });
  const pace = options.slow === true ? MEASURED_PACE : options.slow === false ? undefined : options.slow;
  const workers = new Workers(pace?.workers ?? Infinity);
  const requests: LoggedRequest[] = [];
  let faults = options.faults === undefined ? null : new Faults(options.faults);
  let watch: Watcher = () => 'go on';

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = message.method ?? 'GET';
    const path = message.url ?? '/';
    const fault = faults?.pick(method, path) ?? null;
    const entry: LoggedRequest = { method, path, status: 0, fault };
    requests.push(entry);
    const request = await readRequest(message, requests.length);
    if (options.latencyMs !== undefined) await pause(options.latencyMs);
    if (watch('arrived', entry, 0) === 'cut') return void message.socket.destroy();
    if (fault === 'hang-before') return;
    if (fault === 'reset-before') return void message.socket.resetAndDestroy();
    const instead = fault === null || faults === null ? null : answerInstead(fault, faults.plan);
    const reply = instead ?? (await workers.serve(() => served(request, state, pace)));
    if (watch('served', entry, reply.status) === 'cut') return void message.socket.destroy();
    if (fault === 'hang-after') return;
    if (fault === 'reset-after') return void message.socket.resetAndDestroy();
    entry.status = send(response, fault === null ? reply : spoil(fault, reply), fault === 'truncated-json');
    watch('answered', entry, entry.status);
  };
  const server = createServer((message, response) => {
    // A client that went away in the middle of its request is no concern of the portal's.
    serve(message, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/api/`,
    legacyUrl: `http://127.0.0.1:${port}/mybrc-rest/`,
    requests,
    state,
    mostBusy: () => workers.mostBusy,
    setWatcher: (watcher) => {
      watch = watcher ?? (() => 'go on');
    },
    setFaults: (plan) => {
      faults = plan === null ? null : new Faults(plan);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(message: IncomingMessage, serial: number): Promise<PortalRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const [rawPath = '/', ...query] = (message.url ?? '/').split('?');
  return {
    method: message.method ?? 'GET',
    path: decoded(rawPath),
    rawPath,
    query: new URLSearchParams(query.join('?')),
    host: message.headers.host ?? '',
    authorization: message.headers.authorization ?? null,
    contentType: message.headers['content-type'] ?? '',
    body: Buffer.concat(chunks).toString('utf8'),
    serial,
  };
}

function decoded(rawPath: string): string {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return rawPath;
  }
}

async function served(request: PortalRequest, state: Portal, pace: Pace | undefined): Promise<Reply> {
  const finish = state.begin(request);
  if (pace === undefined) return finish();
  const writes = request.method === 'PUT' || request.method === 'POST';
  if (writes) await pause(pace.writeMs);
  const reply = finish();
  if (!writes) await pause(reply.listedJobs === undefined ? pace.lookupMs : Math.max(pace.lookupMs, reply.listedJobs * pace.listedJobMs));
  return reply;
}

/** Writes an answer; returns its status. */
function send(response: ServerResponse, reply: Reply, truncated: boolean): number {
  const text = 'json' in reply.body ? JSON.stringify(reply.body.json) : reply.body.html;
  const sent = truncated ? text.slice(0, Math.floor(text.length / 2)) : text;
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': Buffer.byteLength(sent) }).end(sent);
  return reply.status;
}
