import { userInfo } from 'node:os';
import {
  HttpError,
  slurmdbErrors,
  type HttpClient,
  type HttpResponse,
  type Instant,
  type Logger,
  type Secret,
  type SlurmdbError,
} from '../../../builtin-sdk.js';
import { isRefusal, noAnswer, noReply, refused, slurmFailure } from './failures.js';
import { claimsOf, type SlurmToken } from './token.js';

/** Of what comes in one piece only: the description of a slurmrestd with four versions has 3 MB. */
const MOST_BYTES = 2 ** 26;

/** A reply that passed as one: status 200, JSON, no errors. */
export interface Reply {
  readonly content: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  readonly response: HttpResponse;
}

export interface Question {
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly signal: AbortSignal;
  /** Where the answer could be asked for in parts. */
  readonly maxReplyBytes?: number;
}

/** Speaks to one slurmrestd. No failure comes out of it as an answer, whatever its status says (contract slurm.md 1.6). */
export class RestClient {
  constructor(
    private readonly http: HttpClient,
    private readonly token: SlurmToken,
    private readonly options: { readonly user: string | undefined; readonly logger: Logger },
  ) {}

  /** Who asks. */
  async user(signal: AbortSignal): Promise<string> {
    return this.#userOf(await this.token.current(signal));
  }

  /** When the token ends; null where it does not say. */
  async tokenExpiry(signal: AbortSignal): Promise<Instant | null> {
    return claimsOf(await this.token.current(signal)).exp;
  }

  /** @throws BrcSyncError UNAUTHORISED, SOURCE_UNREACHABLE; ReplyTooLarge */
  async get(question: Question): Promise<Reply> {
    const token = await this.token.current(question.signal);
    const first = await this.#ask(question, token);
    if (!isRefused(first)) return this.#accept(first);
    this.token.refused(token);
    const renewed = await this.token.current(question.signal);
    if (renewed.reveal() === token.reveal()) throw refused(wordsOf(first));
    this.options.logger.info('slurmrestd refused the token; asking again with a new one');
    const second = await this.#ask(question, renewed);
    if (isRefused(second)) throw refused(wordsOf(second));
    return this.#accept(second);
  }

  async #ask({ path, query, signal, maxReplyBytes = MOST_BYTES }: Question, token: Secret): Promise<Answer> {
    const headers = { 'X-SLURM-USER-NAME': this.#userOf(token), 'X-SLURM-USER-TOKEN': token.reveal() };
    try {
      const response = await this.http.send({ path, headers, signal, maxReplyBytes, ...(query && { query }) });
      const content = parseJson(response);
      return { response, content, errors: content === null ? [] : slurmdbErrors(content) };
    } catch (error) {
      if (error instanceof HttpError) throw noAnswer(error, maxReplyBytes);
      throw error;
    }
  }

  #accept({ response, content, errors }: Answer): Reply {
    if (response.status !== 200 || errors.length > 0) throw slurmFailure(response, errors);
    if (content === null) throw noReply(response, 'is no JSON');
    return { content, bytes: response.bodyBytes, response };
  }

  #userOf(token: Secret): string {
    return this.options.user ?? claimsOf(token).sun ?? userInfo().username;
  }
}

interface Answer {
  readonly response: HttpResponse;
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly SlurmdbError[];
}

function isRefused({ response, errors }: Answer): boolean {
  return isRefusal(response.status, errors);
}

function wordsOf({ response, errors }: Answer): string {
  return errors.map(({ message }) => message).join('; ') || `status ${response.status}`;
}

/** Null for what is no JSON object. */
function parseJson({ contentType, body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  if (contentType !== 'application/json') return null;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
