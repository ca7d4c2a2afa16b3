/** A portal time: microseconds since 1970-01-01T00:00:00Z, exact until the year 2255. */
export type Micros = number;

const ZONE = '(Z|[+-]\\d{2}(?::?\\d{2})?)?';
/** Python's own reading: two digits everywhere, any separator, minutes and seconds optional. */
const ISO = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})(?:.(\\d{2})(?::(\\d{2})(?::(\\d{2})(?:[.,](\\d+))?)?)?${ZONE})?$`, 'su');
/** Django's: one digit will do, but minutes are needed. */
const LENIENT = new RegExp(
  `^(\\d{4})-(\\d{1,2})-(\\d{1,2})[T ](\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:[.,](\\d{1,6})\\d{0,6})?)?\\s*${ZONE}$`,
  'u',
);

/** A time as the portal reads it, a naive one in UTC; null when it refuses the text. */
export function parseMicros(text: string): Micros | null {
  const match = ISO.exec(text) ?? LENIENT.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part: string | undefined) => Number(part ?? 0));
  const wall = new Date(Date.UTC(year!, month! - 1, day, hour, minute, second));
  const real = wall.getUTCMonth() === month! - 1 && wall.getUTCDate() === day && hour! < 24 && minute! < 60 && second! < 60;
  if (!real || wall.getUTCFullYear() !== year) return null;
  const fraction = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  return (wall.getTime() - zoneOffsetMs(match[8])) * 1000 + fraction;
}

function zoneOffsetMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.replace(':', '').slice(3, 5));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** `2026-06-02T19:00:00Z`, with six decimals when there is a fraction: how the portal shows a time. */
export function formatMicros(micros: Micros): string {
  return `${wallClock(micros, 'T')}Z`;
}

/** `2026-06-02 19:00:00+00:00`: how a time stands in the portal's messages. */
export function quoteMicros(micros: Micros): string {
  return `${wallClock(micros, ' ')}+00:00`;
}

function wallClock(micros: Micros, separator: string): string {
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  const seconds = new Date((micros - fraction) / 1000).toISOString().slice(0, 19).replace('T', separator);
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`;
}
