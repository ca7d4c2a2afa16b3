import { EXIT, type ExitCode } from './exit-codes.js';

/** Every error an administrator can meet, with the exit code it leads to. The README explains each; a test holds the two together. */
export const ERROR_CODES = {
  USAGE: EXIT.usage,
  CONFIG_NOT_FOUND: EXIT.usage,
  CONFIG_INVALID: EXIT.usage,
  CONFIG_UNSAFE: EXIT.usage,
  PLUGIN_NOT_FOUND: EXIT.usage,
  PLUGIN_INVALID: EXIT.usage,
  PLUGIN_CONTRACT: EXIT.unexpected,
  CAPABILITY_MISSING: EXIT.usage,
  TIME_INVALID: EXIT.usage,
  PRICES_INVALID: EXIT.usage,
  PRICE_MISSING: EXIT.usage,
  PARTITION_UNKNOWN: EXIT.usage,
  USER_MAP_INVALID: EXIT.usage,
  CLUSTER_AMBIGUOUS: EXIT.usage,
  INPUT_NOT_FOUND: EXIT.usage,
  INPUT_INVALID: EXIT.usage,
  HOSTLIST_INVALID: EXIT.usage,
  OUTPUT_FAILED: EXIT.usage,
  STATE_FAILED: EXIT.unexpected,
  JOURNAL_INVALID: EXIT.usage,
  PLAN_INVALID: EXIT.usage,
  RUN_NOT_FOUND: EXIT.usage,
  LOCKED: EXIT.locked,
  UNSTABLE_LIST: EXIT.incomplete,
  SOURCE_UNREACHABLE: EXIT.unreachable,
  SINK_UNREACHABLE: EXIT.unreachable,
  UNAUTHORISED: EXIT.unreachable,
  CHECK_FAILED: EXIT.unreachable,
  INTERRUPTED: EXIT.interrupted,
  UNEXPECTED: EXIT.unexpected,
} as const satisfies Record<string, ExitCode>;
/** Names an error for programs; decides the exit code. */
export type ErrorCode = keyof typeof ERROR_CODES;

export type ErrorContext = Readonly<Record<string, string | number | null | readonly string[]>>;

/** What an administrator is told. */
export interface ErrorDetails {
  readonly message: string;
  /** What the administrator can do next, as a sentence. */
  readonly remedy: string;
  /** Facts for the JSON form of the error: file, line, field, instance … Never a secret. */
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

/** A plugin may bring its own copy of this module: what it throws counts, too. */
const BRAND = Symbol.for('brc-sync/error');

/** An error that an administrator can act on: shown as message and remedy, without a stack. */
export class BrcSyncError extends Error {
  /** Of the subclasses only what is theirs; of this class what any copy of it made. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== BrcSyncError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  readonly code: ErrorCode;
  readonly remedy: string;
  readonly exitCode: ExitCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'BrcSyncError';
    this.code = code;
    this.remedy = details.remedy;
    this.exitCode = ERROR_CODES[code];
    this.context = details.context ?? {};
  }
}

Object.defineProperty(BrcSyncError.prototype, BRAND, { value: true });
