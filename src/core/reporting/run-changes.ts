import type { Change } from '../change.js';
import { readJournal } from '../journal-reader.js';
import type { PutOutcome } from '../job-sink.js';
import { changeOfLine, linesOfType } from '../plan-file.js';
import type { RunSummary } from '../report.js';
import type { RunEntry } from '../runs/run-entry.js';

/** What became of a change. `planned`: the run was to write nothing. `unknown`: the run ended before it knew. */
export type ChangeStatus = PutOutcome['status'] | 'planned' | 'not-sent' | 'unknown';

export interface ReportedChange {
  readonly runId: string;
  readonly change: Change;
  readonly status: ChangeStatus;
  /** Why it did not take effect, without names; null: it did, or nobody said. */
  readonly cause: string | null;
}

type Fate = Pick<ReportedChange, 'status' | 'cause'>;

/**
 * The changes of a run with what became of each, in the order of its plan; where the plan was another run's, those that it sent.
 * @throws BrcSyncError `JOURNAL_INVALID`
 */
export async function* changesOfRun({ runId, files }: RunEntry, summary: RunSummary | null): AsyncGenerator<ReportedChange> {
  if (files.plan === null) {
    if (files.journal === null) return;
    for await (const { change, outcome } of readJournal(files.journal)) yield { runId, change, ...fateOf(outcome) };
    return;
  }
  const fates = files.journal === null ? null : await fatesOf(files.journal);
  let logged = summary?.applied?.logged ?? 0;
  for await (const { line, number, offset } of linesOfType('change', files.plan)) {
    const change = changeOfLine(line, files.plan, number);
    if (fates !== null) yield { runId, change, ...(fates.get(offset) ?? { status: 'not-sent', cause: null }) };
    else if (summary?.applied == null) yield { runId, change, status: 'planned', cause: null };
    // A sink that logs takes changes in the order of the plan.
    else yield { runId, change, status: logged-- > 0 ? 'logged' : 'not-sent', cause: null };
  }
}

/** What became of the changes, by where they stand in the plan. */
async function fatesOf(journal: string): Promise<ReadonlyMap<number, Fate>> {
  const fates = new Map<number, Fate>();
  for await (const { facts, outcome } of readJournal(journal)) fates.set(facts.place, fateOf(outcome));
  return fates;
}

function fateOf(outcome: PutOutcome | null): Fate {
  if (outcome === null) return { status: 'unknown', cause: null };
  if (outcome.status === 'rejected') return { status: outcome.status, cause: outcome.cause };
  return { status: outcome.status, cause: 'message' in outcome ? outcome.message : null };
}
