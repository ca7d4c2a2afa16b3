import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { failure, ok, warning, type Check } from './check.js';

const MIB = 1024 * 1024;
/** A plan and a journal of a large run take some hundred megabytes. */
const SCARCE_BYTES = 1024 * MIB;
const FULL_BYTES = 50 * MIB;
const WRITABLE_BY_OTHERS = 0o022;

/** Bytes that this user may still write to the file system of a directory. */
export type FreeBytes = (directory: string) => number;

export const freeBytesOf: FreeBytes = (directory) => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** Where runs leave their files: whether they can, who else can read them, and how much room is left. */
export function checkState(stateDirectory: string, freeBytes: FreeBytes): Check[] {
  const name = 'state directory';
  const place = nearest(stateDirectory);
  const another = 'or name another directory with --state-dir or BRC_SYNC_STATE_DIR.';
  if (!statSync(place).isDirectory()) return [failure(name, `${place} is no directory`, `Move it away, ${another}`)];
  if (!isWritable(place)) {
    return [failure(name, `${stateDirectory}: this user may not write ${place}`, `Let this user write it (chown, chmod), ${another}`)];
  }
  const exists = place === stateDirectory;
  return [exists ? ownerCheck(name, place) : ok(name, `${stateDirectory} will be made by the first run`), spaceCheck(place, freeBytes)];
}

function ownerCheck(name: string, directory: string): Check {
  const { uid, mode } = statSync(directory);
  const me = process.getuid?.() ?? uid;
  if (uid !== me) {
    const message = `${directory} belongs to uid ${uid}, and runs as uid ${me} would leave files that it cannot read`;
    return warning(name, message, `Run as that user, or make it yours: chown -R ${me} ${directory}`);
  }
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    const message = `${directory} can be written by others, who could change plans and journals`;
    return warning(name, message, `Close it: chmod go-w ${directory}`);
  }
  return ok(name, directory);
}

function spaceCheck(directory: string, freeBytes: FreeBytes): Check {
  const free = freeBytes(directory);
  const message = `${Math.floor(free / MIB).toLocaleString('en-US')} MB are free`;
  const remedy = 'Make room: brc-sync runs prune --older-than 90 --yes removes files of old runs.';
  if (free < FULL_BYTES) return failure('space', message, remedy);
  return free < SCARCE_BYTES ? warning('space', message, remedy) : ok('space', message);
}

/** The directory itself, or what stands where it would be made. */
export function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}

export function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
