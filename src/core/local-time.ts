import { parseInstant } from './instants.js';
import type { Instant } from './job.js';
import { localReadAsUtc } from './site-zone.js';
import { writeWallClock } from './wall-clock.js';

/** `2026-11-22 03:12:05`, as the site's clocks show an instant or its ISO 8601 text. */
export function localTime(instant: Instant | string, timeZone: string): string {
  const seconds = typeof instant === 'string' ? (parseInstant(instant) ?? 0) : instant;
  return writeWallClock(localReadAsUtc(seconds, timeZone)).replace('T', ' ');
}
