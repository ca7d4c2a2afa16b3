import { compileSchema, contentOf, deviates, saysAbsent, unstable, type PortalClient } from '../../../builtin-sdk.js';
import { PAGE_SIZE } from './job-page.js';

/** A list that contradicts itself is read so often. */
const ATTEMPTS = 3;

interface Page {
  readonly count: number;
  readonly results: readonly unknown[];
}

const isPage = compileSchema<Page>({
  type: 'object',
  required: ['count', 'results'],
  properties: { count: { type: 'integer', minimum: 0 }, results: { type: 'array' } },
});

export interface ListRequest<T> {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Reads one element; `pointer` is where it stands. */
  readonly read: (value: unknown, pointer: string) => T;
  readonly signal: AbortSignal;
}

/**
 * Every element of a list that the portal orders by id: pages are counted, not followed, since `next` may name another host. What is asked for
 * by a name that the portal does not know is an empty list.
 *
 * @throws BrcSyncError UNSTABLE_LIST when count and elements disagree three times
 */
export async function readList<T extends { readonly id: number }>(client: PortalClient, request: ListRequest<T>): Promise<readonly T[]> {
  let fault = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const read = await readOnce(client, request);
    if (typeof read !== 'string') return read;
    fault = read;
  }
  throw unstable(request.path, fault);
}

/** A text says what is wrong. */
async function readOnce<T extends { readonly id: number }>(client: PortalClient, request: ListRequest<T>): Promise<readonly T[] | string> {
  const first = await readPage(client, request, 1);
  if (first === null) return 'it has no first page';
  const numbers = Array.from({ length: Math.ceil(first.count / PAGE_SIZE) }, (_, index) => index + 1).slice(1);
  const others = await Promise.all(numbers.map((number) => readPage(client, request, number)));
  const items = new Map<number, T>();
  for (const page of [first, ...others]) {
    if (page === null) return 'it became shorter while it was read';
    if (page.count !== first.count) return 'its count changed while it was read';
    page.items.forEach((item) => items.set(item.id, item));
  }
  return items.size === first.count ? [...items.values()] : `it brought ${items.size} of its ${first.count} elements`;
}

async function readPage<T>(
  client: PortalClient,
  { path, query, read, signal }: ListRequest<T>,
  number: number,
): Promise<{ readonly count: number; readonly items: readonly T[] } | null> {
  const asked = new URLSearchParams(query);
  if (number > 1) asked.set('page', String(number));
  const reply = await client.get(path, asked, signal);
  if (saysAbsent(reply, /^Invalid page/)) return null;
  if (reply.response.status === 400 && /Select a valid choice/.test(reply.response.body)) return { count: 0, items: [] };
  const page = contentOf(reply);
  if (!isPage(page)) {
    const [error] = isPage.errors ?? [];
    throw deviates(path, error?.instancePath ?? '', error?.message ?? 'is no page of a list');
  }
  return { count: page.count, items: page.results.map((value, index) => read(value, `/results/${index}`)) };
}
