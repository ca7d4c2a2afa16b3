// A portal's stand-in, `run full` into it, and the pusher that it replaces, each in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PARTITIONS } from './generate-year.mjs';
import { measure } from './measure.mjs';
import { TOKEN } from './portal-site.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const standIns = new Set();
process.on('exit', () => {
  for (const child of standIns) child.kill();
});

export async function serve(directory, flags, port = '0') {
  const args = [join(root, '.build/test/portal/main.js'), '--seed', join(directory, 'seed.json'), '--port', port, ...flags];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  standIns.add(child);
  const [url] = await once(createInterface(child.stdout), 'line');
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    standIns.delete(child);
  };
  return { url, stop };
}

/** `run full` as a person starts it, from the first to the last line; in a state directory of its own unless it is given one. */
export async function sync(directory, { url }, { flags = [], guard = {}, state, env = {} }) {
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', prices: 'bank-config.toml', guard },
    instances: [
      { name: 'files', plugin: 'fixture', config: { files: 'jobs.psv' } },
      { name: 'portal', plugin: 'coldfront', config: { baseUrl: url, token: { env: 'BENCH_TOKEN' } } },
    ],
  };
  const file = join(directory, 'plugins.json');
  writeFileSync(file, JSON.stringify(plugins), { mode: 0o600 });
  const args = ['run', 'full', '--source', 'files', '--sink', 'portal', '--plugins', file, '--end', '2026-06-15', '--json', ...flags];
  const stateDirectory = state ?? mkdtempSync(join(directory, 'state-'));
  const run = await measure(join(root, 'bin/run.js'), args, {
    env: { ...process.env, BENCH_TOKEN: TOKEN, BRC_SYNC_STATE_DIR: stateDirectory, ...env },
  });
  if (run.code !== 0) throw new Error(`the run ended with ${run.code}: ${run.stdout.slice(0, 2000)}`);
  return { ...run, applied: JSON.parse(run.stdout).applied.applied };
}

/** Sends that many jobs of the site, one after the other. */
export async function push(directory, { url }, most) {
  const prices = JSON.stringify(Object.fromEntries(PARTITIONS));
  const args = [join(root, 'bench/sequential-pusher.mjs'), url, TOKEN, join(directory, 'jobs.psv'), prices, String(most)];
  const { code, stdout } = await measure(process.execPath, args);
  if (code !== 0) throw new Error(`the pusher ended with ${code}`);
  return JSON.parse(stdout);
}
