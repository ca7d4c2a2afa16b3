import { BrcSyncError } from '../../../builtin-sdk.js';
import { newestKnown, pinnedVersion, servedVersions } from './api-version.js';
import type { SlurmrestdConfig } from './config.js';
import { dialectOf, type Dialect } from './questions.js';
import type { Reply, RestClient } from './rest-client.js';

/** What is known of a slurmrestd once it has answered. */
export interface Session {
  /** Such as `v0.0.38`. */
  readonly version: string;
  /** Null where it was pinned and not asked for. */
  readonly served: readonly number[] | null;
  /** Slurm's, such as `22.05.8`. */
  readonly release: string | null;
  readonly dialect: Dialect;
  /** All that slurmdbd knows. */
  readonly clusters: readonly string[];
}

/**
 * Finds out which version to speak, and whether the configured clusters exist: jobs of an unknown one look like no jobs.
 *
 * @throws BrcSyncError CONFIG_INVALID, UNAUTHORISED, SOURCE_UNREACHABLE
 */
export async function openSession(config: SlurmrestdConfig, client: RestClient, signal: AbortSignal): Promise<Session> {
  const served = config.version === undefined ? await readServedVersions(client, signal) : null;
  const number = config.version === undefined ? newestKnown(served ?? []) : pinnedVersion(config.version);
  const version = `v0.0.${number}`;
  const reply = await client.get({ path: `slurmdb/${version}/clusters`, signal });
  const release = releaseOf(reply);
  const clusters = namesOf(reply, 'clusters');
  const unknown = (config.clusters ?? []).filter((cluster) => !clusters.includes(cluster));
  if (unknown.length > 0) throw clusterUnknown(unknown, clusters);
  return { version, served, release, dialect: dialectOf(number, release), clusters };
}

/** The names in a list of things that Slurm knows. */
export function namesOf({ content }: Reply, key: string): string[] {
  const things: unknown = content[key];
  const names = Array.isArray(things) ? things.map((thing: unknown) => textOf(thing, 'name')) : [];
  return names.filter((name) => name !== null);
}

async function readServedVersions(client: RestClient, signal: AbortSignal): Promise<readonly number[]> {
  try {
    return servedVersions((await client.get({ path: 'openapi/v3', signal })).content);
  } catch (error) {
    if (!(error instanceof BrcSyncError) || error.code !== 'SOURCE_UNREACHABLE') throw error;
    throw new BrcSyncError('SOURCE_UNREACHABLE', {
      message: `slurmrestd does not say which versions it serves (/openapi/v3). ${error.message}`,
      remedy: `${error.remedy} If only the description is missing, set "version" of the instance, for example v0.0.38.`,
      cause: error,
    });
  }
}

/** `meta.Slurm.release` up to v0.0.39, then `meta.slurm.release`. */
function releaseOf({ content }: Reply): string | null {
  const meta = content['meta'];
  return textOf(property(meta, 'slurm') ?? property(meta, 'Slurm'), 'release');
}

function textOf(value: unknown, key: string): string | null {
  const text = property(value, key);
  return typeof text === 'string' && text !== '' ? text : null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, key) as unknown) : undefined;
}

function clusterUnknown(unknown: readonly string[], clusters: readonly string[]): BrcSyncError {
  return new BrcSyncError('CONFIG_INVALID', {
    message: `Slurm's accounting knows no cluster ${unknown.join(', ')}, and slurmrestd would answer with no jobs.`,
    remedy: `Correct "clusters" of the instance; there are: ${clusters.join(', ') || 'none'}.`,
    context: { clusters: unknown },
  });
}
