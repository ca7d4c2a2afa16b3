import type { JobSink } from './job-sink.js';
import type { JobSource } from './job-source.js';
import type { Resolve } from './tokens.js';

/**
 * JSON Schema (draft-07) of an instance's `config`. Unknown keys are always errors, so every key stands in the top-level `properties`.
 * `examples` of a part are shown when a value is wrong; a secret is `SECRET_SCHEMA`.
 */
export type ConfigSchema = Readonly<Record<string, unknown>>;

/** The version of the contract between brc-sync and its plugins. A plugin says which one it was written for; one of a newer is refused. */
export const API_VERSION = 1;

interface DefinitionBase {
  readonly apiVersion: typeof API_VERSION;
  /** As plugins.json names a built-in; of others shown only. */
  readonly name: string;
  /** One line for `plugins list`. */
  readonly description: string;
  readonly configSchema: ConfigSchema;
}

type Way<T> = { readonly useClass: new (...args: never[]) => T } | { readonly useFactory: (resolve: Resolve) => T };

/** What the module of a source exports by default. `useClass` is marked `@injectable()`, with `@inject(TOKEN)` on every parameter; `useFactory` needs no decorators. */
export type SourceDefinition = DefinitionBase & { readonly kind: 'source' } & Way<JobSource>;
/** What the module of a sink exports by default; see `SourceDefinition`. */
export type SinkDefinition = DefinitionBase & {
  readonly kind: 'sink';
  /** Names the keys of `config` that --target URL and --token-file FILE replace; a sink without it refuses these flags. */
  readonly targetConfig?: { readonly url: string; readonly token: string };
  /** A sentence that tells people to use something else; commands print it when they open the sink. */
  readonly deprecation?: string;
} & Way<JobSink>;
/** A source's or a sink's. */
export type PluginDefinition = SourceDefinition | SinkDefinition;

/** Gives the definition back; it is there for its types. What is wrong with it is told when it is loaded. */
export function defineSource(definition: SourceDefinition): SourceDefinition {
  return definition;
}

/** Gives the definition back; it is there for its types. What is wrong with it is told when it is loaded. */
export function defineSink(definition: SinkDefinition): SinkDefinition {
  return definition;
}
