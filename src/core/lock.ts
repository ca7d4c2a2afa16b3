import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrcSyncError } from './errors.js';
import { formatInstant } from './instants.js';
import { keyOfPlace } from './sink-key.js';

/** Who holds a lock: written into its file. */
export interface LockHolder {
  readonly runId: string;
  readonly command: string;
  readonly pid: number;
  readonly host: string;
  /** When the process began, in clock ticks since boot; a pid is used again, both together are not. Null where the system does not tell. */
  readonly startTicks: string | null;
  readonly bootId: string | null;
  /** ISO 8601. */
  readonly since: string;
  /** What is locked. */
  readonly target: string;
  readonly cluster: string | null;
}

export interface LockRequest {
  readonly directory: string;
  readonly target: string;
  readonly cluster: string | null;
  readonly runId: string;
  readonly command: string;
  /** Seconds to wait for another run; 0: fail at once. */
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly onWait: (holder: LockHolder) => void;
}

export interface Lock {
  readonly path: string;
  /** Gives it back; a lock that is no longer ours is left alone. */
  release(): void;
}

const POLL_MS = 200;
/** Taking over a stale lock takes a millisecond: whoever has been at it for longer has died at it. */
const BREAKER_STALE_MS = 10_000;

/** `$BRC_SYNC_LOCK_DIR`, `$XDG_RUNTIME_DIR`, `/run/lock` where it is there, else the state directory. */
export function lockDirectory(env: Readonly<Record<string, string | undefined>>, stateDirectory: string): string {
  for (const name of ['BRC_SYNC_LOCK_DIR', 'XDG_RUNTIME_DIR']) {
    const directory = env[name];
    if (directory !== undefined && directory !== '') return directory;
  }
  return existsSync('/run/lock') ? '/run/lock' : stateDirectory;
}

/**
 * Takes the lock of a sink's target and cluster, so that two runs with different state directories meet in it. A lock whose process has died is
 * taken over; one of another host never is, since nobody here can tell.
 * @throws BrcSyncError `LOCKED` with who holds it, since when; `OUTPUT_FAILED`
 */
export async function acquireLock(request: LockRequest): Promise<Lock> {
  makeDirectory(request.directory);
  const path = lockPath(request.directory, keyOfPlace(request));
  const mine = `${JSON.stringify(holderOf(request))}\n`;
  const deadline = Date.now() + request.waitSeconds * 1000;
  let told = false;
  for (;;) {
    request.signal.throwIfAborted();
    if (take(path, mine)) return { path, release: () => release(path, mine) };
    const holder = readHolder(path);
    if (holder === null) continue;
    if (isDead(holder)) {
      if (!removeStale(path, holder)) await sleep(POLL_MS, undefined, { signal: request.signal });
      continue;
    }
    if (Date.now() >= deadline) throw locked(path, holder, request.waitSeconds);
    if (!told) request.onWait(holder);
    told = true;
    await sleep(POLL_MS, undefined, { signal: request.signal });
  }
}

/** Who holds the lock of a place at this moment, as far as this host can tell; null: nobody. */
export function lockHolder(directory: string, key: string): LockHolder | null {
  const holder = readHolder(lockPath(directory, key));
  return holder === null || isDead(holder) ? null : holder;
}

function lockPath(directory: string, key: string): string {
  return join(directory, `brc-sync-${key}.lock`);
}

function holderOf({ runId, command, target, cluster }: LockRequest): LockHolder {
  return {
    runId,
    command,
    pid: process.pid,
    host: hostname(),
    startTicks: startTicksOf(process.pid),
    bootId: bootId(),
    since: formatInstant(Math.floor(Date.now() / 1000)),
    target,
    cluster,
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw unwritable(directory, cause);
  }
}

/** Puts the whole file in place at once, or finds another there. */
function take(path: string, content: string): boolean {
  // Others may write this directory: an unguessable name that must be new follows no link of theirs.
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(own, content, { mode: 0o644, flag: 'wx' });
    linkSync(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unwritable(path, cause);
  } finally {
    if (existsSync(own)) unlinkSync(own);
  }
}

function release(path: string, mine: string): void {
  if (readText(path) === mine) rmSync(path, { force: true });
}

/** Two processes that find the same stale lock must not remove each other's new one: only who holds the breaker removes, after a second look. False: another holds it. */
function removeStale(path: string, stale: LockHolder): boolean {
  const breaker = `${path}.breaker`;
  if (!take(breaker, `${process.pid}\n`)) {
    const since = statSync(breaker, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > BREAKER_STALE_MS) rmSync(breaker, { force: true });
    return false;
  }
  const found = readHolder(path);
  if (found !== null && found.runId === stale.runId && found.pid === stale.pid) rmSync(path, { force: true });
  rmSync(breaker, { force: true });
  return true;
}

/** Null: gone, or not a lock of ours. */
function readHolder(path: string): LockHolder | null {
  const text = readText(path);
  if (text === null) return null;
  try {
    return JSON.parse(text) as LockHolder;
  } catch (cause) {
    throw new BrcSyncError('LOCKED', {
      message: `${path} is not a lock of brc-sync, and stands where one should be.`,
      remedy: `See what wrote it, and remove it: rm ${path}`,
      context: { file: path },
      cause,
    });
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isDead(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return false;
  const boot = bootId();
  if (boot !== null && holder.bootId !== null && boot !== holder.bootId) return true;
  if (!isAlive(holder.pid)) return true;
  const ticks = startTicksOf(holder.pid);
  return ticks !== null && holder.startTicks !== null && ticks !== holder.startTicks;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold anything, so count after its last parenthesis. */
function startTicksOf(pid: number): string | null {
  const stat = readProc(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function bootId(): string | null {
  return readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function unwritable(path: string, cause: unknown): BrcSyncError {
  return new BrcSyncError('OUTPUT_FAILED', {
    message: `The lock ${path} cannot be written: ${(cause as Error).message}.`,
    remedy: 'Name a directory that this user may write with BRC_SYNC_LOCK_DIR; every run against the same sink needs the same one.',
    context: { file: path },
    cause,
  });
}

function locked(path: string, holder: LockHolder, waitSeconds: number): BrcSyncError {
  const waited = waitSeconds > 0 ? ` after ${waitSeconds} s of waiting` : '';
  const elsewhere = holder.host === hostname() ? '' : ` If that host is gone for good: rm ${path}`;
  return new BrcSyncError('LOCKED', {
    message: `Another run holds the lock of ${holder.target}${waited}: ${holder.command}, run ${holder.runId}, process ${holder.pid} on ${holder.host}, since ${holder.since}.`,
    remedy: `Wait for it, or give --wait SECONDS.${elsewhere}`,
    context: { file: path, runId: holder.runId, pid: holder.pid, host: holder.host, since: holder.since },
  });
}
