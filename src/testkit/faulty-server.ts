import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault } from './trial.js';

/** Stands between a plugin and the HTTP server that it talks to, and makes the trouble that a suite asks for. */
export interface FaultyServer {
  /** To be used instead of the server's own; ends in a slash. */
  readonly url: string;
  /** Requests so far. */
  readonly requests: () => number;
  /** The trouble that requests meet from now on; null: none. */
  setFault(fault: Fault | null): void;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Listens on a free port of this machine and hands requests on to `target`, an `http:` URL. */
export async function startFaultyServer(target: string): Promise<FaultyServer> {
  let fault: Fault | null = null;
  let count = 0;
  let met = new Set<string>();

  /** Each request meets a trouble that passes once, and none after that. */
  const troubleOf = (message: IncomingMessage): Fault | null => {
    if (fault === 'lost-answer') return message.method === 'GET' ? null : fault;
    if (fault === null || !['busy', 'torn', 'reset'].includes(fault)) return fault;
    const words = `${message.method} ${message.url}`;
    if (met.has(words)) return null;
    met.add(words);
    return fault;
  };

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    count += 1;
    const trouble = troubleOf(message);
    const chunks: Buffer[] = [];
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
    if (trouble === 'hang') return;
    if (trouble === 'reset' || trouble === 'unreachable') return void message.socket.resetAndDestroy();
    if (trouble === 'busy') return void response.writeHead(429, { 'Retry-After': '0' }).end('too many requests');
    if (trouble === 'denied')
      return void response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"detail":"Invalid token."}');
    const reply = await forward(target, message, Buffer.concat(chunks));
    if (trouble === 'lost-answer') return void message.socket.resetAndDestroy();
    send(response, trouble === 'duplicate' ? doubled(reply) : reply, trouble === 'torn');
  };

  const server = createServer((message, response) => {
    serve(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: () => count,
    setFault: (next) => {
      fault = next;
      met = new Set();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(target: string, message: IncomingMessage, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { host, port } = new URL(target);
    const path = message.url ?? '/';
    const headers = { ...message.headers, host: message.headers.host ?? host, connection: 'close' };
    const { hostname } = new URL(target);
    const going = ask({ hostname, port, path, headers, ...(message.method === undefined ? {} : { method: message.method }) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    going.on('error', reject);
    going.end(body);
  });
}

function send(response: ServerResponse, { status, headers, body }: Reply, torn: boolean): void {
  const { connection: _, 'transfer-encoding': __, ...rest } = headers;
  response.writeHead(status, { ...rest, 'content-length': body.length });
  if (!torn) return void response.end(body);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

/** The last member of the longest list in a JSON answer stands there twice. */
function doubled(reply: Reply): Reply {
  try {
    const answer: unknown = JSON.parse(reply.body.toString('utf8'));
    const list = longestList(answer);
    if (list === null) return reply;
    list.push(list.at(-1));
    return { ...reply, body: Buffer.from(JSON.stringify(answer)) };
  } catch {
    return reply;
  }
}

function longestList(answer: unknown): unknown[] | null {
  const lists = (Array.isArray(answer) ? [answer] : typeof answer === 'object' && answer !== null ? Object.values(answer) : []).filter(
    (value): value is unknown[] => Array.isArray(value) && value.length > 0,
  );
  return lists.toSorted((one, other) => other.length - one.length)[0] ?? null;
}
