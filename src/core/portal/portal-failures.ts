import { BrcSyncError } from '../errors.js';
import type { HttpError } from '../http-error.js';
import { detailOf, saidOf, type PortalReply } from './portal-reply.js';

const TOKEN_REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /expired/i,
    'Get a new token from the portal (one obtained with a password lives for 24 hours) and put it where "token" of the instance refers to; ask an administrator for one that does not expire.',
  ],
  [
    /inactive/i,
    'The account behind the token is switched off: let an administrator switch it on, or use the token of another staff account.',
  ],
];
const TOKEN_REMEDY = 'Check what "token" of the instance refers to: it has to be the API token of a staff account of this very portal.';

/** The credentials are not accepted, also after they were read again. */
export function tokenRefused(reply: PortalReply): BrcSyncError {
  const words = detailOf(reply) ?? 'status 401';
  const remedy = TOKEN_REMEDIES.find(([pattern]) => pattern.test(words))?.[1] ?? TOKEN_REMEDY;
  return new BrcSyncError('UNAUTHORISED', { message: `The portal does not accept the token: ${withoutDot(words)}.`, remedy });
}

/** The token is good, and still may not do this. */
export function forbidden(reply: PortalReply): BrcSyncError {
  const detail = detailOf(reply);
  if (detail === null) {
    return new BrcSyncError('UNAUTHORISED', {
      message: `The web server in front of the portal refuses this machine (status 403): ${saidOf(reply.response)}.`,
      remedy: 'The API may be limited to certain addresses: let an administrator of the portal allow that of this machine.',
    });
  }
  return new BrcSyncError('UNAUTHORISED', {
    message: `The portal does not let the account of the token do this: ${withoutDot(detail)}.`,
    remedy:
      'Only staff and superusers may write: let an administrator of the portal make the account staff, or use the token of one that is.',
  });
}

const UNREACHABLE_REMEDIES: Readonly<Partial<Record<HttpError['failure'], string>>> = {
  redirected:
    'Correct "baseUrl" of the instance: the final address, usually with https://, ending in /api/ (the old database: /mybrc-rest/).',
  tls: 'Name the PEM file of the certificate authority as "caFile" of the instance, or correct the host in "baseUrl".',
  timeout: 'See whether the portal still works; if it is only slow, raise timeoutSeconds and overallTimeoutSeconds of the instance.',
};

/** No answer at all. */
export function noAnswer(error: HttpError): BrcSyncError {
  return new BrcSyncError('SINK_UNREACHABLE', {
    message: `The portal does not answer: ${error.message}.`,
    remedy: UNREACHABLE_REMEDIES[error.failure] ?? 'Check "baseUrl" of the instance, and that the portal is up.',
    cause: error,
  });
}

/** An answer that is none of the API's, or one that nobody asked for. */
export function noReply({ response, json, path }: PortalReply): BrcSyncError {
  const { status, contentType } = response;
  const isPage = json === undefined && contentType === 'text/html';
  const what = isPage
    ? `a page for people instead of data (status ${status})`
    : json === undefined
      ? `what is no whole JSON (status ${status})`
      : `status ${status}`;
  const remedy =
    status === 404
      ? 'Correct "baseUrl" of the instance: it has to lead to the REST API of the portal, and ends in /api/ (of the old database: in /mybrc-rest/).'
      : status >= 500
        ? 'Look into the portal\'s log; a host that the portal does not know is a 500, too: check that of "baseUrl".'
        : 'Open the address in a browser: the portal may be under maintenance, or "baseUrl" leads somewhere else.';
  return new BrcSyncError('SINK_UNREACHABLE', { message: `The portal answers ${path} with ${what}: ${saidOf(response)}.`, remedy });
}

/** An answer whose form is not that of the API; `pointer` is a JSON pointer into it. */
export function deviates(path: string, pointer: string, what: string): BrcSyncError {
  return new BrcSyncError('SINK_UNREACHABLE', {
    message: `The portal's answer to ${path} is not as its API should answer: ${pointer === '' ? '/' : pointer} ${what}.`,
    remedy:
      'Check that "baseUrl" leads to a portal of this kind; if it does, its release differs from those that brc-sync knows: report this.',
    context: { path, pointer },
  });
}

/** A list that contradicts itself, also when asked again (money 18). */
export function unstable(list: string, what: string): BrcSyncError {
  return new BrcSyncError('UNSTABLE_LIST', {
    message: `The portal's list of ${list} contradicts itself: ${what}.`,
    remedy: 'It may have changed while it was read: run again.',
    context: { list },
  });
}

function withoutDot(words: string): string {
  return words.replace(/\.$/, '');
}
