import type { Instant, Window } from '../../../builtin-sdk.js';

/** How a version wants to be asked for jobs (contract slurm.md 1.3, 1.4). */
export interface Dialect {
  /** Lists: one key with commas, or the key once for each. */
  readonly lists: 'commas' | 'repeated';
  /**
   * `steps`: only whether steps come along. `all`: any flag switches the others off, so all are sent.
   * `none`: before Slurm 24.05.4 any flag brings no jobs at all.
   */
  readonly flags: 'steps' | 'all' | 'none';
  /** Whether REQUEUED and RESIZING may be asked for; else they silently become PENDING. */
  readonly knowsRequeued: boolean;
}

const TERMINAL = [
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'TIMEOUT',
] as const;
const STORED_FLAGS = ['REQUEUED', 'RESIZING'] as const;
const OPEN = ['RUNNING', 'SUSPENDED', 'PENDING'] as const;

/** @param release of Slurm, such as `24.05.4` */
export function dialectOf(version: number, release: string | null): Dialect {
  if (version < 40) return { lists: 'commas', flags: 'steps', knowsRequeued: false };
  return { lists: 'repeated', flags: version <= 41 && hasFlagBug(release) ? 'none' : 'all', knowsRequeued: true };
}

function hasFlagBug(release: string | null): boolean {
  const [, major, minor, micro] = /^(\d+)\.(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  if (major === undefined) return false;
  return Number(major) * 10_000 + Number(minor) * 100 + Number(micro) < 240_504;
}

export interface Scope {
  /** Null: everybody's. */
  readonly accounts: readonly string[] | null;
  readonly clusters: readonly string[];
}

/** Asks for what ended in a window, in one or two questions whose answers overlap. Both ends belong to the window here. */
export function endedQuestions(dialect: Dialect, scope: Scope, window: Window): URLSearchParams[] {
  const byState = inWindow(dialect, scope, window);
  addList(byState, 'state', dialect.knowsRequeued ? [...TERMINAL, ...STORED_FLAGS] : TERMINAL, dialect);
  // Without states Slurm leaves out what has no eligible time, but shows requeued and resized runs.
  return dialect.knowsRequeued ? [byState] : [byState, inWindow(dialect, scope, window)];
}

/** Asks for what ended since an instant or has not ended: whether it was ever eligible plays no part in it. */
export function sinceQuestions(dialect: Dialect, scope: Scope, since: Instant, now: Instant): URLSearchParams[] {
  if (dialect.flags === 'none') {
    const open = inWindow(dialect, scope, { from: since, to: now + 1 });
    addList(open, 'state', OPEN, dialect);
    return [...endedQuestions(dialect, scope, { from: since, to: now + 1 }), open];
  }
  const question = base(dialect, scope);
  question.set('submit_time', `uts${since}`);
  return [question];
}

/** Asks for all rows of jobs, whenever they were. The ids must be good: a wrong one ends slurmrestd 22.05 (contract slurm.md 1.2). */
export function idsQuestion(dialect: Dialect, clusters: readonly string[], ids: readonly string[]): URLSearchParams {
  const question = base(dialect, { accounts: null, clusters });
  addList(question, 'step', ids, dialect);
  return question;
}

/** The same question, to each of its clusters by itself: among the jobs of others nobody would miss those of one that slurmdbd failed to read. */
export function eachCluster(question: URLSearchParams): URLSearchParams[] {
  const clusters = question.getAll('cluster').flatMap((names) => names.split(','));
  if (clusters.length < 2) return [question];
  return clusters.map((name) => {
    const one = new URLSearchParams(question);
    one.set('cluster', name);
    return one;
  });
}

function inWindow(dialect: Dialect, scope: Scope, { from, to }: Window): URLSearchParams {
  const question = base(dialect, scope);
  question.set('start_time', `uts${from}`);
  question.set('end_time', `uts${to}`);
  return question;
}

function base({ flags, ...dialect }: Dialect, { accounts, clusters }: Scope): URLSearchParams {
  const question = new URLSearchParams();
  if (flags !== 'none') question.set('skip_steps', 'true');
  if (flags === 'all') {
    question.set('show_duplicates', 'true');
    question.set('disable_truncate_usage_time', 'true');
  }
  if (accounts !== null) addList(question, 'account', accounts, dialect);
  if (clusters.length > 0) addList(question, 'cluster', clusters, dialect);
  return question;
}

function addList(question: URLSearchParams, key: string, values: readonly string[], { lists }: Pick<Dialect, 'lists'>): void {
  if (lists === 'commas') question.set(key, values.join(','));
  else for (const value of values) question.append(key, value);
}
