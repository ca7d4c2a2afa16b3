/** The cluster that `npm run slurm:up` boots, as tests and the seeder see it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Cluster {
  readonly directory: string;
  /** What a child process needs to talk to this cluster, and nothing of the caller's environment but the path. */
  readonly environment: Readonly<Record<string, string>>;
  readonly restUrl: string;
  readonly restSocket: string;
}

/** Why there is no cluster here; the text goes into the title of the test that is left out. */
export interface LeftOut {
  readonly leftOut: string;
}

/** Boots the cluster of that directory (by default the one that up.sh chooses), or finds it as it is. */
export function bootCluster(directory?: string): Cluster | LeftOut {
  const up = spawnSync('bash', [scriptPath('up.sh')], { encoding: 'utf8', env: placeOf(directory) });
  if (up.status === 75) return { leftOut: up.stderr.trim() };
  if (up.status !== 0) throw new Error(`slurm:up failed: ${up.stderr}`);
  return describeCluster(up.stdout.trim().replace(/^.* source (.*)\/env$/su, '$1'));
}

/** Stops what runs, be it a whole cluster or what is left of one, and removes the directory. */
export function takeDown(directory: string): void {
  execFileSync('bash', [scriptPath('down.sh')], { env: placeOf(directory), stdio: 'pipe' });
}

/** Does to one daemon, a name that daemon.sh knows, what daemon.sh can do. */
export function daemon(cluster: Cluster, verb: 'start' | 'stop' | 'kill' | 'freeze' | 'thaw', name: string): void {
  execFileSync('bash', [scriptPath('daemon.sh'), verb, name], { env: cluster.environment });
}

/** Standard output of a Slurm command; `as` runs it as another Unix user. */
export function slurm(
  cluster: Cluster,
  command: readonly string[],
  options: { readonly as?: string; readonly input?: string } = {},
): string {
  const [program = '', ...args] = options.as === undefined ? command : [...asUser(options.as), ...command];
  return execFileSync(program, args, {
    cwd: `${cluster.directory}/spool`,
    encoding: 'utf8',
    env: cluster.environment,
    input: options.input ?? '',
    maxBuffer: 2 ** 30,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Lines that the accounting database itself answers, past slurmdbd: `--raw`, so values must not hold newlines. */
export function sql(cluster: Cluster, statement: string): string[] {
  const out = slurm(cluster, ['mariadb', `--defaults-file=${cluster.directory}/client.cnf`, '-N', '-B', '--raw', 'slurm_acct_db'], {
    input: statement,
  });
  return out.split('\n').filter((line) => line !== '');
}

/** A token for slurmrestd, as its own words have it: the value of X-SLURM-USER-TOKEN. */
export function token(cluster: Cluster, lifespanSeconds = 600): string {
  return slurm(cluster, ['scontrol', 'token', `lifespan=${lifespanSeconds}`])
    .trim()
    .replace(/^SLURM_JWT=/u, '');
}

function scriptPath(name: string): string {
  return fileURLToPath(new URL(`../../../test/slurm/${name}`, import.meta.url));
}

function placeOf(directory: string | undefined): NodeJS.ProcessEnv {
  return directory === undefined ? process.env : { ...process.env, BRC_SYNC_SLURM_DIR: directory };
}

function describeCluster(directory: string): Cluster {
  const environment: Record<string, string> = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' };
  for (const [, name = '', value = ''] of readFileSync(`${directory}/env`, 'utf8').matchAll(/^export (\w+)='(.*)'$/gmu)) {
    environment[name] = value;
  }
  return {
    directory,
    environment,
    restUrl: environment.BRC_SYNC_SLURM_REST_URL ?? '',
    restSocket: environment.BRC_SYNC_SLURM_REST_SOCKET ?? '',
  };
}

function asUser(user: string): string[] {
  return ['setpriv', `--reuid=${user}`, '--regid=nogroup', '--clear-groups'];
}
