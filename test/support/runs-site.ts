import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { brcSync, type Ended } from './cli.js';

export const TOKEN = '1111111111111111111111111111111111111111';

export interface RunsSite {
  readonly portal: RunningPortal;
  readonly folder: string;
  /** The state directory of its runs. */
  readonly state: string;
  /** `run update` or `run full` of the demonstration's day, with more flags. */
  readonly run: (command: 'update' | 'full', ...flags: readonly string[]) => Promise<Ended>;
  /** Any command with this state directory. */
  readonly command: (...args: readonly string[]) => Promise<Ended>;
  readonly puts: () => number;
}

/** The demonstration portal, and a folder with a plugins file that points at it. */
export async function runsSite(t: Test, guard: object = {}): Promise<RunsSite> {
  const portal = await startPortal();
  t.teardown(() => portal.close());
  const folder = t.testdir();
  const state = join(folder, 'state');
  mkdirSync(join(folder, 'locks'));
  writeFileSync(join(folder, 'portal.token'), TOKEN, { mode: 0o600 });
  cpSync('examples/bank-config.toml', join(folder, 'bank-config.toml'));
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml', guard },
    instances: [
      { name: 'fixture', plugin: 'fixture', config: { files: resolve('examples/slurm-jobs.psv') } },
      { name: 'portal', plugin: 'coldfront', config: { baseUrl: portal.baseUrl, token: { file: 'portal.token' } } },
    ],
  };
  writeFileSync(join(folder, 'plugins.json'), JSON.stringify(plugins), { mode: 0o600 });
  const command: RunsSite['command'] = (...args) =>
    brcSync([...args, '--state-dir', state], '.', { BRC_SYNC_LOCK_DIR: join(folder, 'locks') });
  const run: RunsSite['run'] = (name, ...flags) => {
    const names = ['--source', 'fixture', '--sink', 'portal', '--plugins', join(folder, 'plugins.json')];
    return command('run', name, ...names, '--start', '2026-11-22', '--end', '2026-11-22', ...flags);
  };
  return { portal, folder, state, run, command, puts: () => portal.requests.filter(({ method }) => method === 'PUT').length };
}
