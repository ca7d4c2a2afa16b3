import type { Change } from '../change.js';
import type { Finding } from '../finding.js';

/** What is decided about one id: at most one change, and any findings. */
export interface Verdict {
  readonly change: Change | null;
  readonly findings: readonly Finding[];
  /** The record agrees but for details, which are not sent (money 12). */
  readonly detailOnly: boolean;
}

export const NOTHING: Verdict = { change: null, findings: [], detailOnly: false };

export function onlyFindings(...findings: readonly Finding[]): Verdict {
  return { change: null, findings, detailOnly: false };
}

/** Whether a verdict asks for nothing, so that there is no need to make sure of it by id (money 5). */
export function isQuiet(verdict: Verdict): boolean {
  return verdict.change === null && verdict.findings.every((finding) => finding.quiet);
}
