import type { InjectionToken } from 'tsyringe';
import type { HttpClients } from './http-client.js';
import type { Clock, Logger, OutputLine, SecretResolver } from './plugin-environment.js';

/** Gives the value behind a token, such as `CONFIG`: what a `useFactory` asks with. */
export type Resolve = <T>(token: InjectionToken<T>) => T;

/** The instance's validated `config`, defaults applied. */
export const CONFIG: InjectionToken = Symbol.for('brc-sync/config');
/** A logger that carries the instance's name. */
export const LOGGER: InjectionToken<Logger> = Symbol.for('brc-sync/logger');
/** The time, so that tests can set it. */
export const CLOCK: InjectionToken<Clock> = Symbol.for('brc-sync/clock');
/** Aborted when the run is interrupted. */
export const SIGNAL: InjectionToken<AbortSignal> = Symbol.for('brc-sync/signal');
/** Resolves `{ env }` and `{ file }` references to secrets. */
export const SECRETS: InjectionToken<SecretResolver> = Symbol.for('brc-sync/secrets');
/** Writes a line for people: standard output, or standard error when standard output belongs to `--json`. */
export const OUTPUT: InjectionToken<OutputLine> = Symbol.for('brc-sync/output');
/** The instance's site settings: time zone, allocation year. */
export const SITE: InjectionToken = Symbol.for('brc-sync/site');
/** Makes a relative path of the configuration absolute: it counts from the file that holds it. */
export const BASE_DIRECTORY: InjectionToken<string> = Symbol.for('brc-sync/base-directory');
/** Makes HTTP clients that write into the instance's log. */
export const HTTP: InjectionToken<HttpClients> = Symbol.for('brc-sync/http');
