import 'reflect-metadata';
import { container as globalContainer, type DependencyContainer, type InjectionToken } from 'tsyringe';
import { constructionError, contractError } from './construction-error.js';
import type { HttpClients } from './http-client.js';
import type { PluginDefinition } from './plugin.js';
import type { Clock, Logger, OutputLine, SecretResolver, SiteZone } from './plugin-environment.js';
import { BASE_DIRECTORY, CLOCK, CONFIG, HTTP, LOGGER, OUTPUT, SECRETS, SIGNAL, SITE } from './tokens.js';

/** What the instances of a run share. */
export interface RunSurroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly output: OutputLine;
  readonly baseDirectory: string;
}

/** What each instance has of its own. */
export interface InstanceSurroundings {
  readonly config: unknown;
  readonly site: SiteZone;
  readonly logger: Logger;
  readonly http: HttpClients;
  readonly secrets: SecretResolver;
}

/** A plugin that is to become an instance. */
export interface Guest {
  readonly name: string;
  readonly plugin: string;
  readonly definition: PluginDefinition;
}

export type RunScope = DependencyContainer;

/** What an instance must be able to do; everything else of the contracts is a capability. */
const REQUIRED_METHODS = { source: ['jobsById', 'jobs', 'check'], sink: ['openRecords', 'put', 'check'] } as const;

/** A container of the run's own: tsyringe's global one stays empty. */
export function createRunScope(surroundings: RunSurroundings): RunScope {
  const run = globalContainer.createChildContainer();
  run.register(CLOCK, { useValue: surroundings.clock });
  run.register(SIGNAL, { useValue: surroundings.signal });
  run.register(OUTPUT, { useValue: surroundings.output });
  run.register(BASE_DIRECTORY, { useValue: surroundings.baseDirectory });
  return run;
}

/**
 * The one place that resolves.
 *
 * @throws BrcSyncError `PLUGIN_CONTRACT` where the plugin cannot be constructed, or made something that is no source or sink
 */
export function constructInstance(run: RunScope, guest: Guest, surroundings: InstanceSurroundings): unknown {
  const scope = run.createChildContainer();
  scope.register(CONFIG, { useValue: surroundings.config });
  scope.register(SITE, { useValue: surroundings.site });
  scope.register(LOGGER, { useValue: surroundings.logger });
  scope.register(HTTP, { useValue: surroundings.http });
  scope.register(SECRETS, { useValue: surroundings.secrets });
  const made = construct(guest, scope);
  assertContract(guest, made);
  return made;
}

function construct(guest: Guest, scope: DependencyContainer): unknown {
  const { definition } = guest;
  try {
    if ('useFactory' in definition) return definition.useFactory((token) => scope.resolve(token));
    return scope.resolve(definition.useClass as InjectionToken);
  } catch (error) {
    throw constructionError(guest, error);
  }
}

function assertContract(guest: Guest, made: unknown): void {
  const methods = typeof made === 'object' && made !== null ? (made as Readonly<Record<string, unknown>>) : {};
  const missing = REQUIRED_METHODS[guest.definition.kind].filter((method) => typeof methods[method] !== 'function');
  if (missing.length > 0) throw contractError(guest, missing);
}
