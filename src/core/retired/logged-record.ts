import { isPortalFault, readPortalJob } from '../portal/portal-record.js';
import type { SinkRecord } from '../record.js';
import { formatAmount } from '../service-units.js';
import { readPython, type PythonValue } from './read-python.js';

/** A job as a script sent it. */
export interface SentJob {
  /** Its state as it stood there: `CANCELLED by 1234`, `OUT_OF_ME+`. */
  readonly record: SinkRecord;
  /** The nodes as they stood there, as one text. */
  readonly nodes: string;
}

const COUNTS = ['num_cpus', 'num_req_nodes', 'num_alloc_nodes'];
const HOURS = ['raw_time', 'cpu_time'];
const DATES = ['submitdate', 'startdate', 'enddate'];

/** Null where the payload is no job that the portal could have taken. */
export function readSentJob(payload: string): SentJob | null {
  const dict = readPython(payload);
  if (dict === undefined || typeof dict !== 'object' || dict === null || Array.isArray(dict)) return null;
  const sent = dict as Readonly<Record<string, PythonValue>>;
  const amount = centsOf(sent.amount);
  if (amount === null) return null;
  const job: Record<string, unknown> = { ...sent, amount: formatAmount(amount), nodes: nodesOf(sent.nodes) };
  for (const key of ['jobslurmid', 'userid', 'accountid']) if (typeof sent[key] === 'number') job[key] = String(sent[key]);
  for (const key of [...COUNTS, ...HOURS]) job[key] = numberOf(sent[key]);
  for (const key of DATES) job[key] = dateOf(sent[key]);
  const record = readPortalJob(job);
  if (isPortalFault(record)) return null;
  const { nodes = null } = sent;
  return { record, nodes: typeof nodes === 'string' ? nodes : record.nodes.join(',') };
}

/** The portal keeps cents, and takes no more decimals: what a float adds behind them is rounded half up. */
function centsOf(amount: PythonValue | undefined): bigint | null {
  const text = typeof amount === 'number' || typeof amount === 'string' ? String(amount).trim() : '';
  const [, whole, decimals = ''] = /^(\d{1,9})(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined) return /^\d(?:\.\d+)?e-\d+$/.test(text) ? 0n : null;
  const cents = BigInt(whole + decimals.slice(0, 2).padEnd(2, '0'));
  return (decimals[2] ?? '0') >= '5' ? cents + 1n : cents;
}

function nodesOf(nodes: PythonValue | undefined): { readonly name: string }[] {
  if (typeof nodes === 'string') return [{ name: nodes }];
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: PythonValue) => {
    if (typeof node === 'string') return [{ name: node }];
    const name = typeof node === 'object' && node !== null && 'name' in node ? node.name : undefined;
    return typeof name === 'string' ? [{ name }] : [];
  });
}

function numberOf(value: PythonValue | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The portal takes a time without a zone for UTC. */
function dateOf(value: PythonValue | undefined): unknown {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/.test(value) ? `${value}Z` : (value ?? null);
}
