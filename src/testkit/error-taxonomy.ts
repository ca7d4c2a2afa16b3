import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ERROR_CODES, type ErrorCode } from '../core/errors.js';

/** Codes by which a plugin may say that what it reads or writes cannot be had. */
const UNAVAILABLE: readonly ErrorCode[] = [
  'SOURCE_UNREACHABLE',
  'SINK_UNREACHABLE',
  'UNAUTHORISED',
  'INPUT_NOT_FOUND',
  'INPUT_INVALID',
  'OUTPUT_FAILED',
  'UNSTABLE_LIST',
  'CONFIG_INVALID',
];

/** An error that an administrator can act on: `BrcSyncError` with one of these codes, a sentence and a remedy. */
export function assertUnavailable(error: unknown, codes: readonly ErrorCode[] = UNAVAILABLE): void {
  const { code, message, remedy } = error as { readonly code?: unknown; readonly message?: unknown; readonly remedy?: unknown };
  const isKnown = typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
  assert.ok(isKnown && codes.includes(code as ErrorCode), `its error is no BrcSyncError of ${codes.join(', ')}: ${inspect(error)}`);
  assert.ok(typeof message === 'string' && message !== '', `its error ${code} says nothing`);
  assert.ok(typeof remedy === 'string' && remedy !== '', `its error ${code} does not say what to do`);
}
