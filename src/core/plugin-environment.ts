import type { Instant } from './job.js';

export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: a sentence, and facts as fields. Goes to `run.log` and, for warnings, to standard error. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

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

export interface SecretResolver {
  resolve(reference: SecretReference): Promise<Secret>;
}

export type OutputLine = (line: string) => void;

/** What a site decides for everybody: DESIGN, plugins.json. */
export interface SiteZone {
  /** IANA name, such as `America/Los_Angeles`. */
  readonly timeZone: string;
  /** `MM-DD`, such as `06-01` (MyBRC) or `10-01` (MyLRC). */
  readonly allocationYearStart: string;
}
