import type { PlanHeader } from './plan-file.js';
import { findFamily, findUnfinished, readFamily, type RunFamily } from './run-family.js';

/** A broken run, ready to be gone on with. */
export interface Resumable {
  readonly family: RunFamily;
  /** Changes that it applied, by where they stand in its plan. */
  readonly done: ReadonlySet<number>;
  /** Requests of which nobody knows what became. */
  readonly unknown: number;
}

/**
 * What is left of a run, or of the newest that did not come to its end; null: nothing is left of any.
 * @throws BrcSyncError `RUN_NOT_FOUND`, `JOURNAL_INVALID`
 */
export async function findResumable(stateDirectory: string, name: string | null): Promise<Resumable | null> {
  const family = name === null ? await findUnfinished(stateDirectory) : await findFamily(stateDirectory, name);
  if (family === null) return null;
  const done = new Set<number>();
  const open = new Set<number>();
  for await (const { facts, outcome } of readFamily(family)) {
    if (outcome?.status === 'applied') {
      done.add(facts.place);
      open.delete(facts.place);
    } else if (outcome === null || outcome.status === 'unsettled') open.add(facts.place);
  }
  return { family, done, unknown: open.size };
}

/** Whether a plan prices jobs, so that it may be applied only under the same price lists. */
export function pricesJobs({ command }: PlanHeader): boolean {
  return command !== 'revert';
}
