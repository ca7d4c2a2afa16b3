import { canSubmit } from './can-submit.js';
import { viewJob } from './job.js';
import { listJobs } from './list-jobs.js';
import { jsonReply, type Reply } from './reply.js';
import { readJson } from './request-body.js';
import type { PortalRequest } from './request.js';
import { ID, whole, type Route, type Site } from './routes.js';
import { createJob, putJob } from './write-job.js';

/** What the old API knows of the filters; it overlooks all others. */
const FILTERS = ['jobstatus', 'start_time', 'end_time', 'page'];

/** The API of the database before the portal, as far as jobs go: a list without sums, and no single job to be read. */
export const LEGACY_ROUTES: readonly Route[] = [
  {
    pattern: whole('jobs'),
    allow: 'GET, POST, HEAD, OPTIONS',
    permission: 'staff-writes',
    views: {
      GET: listLegacyJobs,
      POST: (request, site) => jsonReply(201, viewJob(createJob(readJson(request), site))),
    },
    takesSuffix: true,
  },
  {
    pattern: whole(`jobs/${ID}`),
    allow: 'PUT, OPTIONS',
    permission: 'staff-writes',
    views: { PUT: (request, site, [id]) => jsonReply(200, viewJob(putJob(id!, readJson(request), site))) },
    takesSuffix: true,
  },
  {
    pattern: whole('can_submit_job/(.*)/(.*)/(.*)'),
    allow: 'OPTIONS, GET',
    permission: 'anybody',
    views: { GET: (_, site, [cost, uid, account]) => canSubmit(cost!.trim(), uid!.trim(), account!.trim(), site) },
    takesSuffix: false,
  },
];

function listLegacyJobs(request: PortalRequest, site: Site): Reply {
  const query = new URLSearchParams([...request.query].filter(([name]) => FILTERS.includes(name)));
  const reply = listJobs({ ...request, query }, site, site.nowMs());
  if (!('json' in reply.body)) return reply;
  const { count, next, previous, results } = reply.body.json as Readonly<Record<string, unknown>>;
  return { ...reply, body: { json: { count, next, previous, results } } };
}
