import type { Instant } from './job.js';

/** What a plugin may send. */
export type HttpMethod = 'GET' | 'PUT' | 'POST';

/** One question to the server. */
export interface HttpRequest {
  /** GET and PUT may be repeated, POST never is. */
  readonly method?: HttpMethod;
  /** Path below the client's base URL, or a whole URL of the same origin. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly signal: AbortSignal;
  /** Whether the answer can be used, where its status cannot tell; one that cannot is asked for again like a 503, and comes back in the end. */
  readonly isUsable?: (response: HttpResponse) => boolean;
  /** Smaller than the client's own limit; a reply over it is aborted, not read. */
  readonly maxReplyBytes?: number;
}

/** What the server answered, whatever its status. */
export interface HttpResponse {
  readonly status: number;
  /** A header by its lower-case name. */
  header(name: string): string | null;
  /** Media type without parameters, in lower case; empty where the server names none. */
  readonly contentType: string;
  readonly body: string;
  readonly bodyBytes: number;
  /** The server's clock, where it has a `Date`. */
  readonly serverTime: Instant | null;
}

/** Headers that carry a secret: asked for before each attempt, sent to the client's own origin only. */
export type Credentials = (signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;

/** What a client talks to, and how patiently. */
export interface HttpClientOptions {
  /** `https://host/prefix/`; `http` only towards loopback, over a socket, or with `allowInsecure`. */
  readonly baseUrl: string;
  /** Path of a Unix socket; the host of `baseUrl` is then only a name. */
  readonly socketPath?: string;
  readonly allowInsecure?: boolean;
  /** PEM file of a private certificate authority, in place of the public ones. */
  readonly caFile?: string;
  readonly credentials?: Credentials;
  /** Deadline of one attempt, headers and body (default 30 s). */
  readonly requestTimeoutMs?: number;
  /** Deadline of a request with all its attempts and waits (default 120 s). */
  readonly overallTimeoutMs?: number;
  /** Attempts of a request that may be repeated (default 5). */
  readonly maxAttempts?: number;
  /** Statuses worth asking again for (default 429, 500, 502, 503, 504). */
  readonly retryStatuses?: readonly number[];
  /** Requests at once (default 16). It starts with 4 and adapts. */
  readonly maxInFlight?: number;
  /** Default 64 MiB. */
  readonly maxReplyBytes?: number;
}

/** A client of one server. */
export interface HttpClient {
  /**
   * The server's answer, whatever its status.
   *
   * @throws HttpError where there is none; the reason of the signal when it is aborted.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

/** What a plugin asks for by the token `HTTP`: makes a client that writes into the instance's log. */
export type HttpClients = (options: HttpClientOptions) => HttpClient;
