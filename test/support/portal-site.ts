import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import type { Seed } from '../portal/seed.js';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { brcSync, type Ended } from './cli.js';

export const PORTAL_TOKEN = '1111111111111111111111111111111111111111';

export interface PortalSite {
  readonly portal: RunningPortal;
  readonly folder: string;
  /** What the command line finds these by. */
  readonly surroundings: Readonly<Record<string, string>>;
  /** The command line, with this site's plugins file, state directory and locks. */
  readonly brcSync: (...args: readonly string[]) => Promise<Ended>;
}

/** The demonstration portal, or another, and a folder with a plugins file whose instances are `fixture`, `portal` and, through the old API, `old`. */
export async function portalSite(
  t: Test,
  options: { readonly seed?: Seed; readonly jobs?: string; readonly latencyMs?: number } = {},
): Promise<PortalSite> {
  const portal = await startPortal({
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
  });
  t.teardown(() => portal.close());
  const folder = t.testdir();
  mkdirSync(join(folder, 'locks'));
  writeFileSync(join(folder, 'portal.token'), PORTAL_TOKEN, { mode: 0o600 });
  cpSync('examples/bank-config.toml', join(folder, 'bank-config.toml'));
  if (options.jobs !== undefined) writeFileSync(join(folder, 'jobs.psv'), options.jobs);
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml' },
    instances: [
      {
        name: 'fixture',
        plugin: 'fixture',
        config: { files: options.jobs === undefined ? resolve('examples/slurm-jobs.psv') : 'jobs.psv' },
      },
      { name: 'portal', plugin: 'coldfront', config: { baseUrl: portal.baseUrl, token: { file: 'portal.token' } } },
      { name: 'old', plugin: 'mybrc', config: { baseUrl: portal.legacyUrl, token: { file: 'portal.token' } } },
    ],
  };
  writeFileSync(join(folder, 'plugins.json'), JSON.stringify(plugins), { mode: 0o600 });
  const surroundings = {
    BRC_SYNC_PLUGINS: join(folder, 'plugins.json'),
    BRC_SYNC_STATE_DIR: join(folder, 'state'),
    BRC_SYNC_LOCK_DIR: join(folder, 'locks'),
  };
  return { portal, folder, surroundings, brcSync: (...args) => brcSync(args, '.', surroundings) };
}
