import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const WRITABLE_BY_OTHERS = 0o002;
const STICKY = 0o1000;

/** Why a file is not to be trusted as code, and the command that mends it. */
export interface Distrust {
  readonly what: string;
  readonly remedy: string;
}

/**
 * Looks for another user who could have written a file: its owner, everybody, or everybody who may replace it in a directory on its way.
 * A link is judged as well as what it points to. Null: trusted, or the platform has no owners.
 */
export function distrustOf(path: string): Distrust | null {
  const me = process.getuid?.();
  if (me === undefined) return null;
  const places = [...new Set([path, realpathSync(path)])];
  for (const place of places) {
    const distrust = distrustOfOwner(place, me) ?? distrustOfMode(place) ?? distrustOfDirectories(place);
    if (distrust !== null) return distrust;
  }
  return null;
}

function distrustOfOwner(path: string, me: number): Distrust | null {
  const owner = lstatSync(path).uid;
  if (owner === 0 || owner === me) return null;
  return {
    what: `${path} belongs to another user (uid ${owner}), who could run code as you`,
    remedy: `Read it; if it is right, make it yours: chown ${me} ${path}`,
  };
}

function distrustOfMode(path: string): Distrust | null {
  if ((statSync(path).mode & WRITABLE_BY_OTHERS) === 0) return null;
  return {
    what: `${path} can be written by every user, who could run code as you`,
    remedy: `Read it; if it is right, close it: chmod o-w ${path}`,
  };
}

function distrustOfDirectories(path: string): Distrust | null {
  const directory = dirname(path);
  const { mode } = statSync(directory);
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) {
    return {
      what: `${path} can be replaced by every user, because the directory ${directory} is writable for all`,
      remedy: `Close the directory: chmod o-w ${directory}`,
    };
  }
  return directory === path ? null : distrustOfDirectories(directory);
}
