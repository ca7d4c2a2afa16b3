import { isAbsolute, join, relative } from 'node:path';
import { interpretPluginsFile } from '../plugins-file-content.js';
import type { PluginsFile } from '../plugins-file.js';
import type { SecretReference, SiteZone } from '../plugin-environment.js';
import type { Deployment } from './deployments.js';

export interface PortalAnswer {
  readonly baseUrl: string;
  readonly token: SecretReference;
}

/** How jobs are read, by the plugin and under the instance name of that kind: `sacct` is what `run` takes unless it is told. Files are absolute paths. */
export type SlurmAnswer =
  | { readonly kind: 'sacct' }
  | { readonly kind: 'slurmrestd'; readonly url: string; readonly tokenFile: string | null }
  | { readonly kind: 'fixture'; readonly files: string };

/** What has been answered so far; null: not yet. */
export interface Setup {
  readonly deployment: Deployment;
  readonly site: SiteZone;
  readonly portal: PortalAnswer | null;
  /** Absolute path. */
  readonly prices: string | null;
  readonly slurm: SlurmAnswer | null;
  /** The one cluster that the portal bills; null: that of the source. */
  readonly cluster: string | null;
}

/** plugins.json, as far as it has been answered. */
export function documentOf({ deployment, site, portal, prices, slurm, cluster }: Setup, directory: string): object {
  const near = (file: string): string => nearPath(file, directory);
  const source = slurm === null ? [] : [{ name: slurm.kind, ...sourceOf(slurm, near) }];
  const sink =
    portal === null
      ? []
      : [
          {
            name: deployment.sink,
            plugin: 'coldfront',
            ...(cluster === null ? {} : { cluster }),
            config: { baseUrl: portal.baseUrl, token: nearSecret(portal.token, near), ...deployment.config },
          },
        ];
  return { site: { ...site, ...(prices === null ? {} : { prices: near(prices) }) }, instances: [...source, ...sink] };
}

/** The same as if it had been read from the directory. */
export function draftOf(setup: Setup, directory: string): PluginsFile {
  const content = interpretPluginsFile(documentOf(setup, directory), [], directory);
  return { path: join(directory, 'plugins.json'), baseDirectory: directory, lineOf: () => 1, ...content };
}

function sourceOf(slurm: SlurmAnswer, near: (file: string) => string): object {
  if (slurm.kind === 'sacct') return { plugin: 'sacct' };
  if (slurm.kind === 'fixture') return { plugin: 'fixture', config: { files: near(slurm.files) } };
  const token = slurm.tokenFile === null ? { command: ['scontrol', 'token', 'lifespan=3600'] } : { file: near(slurm.tokenFile) };
  return { plugin: 'slurmrestd', config: { url: slurm.url, token } };
}

function nearSecret(reference: SecretReference, near: (file: string) => string): SecretReference {
  return 'file' in reference ? { file: near(reference.file) } : reference;
}

/** What lies in the directory is named from there, so that it can be moved as a whole. */
function nearPath(file: string, directory: string): string {
  const path = relative(directory, file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}
