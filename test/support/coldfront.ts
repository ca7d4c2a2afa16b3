import { createHttpClient, type HttpSurroundings } from '../../src/core/http.js';
import type { Logger } from '../../src/core/plugin-environment.js';
import { compilePluginConfig } from '../../src/core/plugin-config.js';
import { createSecretResolver } from '../../src/core/secret.js';
import type { ColdfrontConfig } from '../../src/plugins/sinks/coldfront/config.js';
import definition, { ColdfrontSink } from '../../src/plugins/sinks/coldfront/index.js';
import { readRecordedSeed } from '../portal/fixtures.js';

const silent = (): void => undefined;
const NO_LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent };

/** The recorded seed's token of that name. */
export function keyOf(name: string): string {
  const token = readRecordedSeed().tokens[name];
  if (token === undefined) throw new Error(`the seed has no token ${name}`);
  return token.key;
}

export interface ColdfrontSurroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly baseDirectory?: string;
  readonly now?: () => number;
  readonly logger?: Logger;
  readonly http?: Partial<HttpSurroundings>;
}

/** A sink as the container would make it, config defaults applied; nothing waits for retries. Its token is that of the recorded seed's staff. */
export function aColdfrontSink(
  config: Partial<ColdfrontConfig> & Pick<ColdfrontConfig, 'baseUrl'>,
  surroundings: ColdfrontSurroundings = {},
): ColdfrontSink {
  const full = { token: { env: 'TOKEN' }, ...config };
  const problems = compilePluginConfig(definition.configSchema)(full);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const { logger = NO_LOG, baseDirectory = '/', env = { TOKEN: keyOf('staff') } } = surroundings;
  const http: HttpSurroundings = { logger, sleep: async () => undefined, ...surroundings.http };
  return new ColdfrontSink(
    full as ColdfrontConfig,
    (options) => createHttpClient(options, http),
    createSecretResolver({ env, baseDirectory, warn: silent }),
    { timeZone: 'America/Los_Angeles', allocationYearStart: '06-01' },
    baseDirectory,
    { now: surroundings.now ?? ((): number => Math.floor(Date.now() / 1000)) },
    logger,
  );
}
