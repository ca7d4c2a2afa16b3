import { readFileSync } from 'node:fs';
import type { Change } from '../../src/core/change.js';
import type { OpenRun } from '../../src/core/container.js';
import type { Finding } from '../../src/core/finding.js';
import type { JobSink } from '../../src/core/job-sink.js';
import type { JobSource } from '../../src/core/job-source.js';
import { parseAllowance } from '../../src/core/guard-limits.js';
import { readChanges, readFindings } from '../../src/core/plan-file.js';
import { exitCodeOf, runReconciliation } from '../../src/core/run.js';
import type { RunRequest } from '../../src/core/run-request.js';
import type { PriceLists } from '../../src/core/prices.js';
import type { RunSummary } from '../../src/core/report.js';
import { DEFAULT_SITE, type SiteSettings } from '../../src/core/site.js';
import { createRunDirectory, type RunDirectory } from '../../src/core/state-directory.js';
import { NO_FLAGS, pricesOf } from './context.js';
import { HOUR, NOON } from './jobs.js';
import { temporaryDirectory } from './temporary-directory.js';

export interface CoreRun {
  readonly summary: RunSummary;
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly exitCode: number;
  /** The plan's lines, as written. */
  readonly lines: readonly string[];
}

export interface CoreRunOptions {
  readonly source: JobSource;
  readonly sink: JobSink;
  readonly cluster?: string;
  readonly site?: Partial<SiteSettings>;
  readonly request?: Partial<RunRequest>;
  readonly prices?: PriceLists;
  readonly now?: number;
  /** The state directory; a new one if not given. */
  readonly state?: string;
  readonly signal?: AbortSignal;
  /** Told where the run leaves its files, before it begins. */
  readonly onDirectory?: (directory: RunDirectory) => void;
}

/** One run of the core with plugins of the test's making, in a state directory of its own. */
export async function runCore(options: CoreRunOptions): Promise<CoreRun> {
  const directory = createRunDirectory(options.state ?? temporaryDirectory(), new Date());
  options.onDirectory?.(directory);
  const site = { ...DEFAULT_SITE, freeQos: ['free'], ...options.site };
  const opened: OpenRun = {
    pluginsFile: 'plugins.json',
    script: null,
    source: { name: 'memory', plugin: 'memory', instance: options.source, site, cluster: null, digest: 'source' },
    sink: { name: 'portal', plugin: 'memory', instance: options.sink, site, cluster: options.cluster ?? null, digest: 'sink' },
    close: () => Promise.resolve(),
  };
  const request: RunRequest = {
    action: 'run',
    command: 'full',
    start: null,
    end: null,
    accounts: [],
    flags: NO_FLAGS,
    allFindings: false,
    compare: 'records',
    limit: null,
    retryRejected: false,
    allowance: parseAllowance([]),
    waitSeconds: 0,
    dryRun: false,
    ...options.request,
  };
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const summary = await runReconciliation(request, {
    opened,
    prices: options.prices ?? pricesOf({ savio3: 1, savio2_htc: 0.75 }),
    logger: silent,
    clock: { now: () => options.now ?? NOON + 10 * HOUR },
    signal: options.signal ?? new AbortController().signal,
    directory,
    lockDirectory: directory.path,
    progress: { begin: () => undefined, step: () => undefined, end: () => undefined },
  });
  return {
    summary,
    changes: await collect(readChanges(directory.plan)),
    findings: await collect(readFindings(directory.plan)),
    exitCode: exitCodeOf(summary, false),
    lines: readFileSync(directory.plan, 'utf8').trimEnd().split('\n'),
  };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
