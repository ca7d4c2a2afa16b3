import type { Change } from '../change.js';
import type { Finding } from '../finding.js';
import type { SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import { TotalsCounter, type PlanTotals } from './totals.js';
import type { Verdict } from './verdict.js';

/** Takes the lines of a plan, in their order. */
export interface PlanLines {
  change(change: Change): void;
  finding(finding: Finding): void;
}

/** Collects verdicts of one account at a time, so that memory is bounded by the largest account, and hands them on in a stable order. */
export class Plan {
  readonly #lines: PlanLines;
  readonly #allFindings: boolean;
  readonly #totals: TotalsCounter;
  #changes: Change[] = [];
  #findings: Finding[] = [];
  #equal = 0;
  #detailOnly = 0;

  constructor(lines: PlanLines, options: { readonly allFindings: boolean; readonly accounts: ReadonlyMap<string, SinkAccount> | null }) {
    this.#lines = lines;
    this.#allFindings = options.allFindings;
    this.#totals = new TotalsCounter(options.accounts);
  }

  addRecord(record: SinkRecord): void {
    this.#totals.addRecord(record);
  }

  /** @param compared whether the verdict is about a record that could be compared with its job */
  add(verdict: Verdict, compared: boolean): void {
    if (verdict.change !== null) {
      this.#changes.push(verdict.change);
      this.#totals.addChange(verdict.change);
    } else if (verdict.detailOnly) this.#detailOnly += 1;
    else if (compared && verdict.findings.every((finding) => finding.quiet)) this.#equal += 1;
    for (const finding of verdict.findings) this.addFinding(finding);
  }

  addFinding(finding: Finding): void {
    this.#totals.addFinding(finding);
    if (!finding.quiet || this.#allFindings) this.#findings.push(finding);
  }

  /** Hands on what has been collected: duplicates to 0.00 first, then increases, then decreases (money 6, 19), by id within each. */
  flush(): void {
    for (const change of this.#changes.sort(inOrder)) this.#lines.change(change);
    for (const finding of this.#findings.sort((a, b) => compareIds(a.jobId ?? '', b.jobId ?? ''))) this.#lines.finding(finding);
    this.#changes = [];
    this.#findings = [];
  }

  totals(jobsRead: number): PlanTotals {
    return this.#totals.totals({ jobsRead, equal: this.#equal, detailOnly: this.#detailOnly });
  }
}

function inOrder(a: Change, b: Change): number {
  return rank(a) - rank(b) || compareIds(a.jobId, b.jobId);
}

function rank(change: Change): number {
  if (!/^[0-9]+$/.test(change.jobId)) return 0;
  return parseAmount(change.suDifference) >= 0n ? 1 : 2;
}

function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
