import type { HttpClient, HttpResponse } from '../http-client.js';
import { HttpError } from '../http-error.js';
import type { Logger, Secret } from '../plugin-environment.js';
import { forbidden, noAnswer, noReply, tokenRefused } from './portal-failures.js';
import { detailOf, type PortalReply } from './portal-reply.js';
import type { PortalToken } from './portal-token.js';

interface Question {
  readonly method?: 'GET' | 'PUT';
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

/** Speaks to one portal. Pages for people and halves of documents are asked for again; in the end they are no answers. */
export class PortalClient {
  constructor(
    private readonly http: HttpClient,
    private readonly token: PortalToken,
    private readonly logger: Logger,
  ) {}

  /**
   * Whatever the portal answers to a GET, but for what concerns every request; `contentOf` takes it for an answer.
   *
   * @throws BrcSyncError UNAUTHORISED, SINK_UNREACHABLE
   */
  async get(path: string, query: URLSearchParams | null, signal: AbortSignal): Promise<PortalReply> {
    try {
      return await this.#ask({ path, signal, ...(query && { query }) });
    } catch (error) {
      throw error instanceof HttpError ? noAnswer(error) : error;
    }
  }

  /**
   * Whatever the portal answers to a PUT, but for what concerns every request.
   *
   * @throws BrcSyncError UNAUTHORISED; HttpError
   */
  put(path: string, json: unknown, signal: AbortSignal): Promise<PortalReply> {
    return this.#ask({ method: 'PUT', path, json, signal });
  }

  /** Any answer but a 401 and a 403. Of concurrent requests with a refused token one reads it again, and all are sent once more. */
  async #ask(question: Question): Promise<PortalReply> {
    const token = await this.token.current();
    const first = await this.#send(question, token);
    if (first.response.status !== 401) return permitted(first);
    const renewed = await this.token.renewed(token);
    this.logger.info('the portal refused the token: it was read again', { words: detailOf(first) ?? 'status 401' });
    const second = await this.#send(question, renewed);
    if (second.response.status === 401) throw tokenRefused(second);
    return permitted(second);
  }

  async #send(question: Question, token: Secret): Promise<PortalReply> {
    const { path } = question;
    let json: unknown;
    const isUsable = (response: HttpResponse): boolean => {
      json = parseJson(response);
      return json !== undefined || response.status >= 300;
    };
    const response = await this.http.send({ ...question, headers: { Authorization: `Token ${token.reveal()}` }, isUsable });
    return { path, response, json };
  }
}

/**
 * The content of a good answer.
 *
 * @throws BrcSyncError SINK_UNREACHABLE for any other
 */
export function contentOf(reply: PortalReply): unknown {
  if (reply.response.status === 200 && reply.json !== undefined) return reply.json;
  throw noReply(reply);
}

function permitted(reply: PortalReply): PortalReply {
  if (reply.response.status === 403) throw forbidden(reply);
  return reply;
}

function parseJson({ contentType, body }: HttpResponse): unknown {
  if (contentType !== 'application/json') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
