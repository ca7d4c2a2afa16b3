import { BrcSyncError, ERROR_CODES } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { CheckResult } from '../job-source.js';

/** `warning`: runs work, and somebody should look. `failure`: a run would fail, or do the wrong thing. */
export type CheckLevel = 'ok' | 'warning' | 'failure';

/** One thing that was looked at. */
export interface Check {
  /** What it is about: `node`, `mybrc clock`. */
  readonly name: string;
  readonly level: CheckLevel;
  readonly message: string;
  /** What to do; null when it is ok. */
  readonly remedy: string | null;
  /** Of a failure: what a run would end with, 2 or 6. */
  readonly exitCode: ExitCode | null;
}

export function ok(name: string, message: string): Check {
  return { name, level: 'ok', message, remedy: null, exitCode: null };
}

export function warning(name: string, message: string, remedy: string): Check {
  return { name, level: 'warning', message, remedy, exitCode: null };
}

export function failure(name: string, message: string, remedy: string, exitCode: ExitCode = EXIT.usage): Check {
  return { name, level: 'failure', message, remedy, exitCode };
}

/** Of an error that an administrator can act on; others are thrown. */
export function failureOf(name: string, error: unknown): Check {
  if (!(error instanceof BrcSyncError)) throw error;
  return failure(name, error.message, error.remedy, exitCodeOf(error.exitCode));
}

/** What an instance says about itself. */
export function checkOf(instance: string, { name, ok: isOk, message, remedy, warning: isWarning, code }: CheckResult): Check {
  const title = `${instance} ${name}`;
  if (isOk) return ok(title, message);
  const what = remedy ?? 'See the documentation of its plugin.';
  if (isWarning === true) return warning(title, message, what);
  return failure(title, message, what, exitCodeOf(ERROR_CODES[code ?? 'CONFIG_INVALID']));
}

/** Whatever is wrong with a house of one's own is a 2. */
function exitCodeOf(exitCode: ExitCode): ExitCode {
  return exitCode === EXIT.unreachable ? EXIT.unreachable : EXIT.usage;
}
