import 'reflect-metadata';

/** The only door for plugin authors. */
export { inject, injectable } from 'tsyringe';
export * from './core/tokens.js';
export * from './core/plugin.js';
export * from './core/plugin-environment.js';
export * from './core/job.js';
export * from './core/record.js';
export * from './core/change.js';
export * from './core/window.js';
export type * from './core/job-source.js';
export type * from './core/job-sink.js';
export * from './core/hostlist.js';
export * from './core/slurm/invalid-row.js';
export { SACCT_FIELDS } from './core/slurm/sacct-columns.js';
export * from './core/slurm/sacct-header.js';
export * from './core/slurm/sacct-row.js';
export * from './core/slurm/slurmdb-job.js';
export * from './core/slurm/slurmdb-reply.js';
export { BrcSyncError } from './core/errors.js';
export { compileSchema } from './core/schema.js';
export { parseAmount, formatAmount, type Cents } from './core/service-units.js';
export * from './core/instants.js';
export { instantsOfLocal } from './core/site-zone.js';
export { firstInstantOfDate, endOfDate } from './core/period.js';
export { SECRET_SCHEMA } from './core/secret.js';
