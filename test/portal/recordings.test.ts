import { request as send } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import { readListsJobs, readRecordedSeed, readScenario } from './fixtures.js';
import type { Exchange } from './fixtures.js';
import { startPortal } from './start-portal.js';
import type { RunningPortal } from './start-portal.js';

const SCENARIOS = ['auth', 'lifecycle', 'partial-put', 'nodes', 'validation', 'dates', 'charging', 'lists', 'directory'];
const NOW = '2026-11-23T06:47:00Z';
const SEED = readRecordedSeed();

for (const name of SCENARIOS) {
  void t.test(`the stand-in answers as the portal did: ${name}`, async (t) => {
    const portal = await startPortal({ seed: SEED, now: NOW });
    t.teardown(() => portal.close());
    const { exchanges } = readScenario(name);
    if (name === 'lists') await putListedJobs(portal);
    for (const [index, exchange] of exchanges.entries()) {
      const { method, path } = exchange.request;
      compare(t, exchange, await play(portal, exchange.request), `#${index} ${method} ${path.slice(0, 80)} ${exchange.note ?? ''}`);
    }
  });
}

async function putListedJobs(portal: RunningPortal): Promise<void> {
  for (const job of readListsJobs()) {
    const { status } = await play(portal, { method: 'PUT', path: `/api/jobs/${job.jobslurmid}/`, token: 'staff', body: job });
    if (status !== 200) throw new Error(`job ${job.jobslurmid} was answered ${status}`);
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a recorded request as it was sent: host `localhost`, the path untouched. */
function play(portal: RunningPortal, request: Exchange['request']): Promise<Answer> {
  const { port } = new URL(portal.baseUrl);
  const token = request.token === null ? null : SEED.tokens[request.token];
  const text = request.text ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const headers = {
    Host: 'localhost',
    ...(token == null ? {} : { Authorization: `Token ${token.key}` }),
    ...(text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    ...request.headers,
  };
  return new Promise((resolve, reject) => {
    const call = send({ host: '127.0.0.1', port, method: request.method, path: request.path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: body }));
    });
    call.on('error', reject).end(text);
  });
}

function compare(t: Test, { response }: Exchange, answer: Answer, label: string): void {
  t.equal(answer.status, response.status, `${label}: status`);
  for (const [name, value] of Object.entries(response.headers)) t.equal(answer.headers[name], value, `${label}: ${name}`);
  if (response.body === undefined) {
    if (response.text === '') t.equal(answer.text, '', `${label}: no body`);
    else t.match(answer.text, /^<!DOCTYPE html>/u, `${label}: a page`);
    return;
  }
  const body: unknown = JSON.parse(answer.text);
  const recorded = withoutCreation(response.body);
  if (isList(recorded) && isList(body)) compareLists(t, withoutCreation(body) as List, recorded, label);
  else t.strictSame(withoutCreation(body), recorded, `${label}: body`);
}

interface List {
  readonly results: unknown;
  readonly next: string | null;
  readonly previous: string | null;
}

function isList(body: unknown): body is List {
  return typeof body === 'object' && body !== null && 'results' in body;
}

function compareLists(t: Test, body: List, recorded: List, label: string): void {
  const { results, ...rest } = body;
  const { results: expected, ...expectedRest } = recorded;
  t.strictSame(rest, expectedRest, `${label}: everything but the results`);
  const rows = results as readonly unknown[];
  const leftOut =
    typeof expected === 'string'
      ? expected
      : Array.isArray(expected) && typeof expected.at(-1) === 'string'
        ? String(expected.at(-1))
        : null;
  const shown = Array.isArray(expected) ? expected.filter((row) => typeof row !== 'string') : [];
  const omitted = leftOut === null ? 0 : Number(/\d+/u.exec(leftOut)?.[0]);
  t.equal(rows.length, shown.length + omitted, `${label}: rows`);
  if (isCutThroughTies(body, shown)) t.equal(new Set(rows.map((row) => JSON.stringify(row))).size, rows.length, `${label}: no job twice`);
  else t.strictSame(inOneOrder(rows.slice(0, shown.length)), inOneOrder(shown), `${label}: results`);
}

/** A page shows all of a tie only when no neighbour continues it; ties have no promised order, so other pages are compared by their sums. */
function isCutThroughTies({ next, previous }: List, shown: readonly unknown[]): boolean {
  const starts = shown.map((row) => (typeof row === 'object' && row !== null && 'startdate' in row ? row.startdate : null));
  const continues = (start: unknown): boolean => start !== null && starts.filter((other) => other === start).length > 1;
  return (next !== null && continues(starts.at(-1))) || (previous !== null && continues(starts[0]));
}

/** Jobs that start together come in no promised order. */
function inOneOrder(rows: readonly unknown[]): unknown[] {
  const key = (row: unknown): string => {
    if (typeof row !== 'object' || row === null || !('startdate' in row) || !('jobslurmid' in row)) return '';
    return `${String(row.startdate)} ${String(row.jobslurmid)}`;
  };
  return [...rows].sort((a, b) => key(a).localeCompare(key(b)));
}

/** Times of creation are the seed's own. */
function withoutCreation(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'created' || key === 'modified' ? undefined : inner)));
}
