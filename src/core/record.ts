import type { Instant } from './job.js';

/** The sink's view of a job, in core's words. */
export interface SinkRecord {
  /** The sink's key: the raw job id, or `A_T` / `H+N` where somebody sent a display id (money 6). */
  readonly jobId: string;
  readonly account: string;
  /** Numeric uid as text. */
  readonly userId: string | null;
  /** Service units charged: a decimal text with two places, such as `96.00`. */
  readonly amount: string;
  /** The sink's own text: `RUNNING`, `COMPLETING`, `CANCELLED by 1000` … */
  readonly state: string | null;
  readonly partition: string | null;
  readonly qos: string | null;
  /** Whole seconds; a sink that keeps fractions cuts them. */
  readonly submittedAt: Instant | null;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly nodes: readonly string[];
  readonly cpuCount: number | null;
  readonly requestedNodeCount: number | null;
  readonly allocatedNodeCount: number | null;
  /** Hours between start and end. */
  readonly rawHours: number | null;
  /** rawHours × CPUs. */
  readonly cpuHours: number | null;
}

const instantOrNull = { type: ['integer', 'null'], minimum: 0 } as const;
const countOrNull = { type: ['integer', 'null'], minimum: 0 } as const;
const hoursOrNull = { type: ['number', 'null'] } as const;
const textOrNull = { type: ['string', 'null'] } as const;

/** JSON Schema of a record as sinks hand it over. */
export const RECORD_SCHEMA = {
  $id: 'https://brc-sync.invalid/schemas/record.schema.json',
  title: 'Record',
  type: 'object',
  additionalProperties: false,
  required: [
    'jobId',
    'account',
    'userId',
    'amount',
    'state',
    'partition',
    'qos',
    'submittedAt',
    'startedAt',
    'endedAt',
    'nodes',
    'cpuCount',
    'requestedNodeCount',
    'allocatedNodeCount',
    'rawHours',
    'cpuHours',
  ],
  properties: {
    jobId: { type: 'string', minLength: 1 },
    account: { type: 'string', minLength: 1 },
    userId: textOrNull,
    amount: { type: 'string', pattern: '^[0-9]{1,9}[.][0-9]{2}$' },
    state: textOrNull,
    partition: textOrNull,
    qos: textOrNull,
    submittedAt: instantOrNull,
    startedAt: instantOrNull,
    endedAt: instantOrNull,
    nodes: { type: 'array', items: { type: 'string' } },
    cpuCount: countOrNull,
    requestedNodeCount: countOrNull,
    allocatedNodeCount: countOrNull,
    rawHours: hoursOrNull,
    cpuHours: hoursOrNull,
  },
} as const;
