import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrcSyncError } from '../errors.js';
import { documentOf, type Setup } from './setup.js';

/** Its name is that of the credential of the packaged service. */
const TOKEN_FILE = 'portal.token';

export interface SetupFiles {
  readonly plugins: string;
  /** Made here, where the token did not lie in a file. */
  readonly token: string;
}

export function setupFiles(directory: string): SetupFiles {
  return { plugins: join(directory, 'plugins.json'), token: join(directory, TOKEN_FILE) };
}

/**
 * Before anything is asked: what is there stays.
 * @throws BrcSyncError `USAGE`
 */
export function assertNothingThere({ plugins, token }: SetupFiles, willWriteToken: boolean): void {
  for (const file of willWriteToken ? [plugins, token] : [plugins]) {
    if (existsSync(file)) throw isThere(file, null);
  }
}

/**
 * Writes plugins.json, and the token into a file for its owner only; neither over what is there.
 * @param token null: it lies in a file already, to which the setup refers
 * @throws BrcSyncError `USAGE`, `OUTPUT_FAILED`, with nothing left behind
 */
export function writeSetup(setup: Setup, directory: string, token: string | null): SetupFiles {
  const files = setupFiles(directory);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw unwritable(directory, cause);
  }
  if (token !== null) writeNew(files.token, `${token}\n`, 0o600);
  try {
    writeNew(files.plugins, `${JSON.stringify(documentOf(setup, directory), null, 2)}\n`, 0o644);
  } catch (error) {
    if (token !== null) rmSync(files.token, { force: true });
    throw error;
  }
  return files;
}

function writeNew(path: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode });
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'EEXIST' ? isThere(path, cause) : unwritable(path, cause);
  }
}

function isThere(path: string, cause: unknown): BrcSyncError {
  return new BrcSyncError('USAGE', {
    message: `${path} is there already, and is not written over.`,
    remedy: 'See what is wrong with it: brc-sync doctor. Or set up another directory: --directory DIR. Or move the file away.',
    context: { file: path },
    ...(cause === null ? {} : { cause }),
  });
}

function unwritable(path: string, cause: unknown): BrcSyncError {
  return new BrcSyncError('OUTPUT_FAILED', {
    message: `${path} cannot be written: ${(cause as Error).message}.`,
    remedy: 'Name a directory that this user may write: --directory DIR.',
    context: { file: path },
    cause,
  });
}
