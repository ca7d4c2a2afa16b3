import type { HttpRequest } from './http-client.js';
import { HttpError } from './http-error.js';

/** Where a request goes. `name` says so to people; never with the query: it may hold what others need not see. */
export interface HttpTarget {
  readonly method: string;
  readonly href: string;
  /** Without the query. */
  readonly address: string;
  readonly name: string;
}

/** Names and slashes only: it stays below the base URL as it is, which spares taking a URL apart for each of thousands of requests. */
const PLAIN_PATH = /^[\w-]+(?:\/[\w-]+)*\/?$/;

/** Finds the targets of requests to one server. What it returns throws HttpError `other-origin` for a path that leads away from it. */
export function createTargets(base: URL): (request: HttpRequest) => HttpTarget {
  const folder = new URL('.', base).href;

  return function targetOf({ method = 'GET', path, query }) {
    if (!PLAIN_PATH.test(path)) return withNames(method, urlOf(path, base, query));
    const address = `${folder}${path}`;
    const search = query?.toString() ?? '';
    return { method, href: search === '' ? address : `${address}?${search}`, address, name: `${method} ${address}` };
  };
}

function urlOf(path: string, base: URL, query: URLSearchParams | undefined): URL {
  const url = new URL(path, base);
  if (url.origin !== base.origin) {
    throw new HttpError('other-origin', `the address ${url.origin} is not of ${base.origin}: nothing is sent there`);
  }
  if (query !== undefined) url.search = query.toString();
  return url;
}

function withNames(method: string, { href, origin, pathname }: URL): HttpTarget {
  const address = `${origin}${pathname}`;
  return { method, href, address, name: `${method} ${address}` };
}
