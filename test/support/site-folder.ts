import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import type { Change } from '../../src/core/change.js';
import type { Finding } from '../../src/core/finding.js';
import type { SinkRecord } from '../../src/core/record.js';
import type { RunSummary } from '../../src/core/report.js';
import { warmCommandLine } from './warm-command-line.js';

export const PACKAGE = resolve('.');
const BRC_SYNC = resolve('bin/run.js');

export const PRICES = '[PartitionPrice]\nsavio3 = 12.00\nsavio3_htc = 9.00\n';

export interface SiteFolder {
  /** Files to lie beside plugins.json, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Configuration of the source `slurm`. */
  readonly source?: object;
  /** Its plugin; fixture unless told. */
  readonly sourcePlugin?: string;
  /** Configuration of the sink `portal`. */
  readonly sink?: object;
  /** Its plugin; log unless told. */
  readonly sinkPlugin?: string;
  readonly site?: object;
}

/** A folder of its own, in which an administrator has put plugins.json, prices and inputs. */
export function siteFolder(t: Test, options: SiteFolder): string {
  const { files = {}, source = { files: 'jobs.psv' }, sourcePlugin = 'fixture', sink = {}, sinkPlugin = 'log', site = {} } = options;
  const plugins = {
    site: { timeZone: 'America/Los_Angeles', allocationYearStart: '06-01', prices: 'prices.toml', ...site },
    instances: [
      { name: 'slurm', plugin: sourcePlugin, config: source },
      { name: 'portal', plugin: sinkPlugin, config: sink },
    ],
  };
  return t.testdir({ 'prices.toml': PRICES, 'plugins.json': JSON.stringify(plugins), tmp: {}, ...files });
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The program as a person starts it, in this folder; everything that it leaves stays there. */
export function start(folder: string, args: readonly string[], env: Environment = {}): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, [BRC_SYNC, ...args], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: surroundings(folder, env),
  });
}

function surroundings(folder: string, env: Environment): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: '1', TMPDIR: resolve(folder, 'tmp'), BRC_SYNC_STATE_DIR: resolve(folder, 'state'), ...env };
}

/** In a process that has commands behind it already, unless it is given something to read. */
export async function brcSync(
  folder: string,
  args: readonly string[],
  options: { env?: Environment; input?: string } = {},
): Promise<Ended> {
  const ended = options.input === undefined && (await warmCommandLine({ args, cwd: folder, env: surroundings(folder, options.env ?? {}) }));
  return ended || freshBrcSync(folder, args, options);
}

async function freshBrcSync(folder: string, args: readonly string[], options: { env?: Environment; input?: string }): Promise<Ended> {
  const child = start(folder, args, options.env);
  child.stdin.end(options.input ?? '');
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

type Times = 'submittedAt' | 'startedAt' | 'endedAt';
/** A record as `plan.ndjson` tells it: times are text. */
export type RecordText = Omit<SinkRecord, Times> & Readonly<Record<Times, string | null>>;

export interface PlannedChange extends Omit<Change, 'before' | 'after'> {
  readonly before: RecordText | null;
  readonly after: RecordText;
}

type PlanLine =
  { readonly type: 'plan' | 'totals' } | ({ readonly type: 'change' } & PlannedChange) | ({ readonly type: 'finding' } & Finding);

export interface Reconciled extends Ended {
  readonly summary: RunSummary;
  readonly changes: readonly PlannedChange[];
  readonly findings: readonly Finding[];
}

/** A run from slurm to portal, with the plan that it left. */
export async function reconcile(folder: string, command: 'update' | 'full', ...flags: string[]): Promise<Reconciled> {
  const ended = await brcSync(folder, ['run', command, '--source', 'slurm', '--sink', 'portal', '--json', ...flags]);
  if (ended.stdout === '') throw new Error(ended.stderr);
  const summary = JSON.parse(ended.stdout) as RunSummary & { readonly error?: { readonly message: string } };
  if (summary.error !== undefined) throw new Error(summary.error.message);
  const plan = readFileSync(summary.files.plan, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PlanLine);
  return {
    ...ended,
    summary,
    changes: plan.filter((line) => line.type === 'change'),
    findings: plan.filter((line) => line.type === 'finding'),
  };
}
