import type { PortalRequest } from './request.js';
import { lastValue } from './request.js';
import { Refusal } from './reply.js';

const PAGE_SIZE = 100;

/** Which part of a list a request asks for, and the links beside it. */
export interface Page {
  readonly from: number;
  readonly to: number;
  readonly next: string | null;
  readonly previous: string | null;
}

/** The asked page of a list of `count`. Throws the portal's 404 for a page that is not there. */
export function pageOf(request: PortalRequest, count: number): Page {
  const pages = Math.max(1, Math.ceil(count / PAGE_SIZE));
  const asked = lastValue(request.query, 'page') ?? '';
  const number = asked === 'last' ? pages : asked === '' ? 1 : wholeNumber(asked);
  if (number === null || number < 1 || number > pages) throw new Refusal(404, { detail: 'Invalid page.' });
  return {
    from: (number - 1) * PAGE_SIZE,
    to: Math.min(number * PAGE_SIZE, count),
    next: number < pages ? pageLink(request, number + 1) : null,
    previous: number > 1 ? pageLink(request, number - 1) : null,
  };
}

/** One page of a list, as every list but that of the jobs is answered. */
export function pageBody<T>(request: PortalRequest, items: readonly T[], view: (item: T) => unknown): unknown {
  const page = pageOf(request, items.length);
  return { count: items.length, next: page.next, previous: page.previous, results: items.slice(page.from, page.to).map(view) };
}

/** The request's own address with another page: parameters sorted by name, the first page without a number. */
function pageLink(request: PortalRequest, number: number): string {
  const query = new URLSearchParams(request.query);
  query.delete('page');
  if (number > 1) query.append('page', String(number));
  query.sort();
  const text = query.toString();
  return `http://${request.host}${request.rawPath}${text === '' ? '' : `?${text}`}`;
}

function wholeNumber(text: string): number | null {
  return /^\s*[+-]?\d+\s*$/u.test(text) ? Number(text) : null;
}
