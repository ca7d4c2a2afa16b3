export const RETRY_STATUSES: readonly number[] = [429, 500, 502, 503, 504];

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 20_000;

/** Full jitter: anything between nothing and a bound that doubles with each attempt, so that clients do not come back together. */
export function jitteredDelayMs(attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)));
}

/** `Retry-After` in either form, seconds or an HTTP date; null where there is none that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse reads too much: "-5" is a date to it.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
