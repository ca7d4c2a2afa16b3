import type { RecordField } from '../change.js';
import type { Charge, Pricing } from '../charge.js';
import type { FoldedJob } from '../fold-rows.js';
import { formatInstant } from '../instants.js';
import type { Instant } from '../job.js';
import { diffRecord } from '../reconcile/diff.js';
import type { SinkRecord } from '../record.js';
import { chargesAgree, formatAmount, parseAmount, parsePrice, type Price } from '../service-units.js';
import type { Cause } from './defects.js';
import type { SentJob } from './logged-record.js';

/** A field in which a script and we differ, and why. */
export interface DifferingField {
  readonly field: string;
  readonly theirs: string;
  readonly ours: string;
  readonly cause: Cause;
}

export interface ExplainContext {
  readonly pricing: Pricing;
  /** The site's local time at an instant, read as if it were UTC. */
  readonly localReadAsUtc: (instant: Instant) => Instant;
}

const TIMES = ['submittedAt', 'startedAt', 'endedAt'] as const;
type TimeField = (typeof TIMES)[number];

/** Each field in which what was sent differs from what the job is, by the rules of a run, with what explains it. */
export function explainDifferences(sent: SentJob, charge: Charge, folded: FoldedJob, context: ExplainContext): readonly DifferingField[] {
  const { record } = sent;
  const { material, detail } = diffRecord(record, charge, folded);
  const drift = [...material, ...detail];
  const otherwise: Cause = isOtherRun(folded) ? 'other-run' : 'unexplained';
  const ofTimes = areShifted(record, charge, drift, context) ? '6' : otherwise;
  // What no record should hold differs, even where a run would leave it as it is.
  const odd = new Map<RecordField, Cause>();
  if (isOddState(record.state)) odd.set('state', '5');
  if (/[[\]{}]/.test(sent.nodes)) odd.set('nodes', '3');
  const causeOf = (field: RecordField): Cause => {
    if (field === 'amount') return causeOfAmount(record, charge, ofTimes, context);
    return isTime(field) || field === 'rawHours' || field === 'cpuHours' ? ofTimes : otherwise;
  };
  return [...new Set([...drift, ...odd.keys()])].map((field) => ({
    field,
    theirs: theirValue(sent, field),
    ours: ourValue(charge, field),
    cause: odd.get(field) ?? causeOf(field),
  }));
}

/** Every time that differs is the site's local time, sent as UTC. */
function areShifted(record: SinkRecord, charge: Charge, drift: readonly RecordField[], { localReadAsUtc }: ExplainContext): boolean {
  const differing = drift.filter(isTime);
  return differing.length > 0 && differing.every((field) => record[field] === localReadAsUtc(charge[field]));
}

function causeOfAmount(record: SinkRecord, charge: Charge, otherwise: Cause, { pricing }: ExplainContext): Cause {
  const { startedAt, endedAt, cpuCount } = record;
  const seconds = startedAt === null || endedAt === null ? -1 : endedAt - startedAt;
  const recorded = parseAmount(record.amount);
  const comesFrom = (price: Price | null): boolean =>
    price !== null && cpuCount !== null && seconds >= 0 && chargesAgree(recorded, price, cpuCount, seconds);
  // Our price, for the time and the CPUs that they saw.
  if (comesFrom(charge.price)) return otherwise;
  const list = pricing.prices.at(charge.endedAt);
  if (pricing.freeQos.has(charge.qos) && comesFrom(list.price(charge.partition))) return 'free-qos';
  const { partition } = charge;
  const alike = list.knownPartitions.filter((name) => name !== partition && (partition.includes(name) || name.includes(partition)));
  const wrong = [...alike.map((name) => list.price(name)), ...UNKNOWN_PRICES];
  return wrong.some(comesFrom) ? '4' : otherwise;
}

/** What one script and the other took for a partition that they did not know. */
const UNKNOWN_PRICES = [parsePrice(1), parsePrice(0)];

function isOddState(state: string | null): boolean {
  return state !== null && (/^CANCELLED by /.test(state) || state.endsWith('+'));
}

function isOtherRun({ requeued, resized, rows }: FoldedJob): boolean {
  return requeued || resized || rows.length > 1;
}

function isTime(field: RecordField): field is TimeField {
  return (TIMES as readonly string[]).includes(field);
}

function theirValue({ record, nodes }: SentJob, field: RecordField): string {
  return field === 'nodes' ? nodes : isTime(field) ? showTime(record[field]) : show(record[field]);
}

function ourValue(charge: Charge, field: RecordField): string {
  if (field === 'amount') return formatAmount(charge.amount);
  if (field === 'nodes') return charge.nodeList ?? '';
  if (field === 'rawHours') return show(charge.seconds / 3600);
  if (field === 'cpuHours') return show((charge.seconds / 3600) * charge.cpuCount);
  return isTime(field) ? showTime(charge[field]) : show(charge[field]);
}

function showTime(instant: Instant | null): string {
  return instant === null ? '' : formatInstant(instant);
}

function show(value: string | number | readonly string[] | null): string {
  return value === null ? '' : String(value);
}
