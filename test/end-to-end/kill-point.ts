import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestMoment } from '../portal/start-portal.js';

/** When a process is killed: by what the portal or the disk sees of it. */
export type KillPoint =
  | { readonly by: 'time'; readonly afterMs: number }
  | { readonly by: 'read'; readonly nth: number }
  | { readonly by: 'write'; readonly nth: number; readonly moment: RequestMoment }
  | { readonly by: 'journal'; readonly bytes: number };

const MOMENTS: readonly RequestMoment[] = ['arrived', 'served', 'answered'];
/** An intent with its outcome. */
const BYTES_OF_A_CHANGE = 1900;

/**
 * Draws where the next process is to be killed.
 * @param within so many writes lie before it at most
 */
export function drawKillPoint(random: () => number, within: number): KillPoint {
  const below = (limit: number): number => Math.floor(random() * limit);
  const what = below(20);
  if (what < 1) return { by: 'time', afterMs: below(400) };
  if (what < 4) return { by: 'read', nth: 1 + below(12) };
  if (what < 5) return { by: 'journal', bytes: 1 };
  if (what < 9) return { by: 'journal', bytes: below(within * BYTES_OF_A_CHANGE) };
  return { by: 'write', nth: 1 + below(within), moment: MOMENTS[below(3)]! };
}

/** How large the journal is of a run that was not there before; null: there is none. */
export function newJournalBytes(state: string, before: ReadonlySet<string>): number | null {
  const sizes = runIds(state)
    .filter((runId) => !before.has(runId))
    .flatMap((runId) => statSync(join(state, 'runs', runId, 'journal.ndjson'), { throwIfNoEntry: false })?.size ?? []);
  return sizes.at(-1) ?? null;
}

export function runIds(state: string): string[] {
  const runs = join(state, 'runs');
  return existsSync(runs) ? readdirSync(runs).sort() : [];
}
