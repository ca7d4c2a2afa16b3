import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseInstant } from '../instants.js';
import type { Instant } from '../job.js';
import type { RunSummary } from '../report.js';
import { findUnfinished, type RunFamily } from '../run-family.js';
import { startOf } from '../runs/run-entry.js';
import type { RunKind } from './run-kinds.js';

/** In order of urgency: what comes first is to be settled first. */
export const WAITING_KINDS = [
  'broken-off',
  'failed',
  'refused',
  'incomplete',
  'rejected',
  'stale',
  'plan',
  'findings',
  'first-run',
] as const;
export type WaitingKind = (typeof WAITING_KINDS)[number];

/** Something that waits for a person. */
export interface Waiting {
  readonly kind: WaitingKind;
  /** The run it is about; null: there is none. */
  readonly runId: string | null;
  /** What is the matter, in whole sentences. */
  readonly message: string;
  /** What to type about it. */
  readonly command: string;
}

export interface WaitingQuestion {
  readonly stateDirectory: string;
  readonly now: Instant;
  readonly kinds: readonly RunKind[];
  readonly newestPlans: readonly RunSummary[];
  /** Runs at work. */
  readonly busy: ReadonlySet<string>;
}

const HOUR = 3_600;
/** How old the last success of a command may be before somebody should know. */
const STALE_AFTER_SECONDS: Readonly<Record<string, number>> = { 'run update': 26 * HOUR, 'run full': 8 * 24 * HOUR };

/** The most pressing first. */
export async function findWaiting(question: WaitingQuestion): Promise<Waiting[]> {
  const { kinds, busy } = question;
  if (kinds.length === 0) return [firstRun()];
  const found = [...(await brokenOff(question)), ...plans(question)];
  for (const kind of kinds) {
    if (busy.has(kind.runId)) continue;
    found.push(...failed(kind, kinds), ...refused(kind), ...incomplete(kind), ...rejected(kind), ...stale(kind, question.now));
  }
  found.push(...openFindings(kinds));
  const told = new Set(found.filter(({ kind }) => kind === 'broken-off').map(({ runId }) => runId));
  // A run to be resumed needs no second line about the same.
  return found
    .filter(({ kind, runId }) => kind === 'broken-off' || !told.has(runId) || kind === 'findings')
    .sort((a, b) => WAITING_KINDS.indexOf(a.kind) - WAITING_KINDS.indexOf(b.kind));
}

function firstRun(): Waiting {
  return {
    kind: 'first-run',
    runId: null,
    message: 'No run has left anything here yet. A dry run shows what would be done, and writes nothing to the portal.',
    command: 'brc-sync run full --source NAME --sink NAME --dry-run',
  };
}

/** What resume would go on with; after a day only a new run can. */
async function brokenOff({ stateDirectory, now, busy, kinds }: WaitingQuestion): Promise<Waiting[]> {
  const family = await unfinishedFamily(stateDirectory);
  if (family === null || !existsSync(family.plan)) return [];
  const runId = family.journals.length === 0 ? family.runId : (runIdOf(family.journals.at(-1)) ?? family.runId);
  if (busy.has(runId) || hasNewerResult(runId, kinds)) return [];
  const about = kinds.find((kind) => kind.runId === runId);
  const expires = about?.summary?.expiresAt;
  const isOld = (expires === undefined ? startOf(family.runId) + 24 * HOUR : (parseInstant(expires) ?? 0)) <= now;
  const message = brokenMessage(runId, about);
  if (!isOld) return [{ kind: 'broken-off', runId, message, command: `brc-sync resume ${family.runId}` }];
  const again = about === undefined ? `brc-sync runs show ${runId}` : rerun(about);
  return [{ kind: 'broken-off', runId, message: `${message} Its plan is too old to go on with: run anew.`, command: again }];
}

function brokenMessage(runId: string, about: RunKind | undefined): string {
  const applied = about?.summary?.applied;
  const to = about?.sink == null ? '' : ` to ${about.sink}`;
  if (applied == null || applied.stopped !== null || applied.unsettled > 0)
    return `Run ${runId} was broken off while it wrote${to}; some of its changes are not made, or nobody knows.`;
  return `Run ${runId} made ${applied.changes} of its ${applied.planned} changes${to}, as --limit asked; the rest waits.`;
}

async function unfinishedFamily(stateDirectory: string): Promise<RunFamily | null> {
  try {
    return await findUnfinished(stateDirectory);
  } catch {
    // A journal without a readable beginning: `runs list` shows the run, and a new run compares everything anew.
    return null;
  }
}

/** Whether a run since has compared everything anew, so that nothing is left to go on with. */
function hasNewerResult(runId: string, kinds: readonly RunKind[]): boolean {
  return kinds.some((kind) => kind.runId > runId && kind.summary?.applied != null && kind.outcome === 'done');
}

function failed(kind: RunKind, kinds: readonly RunKind[]): Waiting[] {
  const { command, runId, outcome, reason } = kind;
  if (outcome !== 'failed' && outcome !== 'unfinished' && outcome !== 'interrupted') return [];
  // One that failed before it said what it was is settled by whatever came after it.
  if (command === null && kinds.some((other) => other.runId > runId)) return [];
  if (kinds.some((other) => other.summary?.of === runId && other.exitCode === 0)) return [];
  const what = command === null ? `Run ${runId}` : `The last ${command}${betweenOf(kind)}`;
  const how = outcome === 'failed' ? 'failed' : outcome === 'interrupted' ? 'was interrupted' : 'did not come to its end';
  const message = `${what} ${how}${reason === null ? '.' : `: ${reason}`}`;
  return [{ kind: 'failed', runId, message, command: command === null ? `brc-sync runs show ${runId}` : rerun(kind) }];
}

function refused(kind: RunKind): Waiting[] {
  if (kind.outcome !== 'refused' || kind.summary === null) return [];
  const why = kind.summary.guard.breaches.map(({ message }) => message).join(' ');
  const message = `The guard refused the last ${kind.command}${betweenOf(kind)}; nothing was written. ${why}`;
  return [{ kind: 'refused', runId: kind.runId, message, command: `brc-sync runs show ${kind.runId}` }];
}

/** Ended, and something was left out that the next run may do. */
function incomplete(kind: RunKind): Waiting[] {
  if (kind.outcome !== 'incomplete' || kind.summary === null) return [];
  const { applied, skipped, unstableAccounts } = kind.summary;
  const parts = [
    applied?.stopped ? applied.stopped.message : '',
    count(applied?.left ?? 0, 'change was not tried', 'changes were not tried'),
    count(applied?.unsettled ?? 0, 'change got no settled answer', 'changes got no settled answer'),
    count(applied?.notAsSent ?? 0, 'record was stored otherwise than sent', 'records were stored otherwise than sent'),
    count(applied?.moved ?? 0, 'record had changed meanwhile', 'records had changed meanwhile'),
    count(applied?.wouldClamp ?? 0, 'decrease is larger than the usage left', 'decreases are larger than the usage left'),
    count(unstableAccounts.length, 'account was left out', 'accounts were left out'),
    count(skipped.count, 'record of the input was skipped', 'records of the input were skipped'),
  ].filter((part) => part !== '');
  if (parts.length === 0) return [];
  const message = `The last ${kind.command}${betweenOf(kind)} was not complete: ${parts.join('; ').replace(/\.$/, '')}.`;
  return [{ kind: 'incomplete', runId: kind.runId, message, command: rerun(kind) }];
}

function rejected(kind: RunKind): Waiting[] {
  const applied = kind.summary?.applied;
  if (applied == null || applied.rejected === 0) return [];
  const causes = applied.problems.filter(({ outcome }) => outcome === 'rejected').map(({ cause, count: times }) => `${cause} (${times})`);
  const message = `${kind.sink} refused ${count(applied.rejected, 'change', 'changes')} of the last ${kind.command}: ${causes.join('; ')}.`;
  return [{ kind: 'rejected', runId: kind.runId, message, command: `brc-sync runs show ${kind.runId}` }];
}

function stale(kind: RunKind, now: Instant): Waiting[] {
  const { command, lastSuccessAt } = kind;
  const limit = STALE_AFTER_SECONDS[command ?? ''];
  const at = parseInstant(lastSuccessAt ?? '');
  if (limit === undefined || at === null || now - at <= limit) return [];
  const age = now - at;
  const text = age < 48 * HOUR ? `${Math.floor(age / HOUR)} hours` : `${Math.floor(age / 86_400)} days`;
  const message = `No ${command}${betweenOf(kind)} has ended well for ${text}.`;
  return [{ kind: 'stale', runId: kind.runId, message, command: rerun(kind) }];
}

function plans({ stateDirectory, now, newestPlans }: WaitingQuestion): Waiting[] {
  return newestPlans
    .filter(({ runId, expiresAt, totals, files }) => {
      const isUsed = existsSync(join(stateDirectory, 'plans', `${runId}.applied`));
      return !isUsed && (parseInstant(expiresAt) ?? 0) > now && totals.creates + totals.updates > 0 && existsSync(files.plan);
    })
    .map(({ runId, command, sink, totals, expiresAt, files }) => ({
      kind: 'plan' as const,
      runId,
      message: `A plan of ${command} for ${sink.name} can be applied until ${expiresAt}: ${count(totals.creates + totals.updates, 'change', 'changes')}, ${totals.suNet} SU.`,
      command: `brc-sync apply ${shellWord(files.plan)}`,
    }));
}

/** What the newest comparison of each sink left to people. */
function openFindings(kinds: readonly RunKind[]): Waiting[] {
  const seen = new Set<string>();
  return kinds.flatMap(({ summary, sink, cluster, runId }) => {
    const place = JSON.stringify([sink, cluster, summary?.command]);
    if (summary === null || summary.command === 'revert' || seen.has(place)) return [];
    seen.add(place);
    const open = summary.totals.findings
      .map(({ kind, count: all, quiet }) => ({ kind, asking: all - quiet }))
      .filter(({ asking }) => asking > 0);
    if (open.length === 0) return [];
    const together = open.reduce((sum, { asking }) => sum + asking, 0);
    const list = open.map(({ kind, asking }) => `${asking} ${kind}`).join(', ');
    const message = `${count(together, 'finding', 'findings')} of ${summary.command} for ${sink} to look at: ${list}.`;
    return [{ kind: 'findings' as const, runId, message, command: `brc-sync runs show ${runId}` }];
  });
}

function rerun({ command, source, sink, runId }: RunKind): string {
  const [action, what] = (command ?? '').split(' ');
  if (action !== 'run' || source === null || sink === null) return `brc-sync runs show ${runId}`;
  const dry = command?.endsWith(' --dry-run') === true ? ' --dry-run' : '';
  return `brc-sync run ${what} --source ${source} --sink ${sink}${dry}`;
}

function betweenOf({ source, sink }: RunKind): string {
  return source === null || sink === null ? '' : ` (${source} → ${sink})`;
}

function count(number: number, one: string, many: string): string {
  return number === 0 ? '' : `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

function runIdOf(journal: string | undefined): string | null {
  return journal?.split('/').at(-2) ?? null;
}

/** A path as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
