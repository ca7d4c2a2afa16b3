import type { Instant } from './job.js';

/** A half-open period of UTC instants: `from` belongs to it, `to` does not. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

export function contains(window: Window, instant: Instant): boolean {
  return instant >= window.from && instant < window.to;
}
