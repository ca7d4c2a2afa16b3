/** What the portal answers, before it is written to the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A value for JSON, or an HTML page. */
  readonly body: { readonly json: unknown } | { readonly html: string };
  /** How many jobs were listed, which is what a list costs the portal. */
  readonly listedJobs?: number;
}

/** An answer of the API itself: the web framework adds which methods the address knows. */
export function jsonReply(status: number, json: unknown, extra: { headers?: Record<string, string>; listedJobs?: number } = {}): Reply {
  const headers = { 'Content-Type': 'application/json', ...extra.headers };
  return { status, headers, body: { json }, ...(extra.listedJobs === undefined ? {} : { listedJobs: extra.listedJobs }) };
}

/** An answer from outside the API: a person's error page. */
export function htmlReply(status: number, title: string, headers: Record<string, string> = {}): Reply {
  const html = `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body: { html } };
}

export const serverError = (): Reply => htmlReply(500, 'Server Error');
export const pageNotFound = (): Reply => htmlReply(404, 'Page not found');

/** `{"detail": …}` with a status: how the API refuses. */
export class Refusal extends Error {
  readonly status: number;
  readonly json: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, json: unknown, headers: Record<string, string> = {}) {
    super(`refused with ${status}`);
    this.status = status;
    this.json = json;
    this.headers = headers;
  }
}

/** The portal's program failed on this request: an HTML page with status 500. */
export class Breakdown extends Error {}
