import type { HttpResponse } from '../http-client.js';

/** What the portal answered, whatever it is. */
export interface PortalReply {
  /** What was asked for, below the base URL. */
  readonly path: string;
  readonly response: HttpResponse;
  /** Undefined for what is no JSON. */
  readonly json: unknown;
}

/** What the API says of an error; null where it says nothing. */
export function detailOf({ json }: PortalReply): string | null {
  if (typeof json !== 'object' || json === null || !('detail' in json)) return null;
  return typeof json.detail === 'string' ? json.detail : null;
}

/** A 404 that the API itself says in these words: a wrong address says others. */
export function saysAbsent(reply: PortalReply, words: RegExp): boolean {
  return reply.response.status === 404 && words.test(detailOf(reply) ?? '');
}

/** The title of a page, or the first words, on one line. */
export function saidOf({ body }: HttpResponse): string {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  const words = (title ?? body.slice(0, 400))
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? 'it is empty' : `"${words.slice(0, 120)}"`;
}
