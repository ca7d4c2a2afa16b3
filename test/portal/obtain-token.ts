import type { Directory } from './directory.js';
import { Breakdown, Refusal, jsonReply } from './reply.js';
import type { Reply } from './reply.js';
import { readJson } from './request-body.js';
import type { PortalRequest } from './request.js';

/** `POST /api_token_auth/`. Nobody in a seed has a password, so this only ever refuses. */
export function obtainToken(request: PortalRequest, directory: Directory): Reply {
  if (request.method !== 'POST') throw new Refusal(405, { detail: `Method "${request.method}" not allowed.` });
  const body = readJson(request);
  if (typeof body !== 'object' || body === null || !('username' in body) || !('password' in body)) throw new Breakdown('no credentials');
  if (typeof body.username !== 'string') throw new Breakdown('no user name');
  const name = body.username.trim();
  if (!directory.usersByName.has(name)) return jsonReply(200, { error: `User ${name} does not exist.` });
  throw new Refusal(400, { non_field_errors: ['Unable to log in with provided credentials.'] });
}
