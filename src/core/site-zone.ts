import { Temporal } from 'temporal-polyfill';
import { BrcSyncError } from './errors.js';
import type { Instant } from './job.js';
import { readWallClock, writeWallClock } from './wall-clock.js';

const DAY = 86_400;

/** A time between two clock changes of a zone: `from` belongs to it, `to` does not. */
interface OffsetPeriod {
  readonly from: Instant;
  readonly to: Instant;
  /** Seconds east of UTC. */
  readonly offset: number;
}

interface Zone {
  readonly name: string;
  /** The periods met so far: two a year, so millions of lines ask Temporal a handful of times. */
  readonly known: OffsetPeriod[];
  /** The one asked for last: times in a file lie together. */
  latest: OffsetPeriod;
}

const zones = new Map<string, Zone>();

/** A local time that the spring change skips, and the times around it. */
export interface SkippedTime {
  /** The instant of the change. */
  readonly changeAt: Instant;
  /** The last second before it, local: `2026-03-08T01:59:59`. */
  readonly lastBefore: string;
  /** The first second after it, local: `2026-03-08T03:00:00`. */
  readonly firstAfter: string;
}

/**
 * The instants at which the site's clocks show `YYYY-MM-DDTHH:MM:SS`: one as a rule, two (earlier first) in the hour that the autumn change
 * repeats, none when the spring change skips it, or when the text is no such time at all.
 */
export function instantsOfLocal(text: string, timeZone: string): readonly Instant[] {
  const wall = text.length === 19 ? readWallClock(text) : NaN;
  if (Number.isNaN(wall)) return [];
  const zone = zoneOf(timeZone);
  const { from, to, offset } = periodAt(zone, wall);
  // No zone is a day away from UTC, so far from a change there is nothing to settle.
  if (from <= wall - DAY && to > wall + DAY) return [wall - offset];
  const before = wall - periodAt(zone, wall - DAY).offset;
  const after = wall - periodAt(zone, wall + DAY).offset;
  return [...new Set([before, after])].sort((a, b) => a - b).filter((instant) => instant + periodAt(zone, instant).offset === wall);
}

/** What surrounds a time of which `instantsOfLocal` says that the clocks never show it; null when they do, or when the text is no time. */
export function skippedTime(text: string, timeZone: string): SkippedTime | null {
  const wall = text.length === 19 ? readWallClock(text) : NaN;
  if (Number.isNaN(wall) || instantsOfLocal(text, timeZone).length > 0) return null;
  const zone = zoneOf(timeZone);
  const before = periodAt(zone, wall - DAY);
  const after = periodAt(zone, before.to);
  return {
    changeAt: before.to,
    lastBefore: writeWallClock(before.to - 1 + before.offset),
    firstAfter: writeWallClock(before.to + after.offset),
  };
}

/** The site's wall time at this instant, read as if it were UTC: what a tool stores that takes local time for UTC (money 2, `clock-shifted`). */
export function localReadAsUtc(instant: Instant, timeZone: string): Instant {
  return instant + periodAt(zoneOf(timeZone), instant).offset;
}

/**
 * @throws BrcSyncError CONFIG_INVALID when this is not a name of the IANA time zone database; a bare offset is none, since it has no summer time.
 */
export function assertTimeZone(name: string): void {
  zoneOf(name);
}

function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  if (!isZoneName(name)) {
    throw new BrcSyncError('CONFIG_INVALID', {
      message: `${JSON.stringify(name)} is not a time zone.`,
      remedy: 'Write a name of the IANA time zone database, such as America/Los_Angeles.',
      context: { timeZone: name },
    });
  }
  const latest = askTemporal(name, 0);
  const zone: Zone = { name, known: [latest], latest };
  zones.set(name, zone);
  return zone;
}

function isZoneName(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function periodAt(zone: Zone, instant: Instant): OffsetPeriod {
  if (holds(zone.latest, instant)) return zone.latest;
  let period = zone.known.find((known) => holds(known, instant));
  if (period === undefined) {
    period = askTemporal(zone.name, instant);
    zone.known.push(period);
  }
  zone.latest = period;
  return period;
}

function holds(period: OffsetPeriod, instant: Instant): boolean {
  return instant >= period.from && instant < period.to;
}

function askTemporal(timeZone: string, instant: Instant): OffsetPeriod {
  const moment = Temporal.Instant.fromEpochMilliseconds(instant * 1_000).toZonedDateTimeISO(timeZone);
  // "previous" is strictly earlier: a second later, a change at this very instant counts as its own.
  const from = moment.add({ seconds: 1 }).getTimeZoneTransition('previous');
  const to = moment.getTimeZoneTransition('next');
  return {
    from: from === null ? -Infinity : from.epochMilliseconds / 1_000,
    to: to === null ? Infinity : to.epochMilliseconds / 1_000,
    offset: moment.offsetNanoseconds / 1_000_000_000,
  };
}
