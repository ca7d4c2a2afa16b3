import { createHttpClient } from '../core/http.js';
import { constructInstance, createRunScope } from '../core/instance-scope.js';
import type { Instant } from '../core/job.js';
import type { JobSink } from '../core/job-sink.js';
import type { JobSource } from '../core/job-source.js';
import type { SinkDefinition, SourceDefinition } from '../core/plugin.js';
import { compilePluginConfig } from '../core/plugin-config.js';
import { definitionFault } from '../core/plugin-definition.js';
import type { Logger, OutputLine } from '../core/plugin-environment.js';
import { createSecretResolver } from '../core/secret.js';
import { DEFAULT_SITE } from '../core/site.js';

/** What an instance under test is given; whatever is left out is as in a run. */
export interface PluginSurroundings {
  /** What plugins.json would say; checked by the plugin's schema, defaults filled in. */
  readonly config?: object;
  /** Where relative paths count from; the current directory unless told. */
  readonly baseDirectory?: string;
  /** That of the `Trial`, so that the suite sees what is logged. */
  readonly logger?: Logger;
  /** Where `{ env }` secrets lie; nowhere unless told. */
  readonly env?: Readonly<Record<string, string>>;
  /** The present; this machine's clock unless told. */
  readonly now?: () => Instant;
  readonly signal?: AbortSignal;
  readonly output?: OutputLine;
  /** IANA name; `America/Los_Angeles` unless told. */
  readonly timeZone?: string;
  /** Wait between attempts of HTTP requests, as in a run; not at all unless told. */
  readonly patient?: boolean;
}

/** Makes a source of a definition the way a run does. Throws where the definition, the configuration or the construction is faulty. */
export function openSourcePlugin(definition: SourceDefinition, surroundings: PluginSurroundings = {}): JobSource {
  return open(definition, surroundings) as JobSource;
}

/** Makes a sink of a definition the way a run does. Throws where the definition, the configuration or the construction is faulty. */
export function openSinkPlugin(definition: SinkDefinition, surroundings: PluginSurroundings = {}): JobSink {
  return open(definition, surroundings) as JobSink;
}

function open(definition: SourceDefinition | SinkDefinition, surroundings: PluginSurroundings): unknown {
  const fault = definitionFault(definition);
  if (fault !== null) throw new Error(`the plugin ${fault}`);
  const config = structuredClone(surroundings.config ?? {});
  const problems = compilePluginConfig(definition.configSchema)(config);
  if (problems.length > 0) throw new Error(`config: ${problems.map(({ pointer, what }) => `${pointer} ${what}`).join('; ')}`);
  const { baseDirectory = process.cwd(), env = {}, logger = SILENT, output = nothing, patient = false } = surroundings;
  const now = surroundings.now ?? ((): Instant => Math.floor(Date.now() / 1000));
  const signal = surroundings.signal ?? new AbortController().signal;
  const run = createRunScope({ clock: { now }, signal, output, baseDirectory });
  const { timeZone = DEFAULT_SITE.timeZone } = surroundings;
  return constructInstance(
    run,
    { name: definition.name, plugin: definition.name, definition },
    {
      config,
      site: { ...DEFAULT_SITE, timeZone },
      logger,
      http: (options) => createHttpClient(options, { logger, ...(patient ? {} : { sleep: () => Promise.resolve() }) }),
      secrets: createSecretResolver({ env, baseDirectory, warn: (message) => logger.warn(message) }),
    },
  );
}

function nothing(): void {
  return undefined;
}

const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
