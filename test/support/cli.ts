import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const BIN = resolve('bin/run.js');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line, as a user starts it. Wide, so that no table is cut. */
export async function brcSync(args: readonly string[], cwd = '.', env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const options = { cwd, env: { ...process.env, ...env, NO_COLOR: '1', COLUMNS: '200' } };
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [BIN, ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

/** What the quickstart runs, of both commands. */
export function quickstart(command: 'update' | 'full', stateDirectory: string, ...more: readonly string[]): Promise<Ended> {
  const period = ['--start', '2026-11-22', '--end', '2026-11-22'];
  return brcSync(['run', command, '--source', 'fixture', '--sink', 'log', ...period, '--state-dir', stateDirectory, ...more]);
}
