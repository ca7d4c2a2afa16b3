import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExitCode } from '../exit-codes.js';
import { formatInstant, parseInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { RunSummary } from '../report.js';
import { exitCodeOf } from '../run.js';
import { readBeginning } from './run-beginning.js';
import { readFailure, type RunFailure } from './run-failure.js';

/** `incomplete`: it ended, and something was not done. `unfinished`: nobody knows how it ended, if it has. */
export type RunOutcome = 'done' | 'planned' | 'incomplete' | 'refused' | 'interrupted' | 'failed' | 'unfinished';

/** A run as its files tell it. */
export interface RunEntry {
  readonly runId: string;
  /** Its directory. */
  readonly path: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The site's zone; null where the run did not get so far. So are the others. */
  readonly timeZone: string | null;
  /** `run full`. */
  readonly command: string | null;
  readonly source: string | null;
  readonly sink: string | null;
  readonly cluster: string | null;
  readonly outcome: RunOutcome;
  /** Without what `--exit-code` makes of it. */
  readonly exitCode: ExitCode | null;
  /** Why it failed. */
  readonly reason: string | null;
  /** Changes of its plan. */
  readonly planned: number | null;
  /** Of these, what took effect. */
  readonly changes: number | null;
  /** Sum of what took effect, with sign. */
  readonly suNet: string | null;
  /** Null: it left none. */
  readonly files: Readonly<Record<RunFile, string | null>>;
}

type RunFile = 'plan' | 'journal' | 'log' | 'summary';
const FILE_NAMES = { plan: 'plan.ndjson', journal: 'journal.ndjson', log: 'run.log', summary: 'summary.json' } as const;

/** What a run may leave, whole or not: anything else in its directory is not brc-sync's. */
export function isRunFile(name: string): boolean {
  const whole = /^\.?(.*?)(?:\.[0-9a-f]{8})?\.partial$/.exec(name)?.[1] ?? name;
  return (Object.values(FILE_NAMES) as readonly string[]).includes(whole);
}

/** As `createRunDirectory` names runs. */
const RUN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\d{3}Z-[0-9a-f]{6}$/;

/** The ids of a state directory's runs, newest first. */
export function listRunIds(stateDirectory: string): readonly string[] {
  const runs = join(stateDirectory, 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => RUN_ID.test(name) && lstatSync(join(runs, name)).isDirectory())
    .sort()
    .reverse();
}

export function startOf(runId: string): Instant {
  return parseInstant(runId.replace(RUN_ID, '$1-$2-$3T$4:$5:$6Z')) ?? 0;
}

/** The summary of a run; null: there is none, or it cannot be read. */
export function readSummary(stateDirectory: string, runId: string): RunSummary | null {
  try {
    return JSON.parse(readFileSync(join(stateDirectory, 'runs', runId, FILE_NAMES.summary), 'utf8')) as RunSummary;
  } catch {
    return null;
  }
}

export function readRun(stateDirectory: string, runId: string): RunEntry {
  const path = join(stateDirectory, 'runs', runId);
  const file = (name: RunFile): string | null => (existsSync(join(path, FILE_NAMES[name])) ? join(path, FILE_NAMES[name]) : null);
  const files = { plan: file('plan'), journal: file('journal'), log: file('log'), summary: file('summary') };
  const failure = files.log === null ? null : readFailure(files.log);
  const base = { runId, path, startedAt: formatInstant(startOf(runId)), reason: failure?.message ?? null, files };
  const summary = readSummary(stateDirectory, runId);
  if (summary !== null) return { ...base, ...toldBySummary(summary, failure) };
  const begun = files.log === null ? null : readBeginning(files.log);
  const { command = null, source = null, sink = null } = begun ?? {};
  const told = { timeZone: null, command, source, sink, cluster: null, planned: null, changes: null, suNet: null };
  if (failure === null) return { ...base, ...told, outcome: 'unfinished', exitCode: null };
  return { ...base, ...told, outcome: failure.interrupted ? 'interrupted' : 'failed', exitCode: failure.exitCode };
}

/** `run full`, or what else was done with a plan. */
export function commandOf({ action, command }: RunSummary): string {
  return command === 'revert' && action === 'revert' ? 'revert' : `${action} ${command}`;
}

type Told = Omit<RunEntry, 'runId' | 'path' | 'startedAt' | 'reason' | 'files'>;

function toldBySummary(summary: RunSummary, failure: RunFailure | null): Told {
  const { applied, totals, source, sink, timeZone } = summary;
  const interrupted = applied?.stopped?.why === 'interrupted' || failure?.interrupted === true;
  return {
    timeZone,
    command: commandOf(summary),
    source: source.name,
    sink: sink.name,
    cluster: sink.cluster,
    outcome: interrupted ? 'interrupted' : outcomeOf(summary),
    exitCode: interrupted ? (failure?.exitCode ?? null) : exitCodeOf(summary, false),
    planned: applied?.planned ?? totals.creates + totals.updates,
    changes: applied?.changes ?? 0,
    suNet: applied?.suNet ?? null,
  };
}

function outcomeOf(summary: RunSummary): RunOutcome {
  if (summary.guard.refused) return 'refused';
  if (summary.applied === null) return 'planned';
  const { stopped, left, changes, planned } = summary.applied;
  const whole = stopped === null && left === 0 && changes === planned;
  return whole && exitCodeOf(summary, false) === 0 ? 'done' : 'incomplete';
}
