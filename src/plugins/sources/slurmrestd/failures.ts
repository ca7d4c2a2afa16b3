import { BrcSyncError, type HttpError, type HttpResponse, type SlurmdbError } from '../../../builtin-sdk.js';

/** The answer would be too large, by our limit or by Slurm's: to be asked for in parts. */
export class ReplyTooLarge extends BrcSyncError {}

/** The period is longer than MaxQueryTimeRange allows: whether there is anything in it is not told. */
export class PeriodTooLong extends ReplyTooLarge {}

/** slurmctld knows no such job (any more). */
export class JobUnknown extends BrcSyncError {}

/** ESLURM_AUTH... of the protocol (contract slurm.md 1.6). */
const AUTHENTICATION = 1007;
const RESULT_TOO_LARGE = 7006;
/** ESLURM_DB_QUERY_TOO_WIDE. */
const QUERY_TOO_WIDE = 7007;
const DATABASE_DOWN = 7000;
/** ESLURM_INVALID_JOB_ID, of slurmctld only. */
const INVALID_JOB_ID = 2017;

/** Slurm 22.05 refuses a token with status 200, 25.11 with 502: only the words tell. */
export function isRefusal(status: number, errors: readonly SlurmdbError[]): boolean {
  return (
    status === 401 || status === 403 || errors.some(({ number, message }) => number === AUTHENTICATION || /authentication/i.test(message))
  );
}

export function refused(words: string): BrcSyncError {
  return new BrcSyncError('UNAUTHORISED', {
    message: `slurmrestd does not accept the token: ${words}.`,
    remedy:
      'Check that the token has not expired and is of this user; give "token" as a command (scontrol token lifespan=3600) to have it renewed.',
  });
}

export function noAnswer(error: HttpError, maxReplyBytes: number): BrcSyncError {
  if (error.failure === 'too-large') {
    return new ReplyTooLarge('SOURCE_UNREACHABLE', {
      message: `slurmrestd's answer is too large: ${error.message}.`,
      remedy: `Raise maxReplyBytes of the instance (now ${maxReplyBytes}); what cannot be asked for in smaller parts has to fit.`,
      cause: error,
    });
  }
  return new BrcSyncError('SOURCE_UNREACHABLE', {
    message: `slurmrestd does not answer: ${error.message}.`,
    remedy:
      error.failure === 'timeout'
        ? 'See whether slurmrestd and slurmdbd still work; if they are only slow, lower sliceSeconds or raise timeoutSeconds of the instance.'
        : 'Check "url" of the instance, and that slurmrestd runs there: systemctl status slurmrestd.',
    cause: error,
  });
}

export function slurmFailure(response: HttpResponse, errors: readonly SlurmdbError[]): BrcSyncError {
  const words = errors.map(({ message }) => message).join('; ') || saidOf(response);
  if (errors.some(({ number }) => number === QUERY_TOO_WIDE)) {
    return new PeriodTooLong('SOURCE_UNREACHABLE', {
      message: `Slurm gives no answer about so long a period: ${words}.`,
      remedy: 'Let brc-sync ask as an Operator, or raise MaxQueryTimeRange of slurmdbd.',
    });
  }
  if (errors.some(({ number }) => number === RESULT_TOO_LARGE)) {
    return new ReplyTooLarge('SOURCE_UNREACHABLE', {
      message: `Slurm gives no answer that large: ${words}.`,
      remedy: 'Set "clusters" of the instance, or purge slurmdbd: what cannot be asked for in smaller parts has to fit.',
    });
  }
  if (errors.length > 0 && errors.every(({ number }) => number === INVALID_JOB_ID)) {
    return new JobUnknown('SOURCE_UNREACHABLE', {
      message: `slurmctld does not know the job: ${words}.`,
      remedy: 'Nothing: it has forgotten it.',
    });
  }
  if (response.status === 404) {
    return new BrcSyncError('SOURCE_UNREACHABLE', {
      message: `slurmrestd does not know the address it was asked for (status 404): ${words}.`,
      remedy: 'Leave "version" of the instance out, or set it to one that this slurmrestd loads (its option -s).',
    });
  }
  const isDown = errors.some(({ number }) => number === DATABASE_DOWN);
  return new BrcSyncError('SOURCE_UNREACHABLE', {
    message: `slurmrestd could not answer (status ${response.status}): ${words}.`,
    remedy: isDown
      ? 'slurmrestd runs, but slurmdbd or its database does not answer it: systemctl status slurmdbd.'
      : 'Look into the logs of slurmrestd and slurmdbd; nothing of this answer is used.',
  });
}

/** An answer that is no JSON, or no answer to what was asked. */
export function noReply(response: HttpResponse, what: string): BrcSyncError {
  return new BrcSyncError('SOURCE_UNREACHABLE', {
    message: `slurmrestd's answer (status ${response.status}) ${what}: ${saidOf(response)}.`,
    remedy: 'Check that "url" leads to slurmrestd itself, and not to a proxy or another service.',
  });
}

/** The first words, on one line. */
function saidOf({ contentType, body }: HttpResponse): string {
  const words = body
    .slice(0, 200)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return words === '' ? 'it is empty' : `${contentType || 'no type'}, "${words.slice(0, 120)}"`;
}
