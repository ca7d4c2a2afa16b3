import { assertPermitted, authenticate } from './authenticate.js';
import { obtainToken } from './obtain-token.js';
import { Breakdown, Refusal, htmlReply, jsonReply, pageNotFound, serverError } from './reply.js';
import type { Reply } from './reply.js';
import type { PortalRequest } from './request.js';
import { LEGACY_ROUTES } from './legacy-routes.js';
import { ROUTES } from './routes.js';
import type { Route, Site } from './routes.js';

/** The portal's API, and that of the database before it: both are served over the same tables. */
const DIALECTS = [
  { base: '/api/', routes: ROUTES },
  { base: '/mybrc-rest/', routes: LEGACY_ROUTES },
];

interface Hit {
  readonly route: Route;
  readonly captured: readonly string[];
  /** A suffix such as `.batch` that names no format. */
  readonly badFormat: boolean;
}

/** The portal's answer to a request, whatever it is. */
export function answer(request: PortalRequest, site: Site, hosts: readonly string[]): Reply {
  if (!hosts.includes(hostName(request.host))) return serverError();
  const dialect = DIALECTS.find(({ base }) => request.path.startsWith(base));
  if (dialect === undefined) return pageNotFound();
  const { routes } = dialect;
  const path = request.path.slice(dialect.base.length);
  if (path.startsWith('api_token_auth/')) return guarded('POST, OPTIONS', () => obtainToken(request, site.directory));
  const hit = find(path, routes);
  if (hit === null) return find(`${path}/`, routes) === null ? pageNotFound() : withSlash(request);
  return guarded(hit.route.allow, () => respond(request, site, hit));
}

function respond(request: PortalRequest, site: Site, { route, captured, badFormat }: Hit): Reply {
  const format = request.query.get('format');
  if (badFormat || (format !== null && format !== 'json')) throw new Refusal(404, { detail: 'Not found.' });
  const user = authenticate(request.authorization, site.directory, site.nowMs());
  assertPermitted(user, route.permission, request.method);
  if (request.method === 'OPTIONS') return jsonReply(200, { renders: ['application/json'], parses: ['application/json'] });
  const view = route.views[request.method === 'HEAD' ? 'GET' : request.method];
  if (view === undefined) throw new Refusal(405, { detail: `Method "${request.method}" not allowed.` });
  return view(request, site, captured);
}

function find(path: string, routes: readonly Route[]): Hit | null {
  for (const route of routes) {
    const match = path === '' && route.pattern.test('/') ? [] : route.pattern.exec(path);
    if (match !== null) return { route, captured: match.slice(1), badFormat: false };
  }
  const suffixed = /^([^.]*)\.([a-z0-9]+)\/?$/u.exec(path);
  const plain = suffixed === null ? null : find(`${suffixed[1]!}/`, routes);
  return plain?.route.takesSuffix === true ? { ...plain, badFormat: suffixed?.[2] !== 'json' } : null;
}

/** Refusals and breakdowns as answers, with the methods that the address knows. */
function guarded(allow: string, view: () => Reply): Reply {
  try {
    const reply = view();
    return { ...reply, headers: { ...reply.headers, Allow: allow } };
  } catch (error) {
    if (error instanceof Breakdown) return serverError();
    if (error instanceof Refusal) return jsonReply(error.status, error.json, { headers: { ...error.headers, Allow: allow } });
    throw error;
  }
}

function withSlash(request: PortalRequest): Reply {
  const query = request.query.toString();
  const reply = htmlReply(301, '', { Location: `${request.rawPath}/${query === '' ? '' : `?${query}`}` });
  return { ...reply, body: { html: '' } };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/u, '').toLowerCase();
}
