import { join } from 'node:path';
import { BrcSyncError } from '../errors.js';
import type { Instant } from '../job.js';
import { readJournal } from '../journal-reader.js';
import { writingRuns } from '../run-family.js';
import { readStatus } from '../status.js';
import type { Waiting, WaitingKind } from '../status/waiting.js';
import { failureOf, ok, warning, type Check } from './check.js';

export interface RunsQuestion {
  readonly stateDirectory: string;
  readonly lockDirectory: string;
  readonly now: Instant;
}

const UNFINISHED: readonly WaitingKind[] = ['broken-off', 'failed'];

/** What earlier runs left: unfinished, refused, or with a journal that nobody should believe. */
export async function checkRuns(question: RunsQuestion): Promise<Check[]> {
  return [...(await waitingChecks(question)), ...(await journalChecks(question.stateDirectory))];
}

async function waitingChecks(question: RunsQuestion): Promise<Check[]> {
  let waiting: readonly Waiting[];
  try {
    ({ waiting } = await readStatus(question));
  } catch (error) {
    return [failureOf('runs', error)];
  }
  const unfinished = waiting.filter(({ kind }) => UNFINISHED.includes(kind));
  const first = waiting.find(({ kind }) => kind === 'first-run');
  const refused = waiting.filter(({ kind }) => kind === 'refused');
  return [
    ...(unfinished.length === 0
      ? [ok('runs', first === undefined ? 'none is unfinished' : `there is none yet; the first: ${first.command}`)]
      : unfinished.map((each) => told('runs', each))),
    ...(refused.length === 0 ? [ok('guard', 'no refusal waits')] : refused.map((each) => told('guard', each))),
  ];
}

function told(name: string, { message, command, kind }: Waiting): Check {
  const then = kind === 'refused' ? ' shows it, with the --allow that a new run needs if it is right.' : '';
  return warning(name, message, `${command}${then}`);
}

async function journalChecks(stateDirectory: string): Promise<Check[]> {
  const journals = writingRuns(stateDirectory).map((runId) => join(stateDirectory, 'runs', runId, 'journal.ndjson'));
  const damaged: Check[] = [];
  for (const journal of journals) {
    const error = await damageOf(journal);
    if (error === null) continue;
    damaged.push(warning('journals', error.message, `Do not build on it: put it aside (mv ${journal} ${journal}.damaged), and run full.`));
  }
  if (damaged.length > 0) return damaged;
  return [ok('journals', journals.length === 0 ? 'there is none yet' : `${journals.length} whole, each line as it was written`)];
}

async function damageOf(journal: string): Promise<BrcSyncError | null> {
  try {
    const entries = readJournal(journal);
    while ((await entries.next()).done !== true);
    return null;
  } catch (error) {
    if (error instanceof BrcSyncError) return error;
    throw error;
  }
}
