import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { resolve } from 'node:path';
import type { RequestListener } from 'node:http';

const FOLDER = resolve('test/fixtures/tls');
/** Signed the certificate of `serveTls`; no system trusts it. */
export const CA_FILE = resolve(FOLDER, 'ca.pem');

export interface TlsServer {
  readonly port: number;
  connections(): number;
  close(): Promise<void>;
}

/** An https server of `localhost` and `portal.invalid` on a free port of the loopback. */
export async function serveTls(answer: RequestListener): Promise<TlsServer> {
  let connections = 0;
  const server = createTlsServer({ key: readFileSync(`${FOLDER}/server.key`), cert: readFileSync(`${FOLDER}/server.pem`) }, answer);
  server.on('connection', () => (connections += 1));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { port: (server.address() as AddressInfo).port, connections: () => connections, close };
}

export interface TunnelProxy {
  readonly url: string;
  /** Every CONNECT: its target and its headers. */
  readonly tunnels: readonly { readonly target: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** A proxy that lets https through, to this machine whatever the host is called. */
export async function serveTunnels(): Promise<TunnelProxy> {
  const tunnels: { target: string; headers: IncomingMessage['headers'] }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.push({ target: request.url ?? '', headers: request.headers });
    const upstream = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
    client.on('error', () => undefined);
    sockets.add(client).add(upstream);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, close };
}
