import type { Instant } from './job.js';
import { readWallClock, twoDigits, writeWallClock } from './wall-clock.js';

const Z = 0x5a;

/**
 * The instant that an ISO 8601 text names: `YYYY-MM-DDTHH:MM:SS`, a fraction if any (cut: portals keep microseconds, we compare whole seconds),
 * and `Z` or `±hh:mm`. Null for anything else, also for a text without zone, which names no instant.
 */
export function parseInstant(text: string): Instant | null {
  const wall = readWallClock(text);
  if (Number.isNaN(wall)) return null;
  if (text.length === 20 && text.charCodeAt(19) === Z) return wall;
  const offset = readOffset(text, afterFraction(text));
  return offset === null ? null : wall - offset;
}

/** `2026-06-02T19:00:00Z`. */
export function formatInstant(instant: Instant): string {
  return `${writeWallClock(instant)}Z`;
}

function afterFraction(text: string): number {
  if (text[19] !== '.') return 19;
  let at = 20;
  while (isDigit(text.charCodeAt(at))) at++;
  return at === 20 ? text.length : at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Seconds east of UTC that the rest of the text says. */
function readOffset(text: string, at: number): number | null {
  const sign = text[at];
  if (sign === 'Z') return text.length === at + 1 ? 0 : null;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return null;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 3_600 + minutes * 60);
}
