import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrcSyncError } from './errors.js';
import { readJournal, readJournalHeader, type JournalEntry } from './journal-reader.js';
import type { RunSummary } from './report.js';

/** A run that wrote something, with the runs that went on with it. */
export interface RunFamily {
  readonly runId: string;
  readonly plan: string;
  /** Of the run itself and of its resumes, oldest first. */
  readonly journals: readonly string[];
}

/**
 * Finds a run by its id, or by the beginning of it; `last` is the newest that wrote something.
 * @throws BrcSyncError `RUN_NOT_FOUND`
 */
export async function findFamily(stateDirectory: string, name: string): Promise<RunFamily> {
  const wrote = writingRuns(stateDirectory);
  const matching = name === 'last' ? wrote.slice(-1) : wrote.filter((runId) => runId.startsWith(name));
  const [runId] = matching;
  if (runId === undefined || matching.length > 1) throw notFound(stateDirectory, name, matching);
  return familyOf(stateDirectory, runId);
}

/** The newest run that did not come to the end of its plan; null: there is none. */
export async function findUnfinished(stateDirectory: string): Promise<RunFamily | null> {
  const newest = writingRuns(stateDirectory).at(-1);
  if (newest === undefined || isFinished(stateDirectory, newest)) return null;
  return familyOf(stateDirectory, newest);
}

/** Whether a run came to the end of its plan, whatever became of its changes. */
export function isFinished(stateDirectory: string, runId: string): boolean {
  const path = join(stateDirectory, 'runs', runId, 'summary.json');
  if (!existsSync(path)) return false;
  const { applied } = JSON.parse(readFileSync(path, 'utf8')) as RunSummary;
  return applied !== null && applied.stopped === null && applied.left === 0 && applied.unsettled === 0;
}

/** What a family of runs did, in order. */
export async function* readFamily(family: RunFamily): AsyncGenerator<JournalEntry, void, undefined> {
  for (const journal of family.journals) yield* readJournal(journal);
}

async function familyOf(stateDirectory: string, runId: string): Promise<RunFamily> {
  const file = (id: string, name: string): string => join(stateDirectory, 'runs', id, name);
  const { of } = await readJournalHeader(file(runId, 'journal.ndjson'));
  const root = of ?? runId;
  const journals = [file(root, 'journal.ndjson')];
  for (const later of writingRuns(stateDirectory).filter((id) => id > root)) {
    const journal = file(later, 'journal.ndjson');
    if ((await readJournalHeader(journal)).of === root) journals.push(journal);
  }
  return { runId: root, plan: file(root, 'plan.ndjson'), journals };
}

/** Runs with a journal, oldest first: run ids sort by time. */
function writingRuns(stateDirectory: string): readonly string[] {
  const runs = join(stateDirectory, 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .sort()
    .filter((runId) => existsSync(join(runs, runId, 'journal.ndjson')));
}

function notFound(stateDirectory: string, name: string, matching: readonly string[]): BrcSyncError {
  return new BrcSyncError('RUN_NOT_FOUND', {
    message:
      matching.length > 1
        ? `${matching.length} runs begin with ${name}: ${matching.join(', ')}.`
        : `${stateDirectory} has no run ${name} that wrote anything.`,
    remedy: 'Give the id that the run named, or enough of its beginning; `last` is the newest.',
    context: { path: stateDirectory },
  });
}
