import { ux } from '@oclif/core';
import { BUILTIN } from '../builtin-plugins.js';
import { openAll } from '../core/container.js';
import { createLogger } from '../core/log.js';
import type { PluginsFilePlaces } from '../core/plugins-file.js';

interface Opening {
  readonly places: PluginsFilePlaces;
  readonly signal: AbortSignal;
  readonly debug: boolean;
  /** How long `check()` may take. */
  readonly checkMs?: number;
}

/** Every instance of plugins.json for as long as `use` takes. Nothing is written by them. */
export async function withPlugins<T>(options: Opening, use: (opened: Awaited<ReturnType<typeof openAll>>) => Promise<T>): Promise<T> {
  const { debug, ...rest } = options;
  const logger = createLogger({ stderr: (line) => ux.stderr(line), debug });
  const clock = { now: (): number => Math.floor(Date.now() / 1000) };
  const opened = await openAll({ ...rest, builtins: BUILTIN, logger, clock, env: process.env, output: (line) => ux.stderr(line) });
  try {
    return await use(opened);
  } finally {
    await opened.close();
    logger.close();
  }
}
