import type { Instant, Row } from '../../../src/core/job.js';

/** A request as a plugin sends it, below the API's base URL. */
export interface PluginRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `2026-06-02T19:00:00+00:00`: RFC 3339 as the plugins write it. */
export function rfc3339(instant: Instant): string {
  return new Date(instant * 1000).toISOString().replace('.000Z', '+00:00');
}

/** The plugins know uids only; a row without one cannot be played. */
export function uidOf(row: Row): string {
  if (row.uid === null) throw new Error(`job ${row.jobId} has no uid`);
  return String(row.uid);
}

/** Slurm's own number for no time limit, which the plugins take for minutes. */
export const UNLIMITED_MINUTES = 4294967295;
