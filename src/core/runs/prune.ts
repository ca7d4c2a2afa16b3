import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BrcSyncError } from '../errors.js';
import { readJournal, readJournalHeader } from '../journal-reader.js';
import type { Instant } from '../job.js';
import { rememberedJournals } from '../memory/remembered-journals.js';
import { isRunFile, listRunIds, readRun, startOf, type RunEntry } from './run-entry.js';

const DAY = 86_400;
/** Renamed to this before it is removed, so that a run is there whole or not at all. */
const REMOVED = '.removed-';

export interface PruneRequest {
  /** Only runs that began so many days ago; null: of any age. */
  readonly olderThanDays: number | null;
  /** The newest so many stay; null: none for being new. */
  readonly keep: number | null;
  readonly now: Instant;
}

export interface PrunedRun extends Pick<RunEntry, 'runId' | 'startedAt' | 'timeZone' | 'command' | 'sink' | 'outcome'> {
  readonly bytes: number;
}

export interface PrunePlan {
  readonly remove: readonly PrunedRun[];
  /** Runs old enough that must stay, and why. */
  readonly keep: readonly (PrunedRun & { readonly why: string })[];
}

/** Which runs may go. Whatever is needed of them is in their sink's memory. */
export async function planPrune(stateDirectory: string, { olderThanDays, keep, now }: PruneRequest): Promise<PrunePlan> {
  const entries = listRunIds(stateDirectory).map((runId) => readRun(stateDirectory, runId));
  const newest = newestOfEach(entries);
  const remembered = rememberedJournals(stateDirectory);
  const why = new Map<string, string>();
  const candidates = entries.filter(
    ({ runId }, index) => (olderThanDays === null || startOf(runId) <= now - olderThanDays * DAY) && (keep === null || index >= keep),
  );
  for (const entry of candidates) {
    const reason = newest.has(entry.runId)
      ? 'it is the newest of its command and sink'
      : (reasonOfItsFiles(entry, now) ?? (await reasonOfItsJournal(entry, remembered)));
    if (reason !== null) why.set(entry.runId, reason);
  }
  await keepFamilies(entries, new Set(candidates.map(({ runId }) => runId)), why);
  const told = candidates.map((entry) => ({ ...pruned(entry), why: why.get(entry.runId) }));
  return {
    remove: told.filter((run) => run.why === undefined).map(({ why: none, ...run }) => run),
    keep: told.flatMap(({ why: reason, ...run }) => (reason === undefined ? [] : [{ ...run, why: reason }])),
  };
}

/** Removes runs, and what an earlier removal left behind. */
export function removeRuns(stateDirectory: string, runIds: readonly string[]): void {
  const runs = join(stateDirectory, 'runs');
  try {
    for (const runId of runIds) renameSync(join(runs, runId), join(runs, `${REMOVED}${runId}`));
    for (const name of readdirSync(runs)) if (name.startsWith(REMOVED)) rmSync(join(runs, name), { recursive: true, force: true });
  } catch (cause) {
    throw new BrcSyncError('OUTPUT_FAILED', {
      message: `Runs in ${runs} cannot be removed: ${(cause as Error).message}.`,
      remedy: 'Run it as the user whose runs they are.',
      context: { path: runs },
      cause,
    });
  }
}

function newestOfEach(entries: readonly RunEntry[]): ReadonlySet<string> {
  const newest = new Map<string, string>();
  for (const { runId, command, sink, cluster } of entries) {
    const key = JSON.stringify([command, sink, cluster]);
    if (command !== null && !newest.has(key)) newest.set(key, runId);
  }
  return new Set(newest.values());
}

function reasonOfItsFiles({ path, outcome }: RunEntry, now: Instant): string | null {
  const names = readdirSync(path);
  const isOurs = (name: string): boolean => isRunFile(name) && lstatSync(join(path, name)).isFile();
  if (!names.every(isOurs)) return 'it holds something that is not brc-sync’s';
  const touched = Math.max(0, ...names.map((name) => lstatSync(join(path, name)).mtimeMs / 1000));
  const mayGoOn = outcome === 'unfinished' || outcome === 'interrupted' || outcome === 'incomplete' || outcome === 'planned';
  return mayGoOn && touched > now - DAY ? 'it may still go on, be resumed or be applied: it is less than a day old' : null;
}

async function reasonOfItsJournal({ runId, files }: RunEntry, remembered: ReadonlyMap<string, number>): Promise<string | null> {
  if (files.journal === null) return null;
  try {
    for await (const { outcome } of readJournal(files.journal)) {
      if (outcome === null) return 'its journal has requests of which nobody knows what became';
    }
  } catch (error) {
    if (!(error instanceof BrcSyncError)) throw error;
    return 'its journal is damaged';
  }
  const isRemembered = remembered.get(runId) === lstatSync(files.journal).size;
  return isRemembered ? null : 'its journal is not in the memory of its sink yet: the next run that writes to it takes it in';
}

/** A run and those that went on with it are understood together only: one that stays keeps the others. */
async function keepFamilies(entries: readonly RunEntry[], candidates: ReadonlySet<string>, why: Map<string, string>): Promise<void> {
  for (const { runId, files } of entries) {
    const root = files.journal === null ? null : await rootOf(files.journal);
    if (root === null) continue;
    const stays = (id: string): boolean => why.has(id) || (!candidates.has(id) && entries.some((entry) => entry.runId === id));
    if (stays(runId) && candidates.has(root) && !why.has(root)) why.set(root, `run ${runId} went on with it`);
    if (stays(root) && candidates.has(runId) && !why.has(runId)) why.set(runId, `it went on with run ${root}`);
  }
}

async function rootOf(journal: string): Promise<string | null> {
  try {
    return (await readJournalHeader(journal)).of;
  } catch {
    return null;
  }
}

function pruned({ runId, path, startedAt, timeZone, command, sink, outcome }: RunEntry): PrunedRun {
  const bytes = readdirSync(path).reduce((sum, name) => sum + lstatSync(join(path, name)).size, 0);
  return { runId, startedAt, timeZone, command, sink, outcome, bytes };
}
