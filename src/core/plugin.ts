import type { JobSink } from './job-sink.js';
import type { JobSource } from './job-source.js';

/**
 * JSON Schema (draft-07) of an instance's `config`. Unknown keys are always errors, so every key stands in the top-level `properties`.
 * `examples` of a part are shown when a value is wrong; a secret is `SECRET_SCHEMA`.
 */
export type ConfigSchema = Readonly<Record<string, unknown>>;

/** Gives the value behind an injection token. */
export type Resolve = (token: symbol) => unknown;

interface DefinitionBase {
  readonly apiVersion: 1;
  readonly name: string;
  /** One line for `plugins list`. */
  readonly description: string;
  readonly configSchema: ConfigSchema;
}

type Way<T> = { readonly useClass: new (...args: never[]) => T } | { readonly useFactory: (resolve: Resolve) => T };

export type SourceDefinition = DefinitionBase & { readonly kind: 'source' } & Way<JobSource>;
export type SinkDefinition = DefinitionBase & {
  readonly kind: 'sink';
  /** Names the keys of `config` that --target URL and --token-file FILE replace; a sink without it refuses these flags. */
  readonly targetConfig?: { readonly url: string; readonly token: string };
} & Way<JobSink>;
/** What a plugin module exports by default. */
export type PluginDefinition = SourceDefinition | SinkDefinition;

export function defineSource(definition: SourceDefinition): SourceDefinition {
  return definition;
}

export function defineSink(definition: SinkDefinition): SinkDefinition {
  return definition;
}
