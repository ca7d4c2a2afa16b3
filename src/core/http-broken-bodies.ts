import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';

/** Sent with each attempt, and written to the log: the server's log may show it, too. */
export const REQUEST_ID = 'x-request-id';

/** Tells of connections that close before a body is whole. */
export interface BrokenBodies {
  /** Calls back if that happens to the request with this id; the returned function ends the watch. */
  watch(requestId: string, onBroken: () => void): () => void;
  close(): void;
}

const CHANNEL = 'http.client.response.finish';

/** node-fetch 2 waits for the rest of such a body for ever, unless it came in chunks; Node itself knows better. */
export function watchBrokenBodies(): BrokenBodies {
  const watched = new Map<string, () => void>();
  function onResponse(message: unknown): void {
    const { request, response } = message as { readonly request: unknown; readonly response: unknown };
    if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
    const onBroken = watched.get(String(request.getHeader(REQUEST_ID)));
    if (onBroken === undefined) return;
    response.once('close', () => {
      if (!response.complete) onBroken();
    });
  }
  subscribe(CHANNEL, onResponse);
  return {
    watch(requestId, onBroken) {
      watched.set(requestId, onBroken);
      return () => watched.delete(requestId);
    },
    close: () => void unsubscribe(CHANNEL, onResponse),
  };
}
