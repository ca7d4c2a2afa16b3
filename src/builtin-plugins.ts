import type { Builtins } from './core/plugin-module.js';

/** The inventory: every plugin that comes with brc-sync, loaded when an instance names it. Commands hand it to core, which knows no plugin. */
export const BUILTIN: Builtins = {
  fixture: () => import('./plugins/sources/fixture/index.js'),
  sacct: () => import('./plugins/sources/sacct/index.js'),
  slurmrestd: () => import('./plugins/sources/slurmrestd/index.js'),
  coldfront: () => import('./plugins/sinks/coldfront/index.js'),
  mybrc: () => import('./plugins/sinks/mybrc/index.js'),
  log: () => import('./plugins/sinks/log/index.js'),
};
