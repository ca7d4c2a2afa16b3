import type { Instant } from './job.js';

/** A half-open period of UTC instants: `from` belongs to it, `to` does not. */
export interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** Whether the instant lies in the window: its first does, its last does not. */
export function contains(window: Window, instant: Instant): boolean {
  return instant >= window.from && instant < window.to;
}
