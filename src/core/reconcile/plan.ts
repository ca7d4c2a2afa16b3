import { begun } from '../begun.js';
import type { Change } from '../change.js';
import type { Finding } from '../finding.js';
import { groupBy } from '../group-by.js';
import type { SinkAccount } from '../job-sink.js';
import type { SinkRecord } from '../record.js';
import { parseAmount } from '../service-units.js';
import { makeFinding } from './facts.js';
import type { GuardFigures } from './guard-figures.js';
import { TotalsCounter, type PlanTotals } from './totals.js';
import type { Clamp, UsageLedger } from './usage-ledger.js';
import type { Verdict } from './verdict.js';

/** Takes the lines of a plan, in their order. */
export interface PlanLines {
  change(change: Change): void;
  finding(finding: Finding): void;
}

/** What is used of the allowance that these changes of one account lower; null where nothing is or nobody knows (money 19). */
export type ReadUsage = (account: string, changes: readonly Change[]) => Promise<UsageLedger | null>;

export interface PlanOptions {
  readonly allFindings: boolean;
  /** The sink's accounts by name; null where nobody knows their dates. */
  readonly accounts: ReadonlyMap<string, SinkAccount> | null;
  readonly usageOf: ReadUsage;
  /** Takes what the guard looks at. */
  readonly figures: GuardFigures;
}

/** Collects verdicts of one account at a time, so that memory is bounded by the largest account, and hands them on in a stable order. */
export class Plan {
  readonly #lines: PlanLines;
  readonly #allFindings: boolean;
  readonly #usageOf: ReadUsage;
  readonly #figures: GuardFigures;
  readonly #totals: TotalsCounter;
  #changes: Change[] = [];
  #findings: Finding[] = [];
  /** All flushes so far: each hands on behind the one before. */
  #handedOn: Promise<void> = Promise.resolve();
  #equal = 0;
  #summed = 0;
  #detailOnly = 0;

  constructor(lines: PlanLines, options: PlanOptions) {
    this.#lines = lines;
    this.#allFindings = options.allFindings;
    this.#usageOf = options.usageOf;
    this.#figures = options.figures;
    this.#totals = new TotalsCounter(options.accounts);
  }

  addRecord(record: SinkRecord): void {
    this.#totals.addRecord(record);
    this.#figures.addRecord(record);
  }

  /** Records that were only counted and summed. */
  addSummed(count: number): void {
    this.#summed += count;
  }

  /** @param compared whether the verdict is about a record that could be compared with its job */
  add(verdict: Verdict, compared: boolean): void {
    if (verdict.change !== null) {
      this.#changes.push(verdict.change);
    } else if (verdict.detailOnly) this.#detailOnly += 1;
    else if (compared && verdict.findings.every((finding) => finding.quiet)) this.#equal += 1;
    for (const finding of verdict.findings) this.addFinding(finding);
  }

  addFinding(finding: Finding): void {
    this.#count(finding, this.#findings);
  }

  #count(finding: Finding, into: Finding[]): void {
    this.#totals.addFinding(finding);
    this.#figures.addFinding(finding);
    if (!finding.quiet || this.#allFindings) into.push(finding);
  }

  /**
   * Hands on what has been collected: duplicates to 0.00 first, then increases, then decreases (money 6, 19), by id within each. What is added
   * while usage is being read belongs to the next flush, and stands behind this one.
   */
  flush(): Promise<void> {
    const changes = this.#changes.sort(inOrder);
    const findings = this.#findings;
    this.#changes = [];
    this.#findings = [];
    const ledgers = begun(this.#ledgersOf(changes));
    this.#handedOn = this.#handedOn.then(async () => this.#handOn(changes, findings, await ledgers));
    return this.#handedOn;
  }

  #handOn(changes: readonly Change[], findings: Finding[], ledgers: ReadonlyMap<string, UsageLedger>): void {
    for (const change of changes) {
      const ledger = ledgers.get(change.account) ?? null;
      const clamp = ledger?.clampOf(change) ?? null;
      if (clamp === null) this.#take(change, ledger);
      else this.#count(clampFinding(change, clamp), findings);
    }
    for (const finding of findings.sort((a, b) => compareIds(a.jobId ?? '', b.jobId ?? ''))) this.#lines.finding(finding);
  }

  #take(change: Change, ledger: UsageLedger | null): void {
    ledger?.record(change);
    this.#totals.addChange(change);
    this.#figures.addChange(change);
    this.#lines.change(change);
  }

  async #ledgersOf(changes: readonly Change[]): Promise<ReadonlyMap<string, UsageLedger>> {
    const ledgers = new Map<string, UsageLedger>();
    for (const [account, own] of groupBy(changes, (change) => change.account)) {
      const ledger = await this.#usageOf(account, own);
      if (ledger !== null) ledgers.set(account, ledger);
    }
    return ledgers;
  }

  totals(jobsRead: number): PlanTotals {
    return this.#totals.totals({ jobsRead, recordsSummed: this.#summed, equal: this.#equal, detailOnly: this.#detailOnly });
  }
}

function clampFinding(change: Change, { message, lost }: Clamp): Finding {
  return makeFinding('would-clamp', { jobId: change.jobId, account: change.account, message, suAtStake: lost });
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
