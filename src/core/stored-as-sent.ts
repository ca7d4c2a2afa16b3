import type { RecordField } from './change.js';
import type { SinkRecord } from './record.js';

/** Compared as they are; nodes and hours have rules of their own. */
const EXACT = [
  'amount',
  'state',
  'partition',
  'qos',
  'submittedAt',
  'startedAt',
  'endedAt',
  'cpuCount',
  'requestedNodeCount',
  'allocatedNodeCount',
] as const satisfies readonly RecordField[];
const HOURS = ['rawHours', 'cpuHours'] as const satisfies readonly RecordField[];
/** Sinks keep hours as floating point numbers, some of them in 32 bits. */
const HOURS_PRECISION = 1e-6;

/** The fields in which a sink's record differs from what was sent; nodes may be more, since sinks only ever add them (money 12). */
export function notStoredAsSent(sent: SinkRecord, stored: SinkRecord): readonly RecordField[] {
  const differing: RecordField[] = EXACT.filter((field) => sent[field] !== stored[field]);
  const held = new Set(stored.nodes);
  if (!sent.nodes.every((node) => held.has(node))) differing.push('nodes');
  return [...differing, ...HOURS.filter((field) => !hoursAlike(sent[field], stored[field]))];
}

/** Whether a sink's record is what was sent, of the same owner. */
export function isStoredAsSent(sent: SinkRecord, stored: SinkRecord): boolean {
  return sent.account === stored.account && sent.userId === stored.userId && notStoredAsSent(sent, stored).length === 0;
}

function hoursAlike(sent: number | null, stored: number | null): boolean {
  if (sent === null || stored === null) return sent === stored;
  return Math.abs(sent - stored) <= Math.max(1, Math.abs(sent)) * HOURS_PRECISION;
}
