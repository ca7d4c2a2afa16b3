import type { Change } from '../change.js';
import type { Finding } from '../finding.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { parseAmount, type Cents } from '../service-units.js';
import { isOpen } from './diff.js';

/** A change that moves many SU. */
export interface Mover {
  readonly jobId: string;
  readonly account: string;
  readonly partition: string | null;
  readonly before: string;
  readonly after: string;
  readonly suDifference: string;
}

/** How many times as much the closed records of a partition would cost. */
export interface PartitionRatio {
  readonly partition: string;
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
}

interface Side {
  count: number;
  su: Cents;
}

const MOVERS = 10;
/** Below this the cent decides the ratio, not the price. */
const RATIO_FROM_CENTS = 100n;

/** What the guard looks at, gathered while a plan is made (money 20). */
export class GuardFigures {
  closedRecords = 0;
  readonly closedRaised: Side = { count: 0, su: 0n };
  readonly closedLowered: Side = { count: 0, su: 0n };
  /** Open records that the plan closes, and those of them that would cost more than was estimated. */
  openClosed = 0;
  overEstimate = 0;
  missing = 0;
  movers: readonly Mover[] = [];
  readonly #ratios = new Map<string, PartitionRatio>();
  readonly #now: Instant;

  constructor(now: Instant) {
    this.#now = now;
  }

  get ratios(): readonly PartitionRatio[] {
    return [...this.#ratios.values()];
  }

  addRecord(record: SinkRecord): void {
    if (!isOpen(record, this.#now)) this.closedRecords += 1;
  }

  addFinding(finding: Finding): void {
    if (finding.kind === 'missing-in-source') this.missing += 1;
  }

  addChange(change: Change): void {
    const difference = parseAmount(change.suDifference);
    this.#addMover(change, difference);
    const { before, after } = change;
    if (before === null) return;
    if (isOpen(before, this.#now)) {
      this.openClosed += 1;
      if (difference > 0n) this.overEstimate += 1;
      return;
    }
    if (difference === 0n) return;
    const side = difference > 0n ? this.closedRaised : this.closedLowered;
    side.count += 1;
    side.su += difference;
    this.#addRatio(after.partition ?? '', parseAmount(before.amount), parseAmount(after.amount));
  }

  #addMover(change: Change, difference: Cents): void {
    const least = this.movers[MOVERS - 1];
    if (least !== undefined && magnitude(parseAmount(least.suDifference)) >= magnitude(difference)) return;
    const { jobId, account, before, after, suDifference } = change;
    const mover = { jobId, account, partition: after.partition, before: before?.amount ?? '0.00', after: after.amount, suDifference };
    this.movers = [...this.movers, mover]
      .sort((a, b) => Number(magnitude(parseAmount(b.suDifference)) - magnitude(parseAmount(a.suDifference))))
      .slice(0, MOVERS);
  }

  #addRatio(partition: string, before: Cents, after: Cents): void {
    if (before < RATIO_FROM_CENTS) return;
    const ratio = Number(after) / Number(before);
    const known = this.#ratios.get(partition) ?? { partition, count: 0, lowest: ratio, highest: ratio };
    this.#ratios.set(partition, {
      partition,
      count: known.count + 1,
      lowest: Math.min(known.lowest, ratio),
      highest: Math.max(known.highest, ratio),
    });
  }
}

export function magnitude(cents: Cents): Cents {
  return cents < 0n ? -cents : cents;
}
