import { ERROR_CODES } from '../errors.js';

/** What is wrong with what a plugin answered, as the rest of a sentence; null: nothing. */

const DECIMAL = /^-?\d+\.\d{2}$/;
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  applied: [],
  logged: [],
  rejected: ['cause', 'message', 'remedy'],
  unsettled: ['message'],
  unauthorised: ['message', 'remedy'],
  'not-as-sent': ['message'],
};

type Fields = Readonly<Record<string, unknown>>;

export function checksFault(answer: unknown): string | null {
  const isCheck = (each: unknown): boolean =>
    isObject(each) &&
    isText(each.name) &&
    typeof each.ok === 'boolean' &&
    isText(each.message) &&
    (each.remedy === null || isText(each.remedy)) &&
    (each.warning === undefined || each.warning === true) &&
    (each.code === undefined || (isText(each.code) && each.code in ERROR_CODES));
  return Array.isArray(answer) && answer.every(isCheck) ? null : 'an array of { name, ok, message, remedy, warning?, code? } is due';
}

export function namesFault(answer: unknown): string | null {
  return Array.isArray(answer) && answer.every(isText) ? null : 'an array of names is due';
}

export function partitionsFault(answer: unknown): string | null {
  return answer === null ? null : namesFault(answer);
}

export function aliveFault(answer: unknown): string | null {
  return answer === null || (answer instanceof Set && [...(answer as Set<unknown>)].every(isText)) ? null : 'a Set of ids or null is due';
}

export function accountsFault(answer: unknown): string | null {
  const isDate = (value: unknown): boolean => value === null || (Number.isSafeInteger(value) && Number(value) >= 0);
  const isAccount = (each: unknown): boolean =>
    isObject(each) &&
    isText(each.name) &&
    isDate(each.allocationStart) &&
    isDate(each.allocationEnd) &&
    [undefined, true].includes(each.closed as true);
  return Array.isArray(answer) && answer.every(isAccount)
    ? null
    : 'an array of { name, allocationStart, allocationEnd } is due, in whole seconds';
}

export function recordFault(answer: unknown): string | null {
  return answer === null || isObject(answer) ? null : 'a record or null is due';
}

export function totalsFault(answer: unknown): string | null {
  if (!isObject(answer)) return 'count and sums are due';
  if (!Number.isSafeInteger(answer.count) || Number(answer.count) < 0) return 'count is a whole number';
  if (!isDecimal(answer.amount)) return 'amount is a decimal text with two places';
  return Number.isFinite(answer.cpuHours) ? null : 'cpuHours is a number';
}

export function usageFault(answer: unknown): string | null {
  if (!isObject(answer) || !(answer.used === null || isDecimal(answer.used))) return 'used is a decimal text with two places, or null';
  return mapFault(answer.users, isDecimal, 'users is a Map of decimal texts by user id');
}

export function userIdsFault(answer: unknown): string | null {
  return mapFault(answer, isText, 'a Map of ids by name is due');
}

export function outcomeFault(answer: unknown): string | null {
  const fields =
    isObject(answer) && typeof answer.status === 'string' && Object.hasOwn(OUTCOMES, answer.status) ? OUTCOMES[answer.status] : undefined;
  if (!isObject(answer) || fields === undefined) return `status is one of ${Object.keys(OUTCOMES).join(', ')}`;
  const missing = fields.filter((field) => !isText(answer[field]));
  if (missing.length > 0) return `${missing.join(' and ')} must be said`;
  return answer.status !== 'not-as-sent' || Array.isArray(answer.fields) ? null : 'fields is an array';
}

function mapFault(value: unknown, isValue: (each: unknown) => boolean, due: string): string | null {
  const isFine = value instanceof Map && [...(value as Map<unknown, unknown>)].every(([key, each]) => isText(key) && isValue(each));
  return isFine ? null : due;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isDecimal(value: unknown): boolean {
  return typeof value === 'string' && DECIMAL.test(value);
}
