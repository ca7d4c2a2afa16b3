/** Why a request brought no answer. Statuses are answers: also 500 is returned, not thrown. */
export type HttpFailure = 'unreachable' | 'reset' | 'timeout' | 'too-large' | 'redirected' | 'other-origin' | 'tls';

const RETRYABLE: ReadonlySet<HttpFailure> = new Set<HttpFailure>(['unreachable', 'reset', 'timeout']);

/** A request without an answer. The message names method, origin and path: never a header, never a query. */
export class HttpError extends Error {
  readonly failure: HttpFailure;
  /** Whether asking again may help. */
  readonly isRetryable: boolean;

  constructor(failure: HttpFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HttpError';
    this.failure = failure;
    this.isRetryable = RETRYABLE.has(failure);
  }
}

const TLS_CODE = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/;

/** What an error of Node's network layer means. */
export function httpErrorOf(error: unknown, request: string): HttpError {
  if (error instanceof HttpError) return error;
  const code = codeOf(error);
  const words = REASONS[code] ?? (code === '' ? 'the connection broke' : `the connection failed (${code})`);
  if (TLS_CODE.test(code)) return new HttpError('tls', `${request}: the server's certificate is not accepted (${code})`, error);
  const failure = code === '' || code === 'ECONNRESET' || code === 'EPIPE' || code.startsWith('ERR_STREAM') ? 'reset' : 'unreachable';
  return new HttpError(failure, `${request}: ${words}`, error);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ECONNRESET: 'the server broke the connection',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOENT: 'there is no such socket',
  EACCES: 'the socket may not be opened',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
