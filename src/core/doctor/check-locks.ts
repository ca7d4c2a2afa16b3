import { readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockHolder } from '../lock.js';
import { failure, failureOf, ok, warning, type Check } from './check.js';
import { isWritable, nearest } from './check-state.js';

const LOCK = /^brc-sync-([0-9a-f]+)\.lock$/;

/** Whether runs can take the lock of their sink, and who holds one. */
export function checkLocks(directory: string): Check[] {
  const place = nearest(directory);
  if (!statSync(place).isDirectory() || !isWritable(place)) {
    const remedy = 'Name a directory that this user may write with BRC_SYNC_LOCK_DIR, the same for every run against the same sink.';
    return [failure('lock', `${directory}: this user may not write it`, remedy)];
  }
  const held = (place === directory ? readdirSync(directory) : []).flatMap((file) => heldLock(directory, file));
  return held.length === 0 ? [ok('lock', `${directory}: nobody holds one`)] : held;
}

/** A lock whose process has died is nobody's: the next run takes it over. */
function heldLock(directory: string, file: string): Check[] {
  const key = LOCK.exec(file)?.[1];
  if (key === undefined) return [];
  try {
    const holder = lockHolder(directory, key);
    if (holder === null) return [];
    const { command, runId, pid, host, since, target } = holder;
    const message = `${command} writes to ${target}: run ${runId}, process ${pid} on ${host}, since ${since}`;
    if (host === hostname()) return [ok('lock', message)];
    return [warning('lock', message, `If that host is gone for good: rm ${join(directory, file)}`)];
  } catch (error) {
    return [failureOf('lock', error)];
  }
}
