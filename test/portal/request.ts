/** A request as the views see it. */
export interface PortalRequest {
  readonly method: string;
  /** Decoded, with its slashes: `/api/jobs/123+0/`. */
  readonly path: string;
  /** As sent, without the query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  readonly host: string;
  readonly authorization: string | null;
  readonly contentType: string;
  readonly body: string;
  /** Counts requests; two lists with different numbers show ties in different orders. */
  readonly serial: number;
}

/** The last of a parameter's values, as the portal reads single-valued filters. */
export function lastValue(query: URLSearchParams, name: string): string | null {
  return query.getAll(name).at(-1) ?? null;
}
