import { foldRows, newestRow } from '../fold-rows.js';
import type { Row } from '../job.js';
import type { JudgeContext } from './context.js';

/** Whether a job of an id ended so recently that the completion plugin may still write its record (money 5), or after the run began. */
export function hasRecentlyEnded(rows: readonly Row[], { now, settleSeconds }: JudgeContext): boolean {
  const since = now - settleSeconds;
  if (!rows.some((row) => row.endedAt !== null && row.endedAt > since)) return false;
  return foldRows(rows).some((folded) => folded.ended && (newestRow(folded).endedAt ?? 0) > since);
}
