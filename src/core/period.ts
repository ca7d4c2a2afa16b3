import { BrcSyncError } from './errors.js';
import { formatInstant, parseInstant } from './instants.js';
import type { Instant } from './job.js';
import type { SiteZone } from './plugin-environment.js';
import { instantsOfLocal, localReadAsUtc, skippedTime } from './site-zone.js';
import { readWallClock, writeWallClock } from './wall-clock.js';

const DAY = 86_400;
const COMMAND_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?)?$/;
const WAYS_TO_WRITE =
  "Write YYYY-MM-DD or YYYY-MM-DDTHH:MM[:SS], in the site's time zone or with Z or an offset such as -07:00 behind the time.";

export interface CommandTimeOptions {
  readonly timeZone: string;
  /** Which end of the half-open window the time is: decides what a date alone means, and the autumn hour. */
  readonly bound: 'start' | 'end';
}

/**
 * A time of the command line (DESIGN, "Times on the command line"): `YYYY-MM-DD[THH:MM[:SS]]`, a space for the T allowed, in the site's zone unless
 * it ends in `Z` or `±hh:mm`. A date alone is its first instant as start, the first instant of the next day as end. In the hour that the autumn
 * change repeats, start is the first, end the second.
 * @throws BrcSyncError TIME_INVALID for another form, for a date no calendar has, and for a time that the spring change skips.
 */
export function parseCommandTime(text: string, { timeZone, bound }: CommandTimeOptions): Instant {
  const match = COMMAND_TIME.exec(text.trim());
  if (match === null) throw invalidTime(text, 'has another form', WAYS_TO_WRITE);
  const [, date = '', minutes, seconds = '00', zone] = match;
  if (minutes === undefined) return bound === 'start' ? firstInstantOfDate(date, timeZone) : endOfDate(date, timeZone);
  const wallClock = `${date}T${minutes}:${seconds}`;
  assertWallClock(text, wallClock);
  return zone === undefined ? localInstant(text, wallClock, { timeZone, bound }) : offsetInstant(text, wallClock + zone);
}

/**
 * The first instant of a date in the zone: its midnight, or what comes instead where a clock change skips midnight.
 * @throws BrcSyncError TIME_INVALID when `YYYY-MM-DD` names no day.
 */
export function firstInstantOfDate(date: string, timeZone: string): Instant {
  return firstInstantOfDay(midnight(date), timeZone);
}

/** The end of a date in the zone: the first instant of the next day, since windows are half-open. */
export function endOfDate(date: string, timeZone: string): Instant {
  return firstInstantOfDay(midnight(date) + DAY, timeZone);
}

/**
 * The start of the allocation year that `at` lies in: the latest such midnight that is not after it.
 * @throws BrcSyncError CONFIG_INVALID when `MM-DD` is not a day of every year.
 */
export function allocationYearStart(at: Instant, site: SiteZone): Instant {
  assertAllocationYearStart(site.allocationYearStart);
  const year = Number(formatInstant(localReadAsUtc(at, site.timeZone)).slice(0, 4));
  const start = firstInstantOfDate(`${fourDigits(year)}-${site.allocationYearStart}`, site.timeZone);
  return start <= at ? start : firstInstantOfDate(`${fourDigits(year - 1)}-${site.allocationYearStart}`, site.timeZone);
}

/** @throws BrcSyncError CONFIG_INVALID when this is not the `MM-DD` of a day that every year has. */
export function assertAllocationYearStart(monthAndDay: string): void {
  const ordinaryYear = `2026-${monthAndDay}T00:00:00`;
  if (/^\d{2}-\d{2}$/.test(monthAndDay) && !Number.isNaN(readWallClock(ordinaryYear))) return;
  const why = monthAndDay === '02-29' ? 'is not a day of every year' : 'is not a day of the year as MM-DD';
  throw new BrcSyncError('CONFIG_INVALID', {
    message: `allocationYearStart ${JSON.stringify(monthAndDay)} ${why}.`,
    remedy: 'Write month and day with two digits each, such as 06-01 or 10-01.',
    context: { allocationYearStart: monthAndDay },
  });
}

function localInstant(text: string, wallClock: string, { timeZone, bound }: CommandTimeOptions): Instant {
  const instant = instantsOfLocal(wallClock, timeZone).at(bound === 'start' ? 0 : -1);
  if (instant !== undefined) return instant;
  const skipped = skippedTime(wallClock, timeZone);
  const around = skipped === null ? '' : `: the clocks go from ${skipped.lastBefore} to ${skipped.firstAfter}`;
  const remedy = skipped === null ? WAYS_TO_WRITE : `Write ${skipped.lastBefore} or ${skipped.firstAfter}, or a time with Z.`;
  throw invalidTime(text, `does not exist in ${timeZone}, the spring change skips it${around}`, remedy);
}

function offsetInstant(text: string, iso: string): Instant {
  const instant = parseInstant(iso);
  if (instant === null) throw invalidTime(text, 'has an offset that no zone has', WAYS_TO_WRITE);
  return instant;
}

function assertWallClock(text: string, wallClock: string): number {
  const wall = readWallClock(wallClock);
  if (Number.isNaN(wall)) throw invalidTime(text, 'names a day or a time of day that no calendar has', WAYS_TO_WRITE);
  return wall;
}

/** Midnight of a date, as seconds of its wall clock. */
function midnight(date: string): number {
  if (date.length !== 10) throw invalidTime(date, 'is not a date', 'Write a date as YYYY-MM-DD.');
  return assertWallClock(date, `${date}T00:00:00`);
}

function firstInstantOfDay(wall: number, timeZone: string): Instant {
  const wallClock = writeWallClock(wall);
  const instant = instantsOfLocal(wallClock, timeZone)[0] ?? skippedTime(wallClock, timeZone)?.changeAt;
  if (instant === undefined) throw invalidTime(wallClock, 'has no first instant', WAYS_TO_WRITE);
  return instant;
}

function fourDigits(year: number): string {
  return String(year).padStart(4, '0');
}

function invalidTime(text: string, why: string, remedy: string): BrcSyncError {
  return new BrcSyncError('TIME_INVALID', { message: `The time ${JSON.stringify(text)} ${why}.`, remedy, context: { time: text } });
}
