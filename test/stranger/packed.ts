import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const HOST = resolve('.');

/** The environment of somebody who has no test runner around, and no network for npm. */
export function strangersEnvironment(home: string): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return {
    ...{ PATH, LANG, HOME: home, NO_COLOR: '1', COLUMNS: '200', BRC_SYNC_LOCK_DIR: home, XDG_STATE_HOME: join(home, 'state') },
    ...{ npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' },
  };
}

/** Runs a command line; gives what it printed, or throws with it. */
export async function shell(command: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${command}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** The package as `npm pack` makes it, with all that it depends on, so that nothing has to be fetched. */
export async function packHost(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  await shell(`npm pack --ignore-scripts --pack-destination "${folder}" "${HOST}"`, folder, env);
  await shell('tar -xzf brc-sync-*.tgz && rm brc-sync-*.tgz', folder, env);
  const staging = join(folder, 'package');
  const needed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: HOST, encoding: 'utf8' })
    .trim()
    .split('\n')
    .slice(1);
  for (const path of needed) {
    const target = join(staging, relative(realpathSync(HOST), path));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(path, target, { recursive: true });
  }
  bundleAll(staging);
  await shell('npm pack --ignore-scripts ./package && mv brc-sync-*.tgz brc-sync.tgz', folder, env);
  return join(folder, 'brc-sync.tgz');
}

function bundleAll(folder: string): void {
  const file = join(folder, 'package.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), bundleDependencies: true }));
}

/** An example as its author would pack it; what it depends on is what is installed here. */
export async function packExample(name: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const copy = join(folder, name);
  cpSync(join(HOST, 'examples', name), copy, { recursive: true });
  const {
    dependencies = {},
    version,
    ...rest
  } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly dependencies?: object;
  };
  for (const needed of Object.keys(dependencies))
    cpSync(join(HOST, 'node_modules', needed), join(copy, 'node_modules', needed), { recursive: true });
  await shell(`npm pack --pack-destination "${folder}"`, copy, env);
  return join(folder, `${rest.name}-${version}.tgz`);
}
