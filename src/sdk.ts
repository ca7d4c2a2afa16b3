import 'reflect-metadata';

/**
 * The only door for plugin authors, published as `brc-sync/sdk`. What stands here keeps its meaning as long as `API_VERSION` stays what it is:
 * names and optional fields may be added, none is taken away or changed. docs/PLUGINS.md explains it; shapes, units and errors stand with each name.
 */

/** What a plugin is, and what it is given. */
export * from './core/plugin.js';
export * from './core/plugin-environment.js';
export * from './core/tokens.js';
export { inject, injectable } from 'tsyringe';
export { SECRET_SCHEMA } from './core/secret.js';

/** What goes through it. */
export type * from './core/job-source.js';
export type * from './core/job-sink.js';
export * from './core/job.js';
export * from './core/record.js';
export type * from './core/change.js';
export * from './core/window.js';
export { notStoredAsSent } from './core/stored-as-sent.js';

/** Money, times and node lists, exactly. */
export { parseAmount, formatAmount, type Cents } from './core/service-units.js';
export * from './core/instants.js';
export { instantsOfLocal } from './core/site-zone.js';
export { firstInstantOfDate, endOfDate } from './core/period.js';
export { expandHostlist, hasNodes } from './core/hostlist.js';

/** The world outside: HTTP with retries and deadlines, files, and the errors that an administrator can act on. */
export type * from './core/http-client.js';
export { HttpError, type HttpFailure } from './core/http-error.js';
export { readLines, type InputLine } from './core/input/read-lines.js';
export { BrcSyncError, type ErrorCode, type ErrorDetails } from './core/errors.js';
