import type { Change } from '../change.js';
import { BrcSyncError } from '../errors.js';
import { HttpError } from '../http-error.js';
import type { PutOutcome } from '../job-sink.js';
import { notStoredAsSent } from '../stored-as-sent.js';
import { isPortalFault, readPortalJob } from './portal-record.js';
import { noAnswer, noReply } from './portal-failures.js';
import { bodyOf } from './job-body.js';
import { addressOf } from './job-address.js';
import type { PortalClient } from './portal-client.js';
import { saidOf, type PortalReply } from './portal-reply.js';
import { readRefusal } from './refusal.js';

/** Failures of a connection that may pass. The others meet every job alike. */
const PASSING: ReadonlySet<string> = new Set<HttpError['failure']>(['unreachable', 'reset', 'timeout', 'too-large']);

/**
 * Sends one record, whole, and says what became of it. The same body twices charges once, so the HTTP client may repeat it.
 *
 * @throws BrcSyncError SINK_UNREACHABLE where every other record would fare the same
 */
export async function putJob(client: PortalClient, { after, userId }: Change, signal: AbortSignal): Promise<PutOutcome> {
  signal.throwIfAborted();
  const sent = { ...after, userId: after.userId ?? userId };
  const path = addressOf(sent.jobId);
  if (path === null) return noAddress(sent.jobId);
  try {
    const reply = await client.put(path, bodyOf(sent), signal);
    return outcomeOf(reply, sent);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof BrcSyncError && error.code === 'UNAUTHORISED') {
      return { status: 'unauthorised', message: error.message, remedy: error.remedy };
    }
    if (!(error instanceof HttpError)) throw error;
    if (!PASSING.has(error.failure)) throw noAnswer(error);
    return { status: 'unsettled', message: `The portal gave no answer on job ${sent.jobId}: ${error.message}.` };
  }
}

function outcomeOf(reply: PortalReply, sent: Change['after']): PutOutcome {
  const { response, json } = reply;
  if (response.status === 400 && json !== undefined) return { status: 'rejected', ...readRefusal(json, sent.jobId) };
  if (response.status === 429 || response.status >= 500) {
    return { status: 'unsettled', message: `The portal answers job ${sent.jobId} with status ${response.status}: ${saidOf(response)}.` };
  }
  if (response.status >= 300) throw noReply(reply);
  if (json === undefined) {
    return { status: 'unsettled', message: `The portal answers job ${sent.jobId} with what is no whole JSON: ${saidOf(response)}.` };
  }
  return comparison(json, sent);
}

/** A 200 is not enough: the portal also says its failures with one. */
function comparison(json: unknown, sent: Change['after']): PutOutcome {
  const answered = readPortalJob(json);
  if (isPortalFault(answered)) {
    const failure = typeof json === 'object' && json !== null && 'failure' in json ? String(json.failure) : answered.message;
    return { status: 'not-as-sent', message: `The portal answers job ${sent.jobId} with success, but with no job: ${failure}`, fields: [] };
  }
  if (ownerOf(answered) !== ownerOf(sent)) {
    return { status: 'not-as-sent', message: `The portal answers ${ownerOf(sent)} with ${ownerOf(answered)}.`, fields: [] };
  }
  const fields = notStoredAsSent(sent, answered);
  if (fields.length === 0) return { status: 'applied' };
  return { status: 'not-as-sent', message: `The portal stored job ${sent.jobId} with another ${fields.join(', ')} than was sent.`, fields };
}

function ownerOf({ jobId, account, userId }: Change['after']): string {
  return `job ${jobId} of user ${userId ?? 'nobody'} in ${account}`;
}

function noAddress(jobId: string): PutOutcome {
  return {
    status: 'rejected',
    cause: 'The API has no address for this id.',
    message: `The API of the portal has no address for job ${jobId}: an id with a dot or a slash cannot be looked up or changed.`,
    remedy: "Change the record in the portal's administration.",
  };
}
