import type { Instant } from './job.js';

/** Facts beside a sentence of the log. A `Secret` among them prints as `[secret]`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: a sentence, and facts as fields. Goes to `run.log` and, for warnings, to standard error. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Tells the time; a test sets it. */
export interface Clock {
  /** The present, in whole seconds. */
  now(): Instant;
}

/** A secret in plugins.json: never the value itself. */
export type SecretReference = { readonly env: string } | { readonly file: string };

/** A value that prints as `[secret]` wherever it is logged, serialised or interpolated. */
export interface Secret {
  /** The value itself: for the request that needs it, and nothing else. */
  reveal(): string;
  /** Always `[secret]`. */
  toString(): string;
}

/** Reads secrets when they are needed, and again each time it is asked. */
export interface SecretResolver {
  /** @throws BrcSyncError `CONFIG_INVALID` where the variable is not set, or the file cannot be read or is empty */
  resolve(reference: SecretReference): Promise<Secret>;
}

/** Prints one line. */
export type OutputLine = (line: string) => void;

/** What a site decides for everybody: DESIGN, plugins.json. */
export interface SiteZone {
  /** IANA name, such as `America/Los_Angeles`. */
  readonly timeZone: string;
  /** `MM-DD`, such as `06-01` (MyBRC) or `10-01` (MyLRC). */
  readonly allocationYearStart: string;
}
