import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BrcSyncError } from './errors.js';
import { readJournal, readJournalHeader, type JournalEntry } from './journal-reader.js';
import type { JournalHeader } from './journal.js';

/** Something that a run did to the sink. */
export interface JournaledChange extends JournalEntry {
  readonly runId: string;
}

export interface JournalsOfSinkOptions {
  readonly stateDirectory: string;
  readonly sink: JournalHeader['sink'];
  /** Told of a journal that cannot be read to its end; what came before is given. */
  readonly onUnreadable: (message: string) => void;
}

/** What the runs of a state directory did to one sink, in order of time. */
export async function* journalsOfSink({
  stateDirectory,
  sink,
  onUnreadable,
}: JournalsOfSinkOptions): AsyncGenerator<JournaledChange, void, undefined> {
  for (const { runId, path } of journalFiles(stateDirectory)) {
    try {
      if (!isSameSink((await readJournalHeader(path)).sink, sink)) continue;
      for await (const entry of readJournal(path)) yield { runId, ...entry };
    } catch (error) {
      if (!(error instanceof BrcSyncError) || error.code !== 'JOURNAL_INVALID') throw error;
      onUnreadable(error.message);
    }
  }
}

/** Two instances that write to the same place are one sink; one that does not say where it writes is known by its name. */
function isSameSink(one: JournalHeader['sink'], other: JournalHeader['sink']): boolean {
  const [mine, theirs] = [one.target ?? `instance ${one.name}`, other.target ?? `instance ${other.name}`];
  return mine === theirs && one.cluster === other.cluster;
}

function journalFiles(stateDirectory: string): { readonly runId: string; readonly path: string }[] {
  const runs = join(stateDirectory, 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .sort()
    .map((runId) => ({ runId, path: join(runs, runId, 'journal.ndjson') }))
    .filter(({ path }) => existsSync(path));
}
