const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
/** Days from 0001-01-01 to 1970-01-01. */
const DAYS_TO_EPOCH = 719_162;
const SECONDS_A_DAY = 86_400;
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `YYYY-MM-DDT` by day: a day costs far more than a time, and a run meets the same few over and over. */
const textOfDay = new Map<number, string>();
const MOST_DAYS = 4_096;

/**
 * The wall time `YYYY-MM-DDTHH:MM:SS` with which a text begins, as seconds counted as if the wall hung in UTC; NaN when it begins otherwise or names
 * a time no calendar has (February 30, 24:00, a leap second). Says nothing about what follows. Read digit by digit: millions of lines pass here.
 */
export function readWallClock(text: string): number {
  const century = twoDigits(text, 0);
  const yearOfCentury = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  if (century < 0 || yearOfCentury < 0 || hour < 0 || minute < 0 || second < 0) return NaN;
  if (hour > 23 || minute > 59 || second > 59 || !hasSeparators(text)) return NaN;
  const days = daysSinceEpoch(century * 100 + yearOfCentury, month, day);
  return days * SECONDS_A_DAY + hour * 3_600 + minute * 60 + second;
}

/** `YYYY-MM-DDTHH:MM:SS`, from such seconds. */
export function writeWallClock(seconds: number): string {
  const day = Math.floor(seconds / SECONDS_A_DAY);
  const second = seconds - day * SECONDS_A_DAY;
  return `${textOfDay.get(day) ?? writeDay(day)}${TWO_DIGITS[Math.floor(second / 3_600)]}:${TWO_DIGITS[Math.floor(second / 60) % 60]}:${TWO_DIGITS[second % 60]}`;
}

function writeDay(day: number): string {
  const text = new Date(day * SECONDS_A_DAY * 1_000).toISOString().slice(0, -'00:00:00.000Z'.length);
  if (textOfDay.size >= MOST_DAYS) textOfDay.clear();
  textOfDay.set(day, text);
  return text;
}

/** The two digits at this place as a number; -1 where there are none. */
export function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function hasSeparators(text: string): boolean {
  return (
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a
  );
}

function daysSinceEpoch(year: number, month: number, day: number): number {
  const daysBefore = DAYS_BEFORE_MONTH[month - 1];
  const daysInMonth = DAYS_IN_MONTH[month - 1];
  if (daysBefore === undefined || daysInMonth === undefined) return NaN;
  const leapDay = isLeap(year) ? 1 : 0;
  if (day < 1 || day > (month === 2 ? daysInMonth + leapDay : daysInMonth)) return NaN;
  const past = year - 1;
  const pastLeapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  return past * 365 + pastLeapDays + daysBefore + (month > 2 ? leapDay : 0) + day - 1 - DAYS_TO_EPOCH;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
