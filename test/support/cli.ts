import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { warmCommandLine } from './warm-command-line.js';

const BIN = resolve('bin/run.js');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** The built command line, in a process that has commands behind it already. Wide, so that no table is cut. */
export async function brcSync(args: readonly string[], cwd = '.', env: Environment = {}): Promise<Ended> {
  return (await warmCommandLine({ args, cwd, env: surroundings(env) })) ?? freshBrcSync(args, cwd, env);
}

/** In a process of its own, as a user starts it. */
export async function freshBrcSync(args: readonly string[], cwd = '.', env: Environment = {}): Promise<Ended> {
  const options = { cwd, env: surroundings(env) };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [BIN, ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

function surroundings(env: Environment): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: '1', COLUMNS: '200', ...env };
}

/** What the quickstart runs, of both commands. */
export function quickstart(command: 'update' | 'full', stateDirectory: string, ...more: readonly string[]): Promise<Ended> {
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  return brcSync(['run', command, '--source', 'fixture', '--sink', 'log', ...period, '--state-dir', stateDirectory, ...more]);
}
