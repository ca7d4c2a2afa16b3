import { createHttpClient } from '../../src/core/http.js';
import { compilePluginConfig } from '../../src/core/plugin-config.js';
import type { Logger } from '../../src/core/plugin-environment.js';
import { createSecretResolver } from '../../src/core/secret.js';
import type { MybrcConfig } from '../../src/plugins/sinks/mybrc/config.js';
import definition, { MybrcSink } from '../../src/plugins/sinks/mybrc/index.js';
import { keyOf } from './coldfront.js';

/** A sink as the container would make it, config defaults applied; nothing waits for retries. Its token is that of the recorded seed's staff. */
export function aMybrcSink(baseUrl: string, logger: Logger): MybrcSink {
  const config = { baseUrl, token: { env: 'TOKEN' } };
  const problems = compilePluginConfig(definition.configSchema)(config);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return new MybrcSink(
    config as unknown as MybrcConfig,
    (options) => createHttpClient(options, { logger, sleep: async () => undefined }),
    createSecretResolver({ env: { TOKEN: keyOf('staff') }, baseDirectory: '/', warn: () => undefined }),
    '/',
    { now: () => Math.floor(Date.now() / 1000) },
    logger,
  );
}
