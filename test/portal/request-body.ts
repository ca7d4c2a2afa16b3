import { pythonJsonError } from './python-json-error.js';
import { Refusal } from './reply.js';
import type { PortalRequest } from './request.js';

/** A request's body as JSON; an empty one is an empty object. Throws the portal's 415 and 400. */
export function readJson(request: PortalRequest): unknown {
  if (request.body === '') return {};
  if (!/^application\/json\s*(?:;|$)/iu.test(request.contentType)) {
    throw new Refusal(415, { detail: `Unsupported media type "${request.contentType}" in request.` });
  }
  try {
    const value: unknown = JSON.parse(request.body);
    return value;
  } catch {
    throw new Refusal(400, { detail: `JSON parse error - ${pythonJsonError(request.body)}` });
  }
}
