import { Temporal } from 'temporal-polyfill';
import type { Deployment } from './deployment.js';
import type { Micros } from './micros.js';

const ZONE = 'America/Los_Angeles';
const DAY_MICROS = 24 * 3600 * 1_000_000;

const known = new Map<string, Micros>();

/** Midnight of a Pacific date (`YYYY-MM-DD`). */
export function startOfDay(date: string): Micros {
  let midnight = known.get(date);
  if (midnight === undefined) {
    midnight = Temporal.PlainDate.from(date).toZonedDateTime(ZONE).epochMilliseconds * 1000;
    known.set(date, midnight);
  }
  return midnight;
}

/** The last microsecond that counts to a Pacific date: midnight and 24 hours, whatever the clocks do that day. */
export function endOfDay(date: string): Micros {
  return startOfDay(date) + DAY_MICROS - 1;
}

/** First and last moment of the allowance year that `nowMs` falls in. */
export function allowanceYear(nowMs: number, deployment: Deployment): { readonly from: Micros; readonly to: Micros } {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(ZONE).toPlainDate();
  const year = today.month >= deployment.yearStartMonth ? today.year : today.year - 1;
  const first = new Temporal.PlainDate(year, deployment.yearStartMonth, 1);
  return { from: startOfDay(first.toString()), to: endOfDay(first.add({ years: 1 }).subtract({ days: 1 }).toString()) };
}
