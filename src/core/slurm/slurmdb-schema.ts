/**
 * The needed part of one element of `jobs[]` (contract slurm.md 1.5), as slurmdb REST v0.0.38 to v0.0.46 and `sacct --json` write it.
 * Numbers come in two shapes: plain or null, and `{set, infinite, number}`.
 */

/** A number as the versions write it. */
export type SlurmNumber = number | null | string | { readonly set: boolean; readonly infinite: boolean; readonly number: number };

export interface SlurmTres {
  readonly type: string;
  /** Energy has sentinels here; counted kinds are checked where they are read. */
  readonly count?: unknown;
}

export interface SlurmdbJob {
  readonly job_id: number;
  readonly array: { readonly job_id: SlurmNumber; readonly task_id: SlurmNumber };
  readonly het: { readonly job_id: SlurmNumber; readonly job_offset: SlurmNumber };
  readonly account: string;
  readonly user?: string | null;
  /** In no version so far; read where a version or a site's own export has it. */
  readonly uid?: SlurmNumber;
  readonly cluster?: string | null;
  readonly state: { readonly current: string | readonly string[] };
  readonly partition?: string | null;
  readonly qos?: string | null;
  readonly nodes?: string | null;
  readonly allocation_nodes: SlurmNumber;
  readonly time: {
    readonly submission: SlurmNumber;
    readonly eligible: SlurmNumber;
    readonly start: SlurmNumber;
    readonly end: SlurmNumber;
    readonly suspended: SlurmNumber;
  };
  readonly tres: { readonly allocated: readonly SlurmTres[]; readonly requested: readonly SlurmTres[] };
}

const NUMBER = {
  anyOf: [
    { type: ['integer', 'null'], minimum: 0 },
    { const: 'Infinity' },
    {
      type: 'object',
      required: ['set', 'infinite', 'number'],
      properties: { set: { type: 'boolean' }, infinite: { type: 'boolean' }, number: { type: 'integer', minimum: 0 } },
    },
  ],
} as const;

const TEXT_OR_NULL = { type: ['string', 'null'] } as const;

const TRES_LIST = { type: 'array', items: { type: 'object', required: ['type'], properties: { type: { type: 'string' } } } } as const;

export const SLURMDB_JOB_SCHEMA = {
  type: 'object',
  required: ['job_id', 'array', 'het', 'account', 'state', 'allocation_nodes', 'time', 'tres'],
  properties: {
    job_id: { type: 'integer', minimum: 1, maximum: 4_294_967_295 },
    array: { type: 'object', required: ['job_id', 'task_id'], properties: { job_id: NUMBER, task_id: NUMBER } },
    het: { type: 'object', required: ['job_id', 'job_offset'], properties: { job_id: NUMBER, job_offset: NUMBER } },
    account: { type: 'string', minLength: 1 },
    user: TEXT_OR_NULL,
    uid: NUMBER,
    cluster: TEXT_OR_NULL,
    state: {
      type: 'object',
      required: ['current'],
      properties: { current: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }] } },
    },
    partition: TEXT_OR_NULL,
    qos: TEXT_OR_NULL,
    nodes: TEXT_OR_NULL,
    allocation_nodes: NUMBER,
    time: {
      type: 'object',
      required: ['submission', 'eligible', 'start', 'end', 'suspended'],
      properties: { submission: NUMBER, eligible: NUMBER, start: NUMBER, end: NUMBER, suspended: NUMBER },
    },
    tres: { type: 'object', required: ['allocated', 'requested'], properties: { allocated: TRES_LIST, requested: TRES_LIST } },
  },
} as const;
