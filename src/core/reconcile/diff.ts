import type { RecordField } from '../change.js';
import type { Charge } from '../charge.js';
import type { FoldedJob } from '../fold-rows.js';
import { expandHostlist } from '../hostlist.js';
import type { Instant } from '../job.js';
import type { SinkRecord } from '../record.js';
import { chargesAgree, parseAmount } from '../service-units.js';

/** The fields in which a record differs from its charge (money 12). */
export interface Drift {
  /** Worth a change of their own. */
  readonly material: readonly RecordField[];
  /** Sent along with material drift, or alone with --details. */
  readonly detail: readonly RecordField[];
}

/** States of a record that the plugin has not closed (money 11). */
export const OPEN_STATES = ['RUNNING', 'RESIZING', 'REQUEUED', 'PREEMPTED', 'NODE_FAIL'] as const;
const OPEN: ReadonlySet<string> = new Set(OPEN_STATES);

/** Whether a record still waits for its job's end (money 11). */
export function isOpen(record: SinkRecord, now: Instant): boolean {
  return record.endedAt === null || record.endedAt > now || (record.state !== null && OPEN.has(record.state));
}

/** Compares a record with what its job's charge says it should be. Times in whole seconds, nodes as sets. */
export function diffRecord(record: SinkRecord, charge: Charge, folded: FoldedJob): Drift {
  const material: RecordField[] = [];
  const detail: RecordField[] = [];
  const materially = (field: RecordField): void => void material.push(field);
  const inDetail = (field: RecordField): void => void detail.push(field);

  if (!statesAgree(record.state, charge.state)) (record.state === null || OPEN.has(record.state) ? materially : inDetail)('state');
  if (!amountsAgree(record, charge)) materially('amount');
  if (!namesASubmit(record.submittedAt, charge, folded)) materially('submittedAt');
  if (record.startedAt !== charge.startedAt) materially('startedAt');
  if (record.endedAt !== charge.endedAt) materially('endedAt');
  if (record.cpuCount !== charge.cpuCount) (closedAtNothing(record, charge) ? inDetail : materially)('cpuCount');
  if (!holdsNodes(record.nodes, charge.nodeList)) inDetail('nodes');
  if (!charge.neverRan && charge.partition !== '' && record.partition !== charge.partition) inDetail('partition');
  if (charge.qos !== '' && record.qos !== charge.qos) inDetail('qos');
  if (!charge.neverRan && charge.requestedNodeCount !== null && record.requestedNodeCount !== charge.requestedNodeCount)
    inDetail('requestedNodeCount');
  if (record.allocatedNodeCount !== charge.allocatedNodeCount) inDetail('allocatedNodeCount');
  const rawHours = charge.seconds / 3600;
  if (!hoursAgree(record.rawHours, rawHours, 1)) inDetail('rawHours');
  if (!hoursAgree(record.cpuHours, rawHours * charge.cpuCount, charge.cpuCount)) inDetail('cpuHours');

  return { material, detail };
}

/** COMPLETING in a record equals any ended state: Slurm hands it to the plugin for all of them (money 11). */
export function statesAgree(recorded: string | null, charged: string): boolean {
  if (recorded === charged) return true;
  if (recorded === null) return false;
  if (recorded === 'COMPLETING') return true;
  const plain = recorded.startsWith('CANCELLED') ? 'CANCELLED' : recorded;
  return plain === (charged === 'COMPLETING' ? 'COMPLETED' : charged);
}

/** The exact cent, or the other one of a tie (money 9). */
export function amountsAgree(record: Pick<SinkRecord, 'amount'>, charge: Charge): boolean {
  const recorded = parseAmount(record.amount);
  if (recorded === charge.amount) return true;
  return charge.price !== null && chargesAgree(recorded, charge.price, charge.cpuCount, charge.seconds);
}

/** Submit times that name different rows of one chain are not drift (money 2). */
function namesASubmit(submittedAt: Instant | null, charge: Charge, folded: FoldedJob): boolean {
  if (submittedAt === charge.submittedAt) return true;
  return folded.rows.length > 1 && folded.rows.some((row) => row.submittedAt === submittedAt);
}

/** Where a job that never ran is closed at 0.00 already, its CPUs are a detail (money 10). */
function closedAtNothing(record: SinkRecord, charge: Charge): boolean {
  const closed = record.endedAt !== null && record.state !== null && !OPEN.has(record.state);
  return charge.neverRan && closed && parseAmount(record.amount) === 0n;
}

/** Nodes are only ever added, and the plugin misspells lists: wanted ⊆ stored is equal (money 12). */
function holdsNodes(stored: readonly string[], nodeList: string | null): boolean {
  if (nodeList === null || (stored.length === 1 && stored[0] === nodeList)) return true;
  const wanted = expandOnce(nodeList);
  if (wanted.length <= 8) return wanted.every((name) => stored.includes(name));
  const held = new Set(stored);
  return wanted.every((name) => held.has(name));
}

/** Sites run the same few thousand node lists again and again. */
const EXPANSIONS_KEPT = 8_192;
const expansions = new Map<string, readonly string[]>();

function expandOnce(nodeList: string): readonly string[] {
  const known = expansions.get(nodeList);
  if (known !== undefined) return known;
  if (expansions.size >= EXPANSIONS_KEPT) expansions.clear();
  const names = expandHostlist(nodeList);
  expansions.set(nodeList, names);
  return names;
}

/** Equal within one second (times the CPUs for CPU hours), or a millionth: the plugin writes 32-bit floats (money 12). */
function hoursAgree(recorded: number | null, charged: number, factor: number): boolean {
  if (recorded === charged) return true;
  if (recorded === null) return false;
  const difference = Math.abs(recorded - charged);
  return difference <= factor / 3600 || difference <= Math.abs(charged) * 1e-6;
}
