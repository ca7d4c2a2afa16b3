import { resolve } from 'node:path';
import { BrcSyncError } from './errors.js';
import type { PluginDefinition } from './plugin.js';

/** What --target and --token-file say; null: not given. */
export interface SinkTarget {
  readonly url: string | null;
  /** Counts from the working directory. */
  readonly tokenFile: string | null;
}

type Config = Readonly<Record<string, unknown>>;

/**
 * An instance's configuration, aimed at another URL. A token belongs to the origin it was configured for: another origin gets none of it.
 * @throws BrcSyncError `CAPABILITY_MISSING`, `USAGE`
 */
export function retarget(instance: string, definition: PluginDefinition, config: Config, { url, tokenFile }: SinkTarget): Config {
  if (url === null && tokenFile === null) return config;
  const keys = definition.kind === 'sink' ? definition.targetConfig : undefined;
  if (keys === undefined) {
    throw new BrcSyncError('CAPABILITY_MISSING', {
      message: `Instance ${instance} (plugin ${definition.name}) takes neither --target nor --token-file.`,
      remedy: 'Leave them out, or name a sink that sends to a portal.',
      context: { instance },
    });
  }
  const configured = config[keys.url];
  if (url !== null && tokenFile === null && originOf(url) !== originOf(configured)) {
    throw new BrcSyncError('USAGE', {
      message: `--target ${url} is another origin than that of instance ${instance}, whose token it does not get.`,
      remedy: 'Give the token of that portal with --token-file FILE.',
      context: { instance },
    });
  }
  return {
    ...config,
    ...(url === null ? {} : { [keys.url]: url }),
    ...(tokenFile === null ? {} : { [keys.token]: { file: resolve(tokenFile) } }),
  };
}

function originOf(url: unknown): string | null {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  return new URL(url).origin;
}
