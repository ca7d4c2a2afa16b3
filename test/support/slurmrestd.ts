import type { Logger } from '../../src/core/plugin-environment.js';
import { createHttpClient, type HttpSurroundings } from '../../src/core/http.js';
import { compilePluginConfig } from '../../src/core/plugin-config.js';
import type { Row } from '../../src/core/job.js';
import type { ReadOptions } from '../../src/core/job-source.js';
import { createSecretResolver } from '../../src/core/secret.js';
import type { SlurmrestdConfig } from '../../src/plugins/sources/slurmrestd/config.js';
import definition, { SlurmrestdSource } from '../../src/plugins/sources/slurmrestd/index.js';

const silent = (): void => undefined;
export const NO_LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** A source as the container would make it, config defaults applied; nothing waits for retries. It asks as root, who may see all, unless told otherwise. */
export function aSlurmrestdSource(
  config: Partial<SlurmrestdConfig> & Pick<SlurmrestdConfig, 'url'>,
  surroundings: {
    readonly now?: () => number;
    readonly env?: Readonly<Record<string, string>>;
    readonly http?: Partial<HttpSurroundings>;
    readonly baseDirectory?: string;
    readonly logger?: Logger;
  } = {},
): SlurmrestdSource {
  const full = { token: { env: 'TOKEN' }, ...(config.token === undefined && { user: 'root' }), ...config };
  const problems = compilePluginConfig(definition.configSchema)(full);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const { baseDirectory = '/', logger = NO_LOG } = surroundings;
  const http: HttpSurroundings = { logger, sleep: async () => undefined, ...surroundings.http };
  return new SlurmrestdSource(
    full as SlurmrestdConfig,
    (options) => createHttpClient(options, http),
    createSecretResolver({ env: surroundings.env ?? { TOKEN: 'a-token' }, baseDirectory, warn: silent }),
    logger,
    { now: surroundings.now ?? ((): number => Math.floor(Date.now() / 1000)) },
    baseDirectory,
  );
}

/** Reads on until aborted, and lets nothing be skipped. */
export function reading(signal: AbortSignal = new AbortController().signal): ReadOptions {
  return {
    signal,
    onSkip: (skipped) => {
      throw new Error(`skipped: ${skipped.message}`);
    },
  };
}

export async function rowsOf(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}
