import { changeFields, type RecordLine } from '../plan-file.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { isOpen, OPEN_STATES } from '../reconcile/diff.js';
import type { Verdict } from '../reconcile/verdict.js';

/** What a run would do about the job now, without any flag. */
export interface Decision {
  readonly what: 'create' | 'update' | 'nothing';
  /** One sentence. */
  readonly why: string;
  /** As in `plan.ndjson`. */
  readonly change: object | null;
}

export interface DecisionFacts {
  readonly verdict: Verdict;
  readonly record: SinkRecord | null;
  readonly now: Instant;
  /** What keeps a change of the verdict from being made; null: nothing. */
  readonly hindrance: string | null;
}

export function decide({ verdict, record, now, hindrance }: DecisionFacts): Decision {
  const { change } = verdict;
  if (change !== null && hindrance !== null) return nothing(hindrance);
  if (change !== null) {
    const listed = record !== null && isOpen(record, now) && (OPEN_STATES as readonly (string | null)[]).includes(record.state);
    const commands = listed ? '`run update` and `run full`' : '`run full`';
    const what = change.kind === 'create' ? 'create its record' : `change ${change.drift.join(', ')}`;
    return { what: change.kind, why: `${commands} would ${what} (${signed(change.suDifference)} SU).`, change: changeFields(change) };
  }
  const loud = verdict.findings.filter(({ quiet }) => !quiet).map(({ kind }) => kind);
  if (loud.length > 0) return nothing(`A run reports ${loud.join(', ')}, and leaves it alone.`);
  if (verdict.detailOnly) return nothing('The record agrees but for details, which only --details sends.');
  const waiting = verdict.findings.find(({ kind }) => ['still-running', 'settling', 'never-started', 'after-period'].includes(kind));
  if (waiting !== undefined) return nothing(waiting.message);
  return nothing(record === null ? 'It has no record and needs none.' : 'The record says what it should.');
}

function nothing(why: string): Decision {
  return { what: 'nothing', why, change: null };
}

function signed(amount: string): string {
  return amount.startsWith('-') ? amount : `+${amount}`;
}

/** A field in which the record is not what the job says. */
export interface DriftedField {
  readonly field: string;
  readonly weight: 'material' | 'detail';
  readonly is: RecordLine[keyof RecordLine];
  readonly shouldBe: RecordLine[keyof RecordLine];
}
