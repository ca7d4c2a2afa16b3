import type { HttpClient } from '../http-client.js';
import { guestFault, type GuestName } from './guest-calls.js';

/** For a plugin where nothing may be written: it asks, and sends nothing. What a plugin does past this client nobody can keep it from. */
export function readingClient(guest: GuestName, client: HttpClient): HttpClient {
  return {
    async send(request) {
      const { method = 'GET', path } = request;
      if (method !== 'GET')
        throw guestFault(guest, `wants to send ${method} ${path.split('?', 1)[0] ?? ''} where nothing may be written: nothing was sent.`);
      return client.send(request);
    },
    close: () => client.close(),
  };
}
