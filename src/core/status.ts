import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant } from './instants.js';
import type { Instant } from './job.js';
import { lockHolder, type LockHolder } from './lock.js';
import { readKinds, type RunKind } from './status/run-kinds.js';
import { findWaiting, type Waiting } from './status/waiting.js';

export interface StatusOptions {
  readonly stateDirectory: string;
  /** Where the locks of sinks lie. */
  readonly lockDirectory: string;
  readonly now: Instant;
}

/** What one looks at in the morning: how the last runs went, what waits for a person, what to type next. */
export interface Status {
  readonly stateDirectory: string;
  /** ISO 8601. */
  readonly at: string;
  /** The site's zone; null: no run got so far. */
  readonly timeZone: string | null;
  /** The newest run of each kind, newest first. */
  readonly runs: readonly RunKind[];
  /** Runs that hold the lock of a sink now. */
  readonly atWork: readonly Pick<LockHolder, 'runId' | 'command' | 'pid' | 'host' | 'since'>[];
  /** What waits for a person, the most pressing first. */
  readonly waiting: readonly Waiting[];
  /** The command to type next; null: nothing waits. */
  readonly next: string | null;
}

/** Reads the files of runs, and asks neither source nor sink. */
export async function readStatus({ stateDirectory, lockDirectory, now }: StatusOptions): Promise<Status> {
  const { kinds, newestPlans } = readKinds(stateDirectory);
  const atWork = locksOf(stateDirectory, lockDirectory);
  const busy = new Set(atWork.map(({ runId }) => runId));
  const runs = kinds.map((kind) => (busy.has(kind.runId) ? { ...kind, outcome: 'at work' as const, exitCode: null, reason: null } : kind));
  const waiting = await findWaiting({ stateDirectory, now, kinds: runs, newestPlans, busy });
  return {
    stateDirectory,
    at: formatInstant(now),
    timeZone: runs.find(({ timeZone }) => timeZone !== null)?.timeZone ?? null,
    runs,
    atWork,
    waiting,
    next: waiting[0]?.command ?? null,
  };
}

/** The places that this state directory has written to are those it remembers something of. */
function locksOf(stateDirectory: string, lockDirectory: string): Status['atWork'] {
  const holders = namesIn(join(stateDirectory, 'sinks'))
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => lockHolder(lockDirectory, name.slice(0, -'.ndjson'.length)));
  return holders.flatMap((holder) => {
    if (holder === null) return [];
    const { runId, command, pid, host, since } = holder;
    return [{ runId, command, pid, host, since }];
  });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
