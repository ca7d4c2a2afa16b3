import type { Fault } from '../input/bad-input.js';
import { parseInstant } from '../instants.js';
import type { SinkRecord } from '../record.js';
import { compileSchema, type ValidateFunction } from '../schema.js';
import type { JobWithNodeNames, PortalJob } from './portal-job.js';
import { readUsualJob } from './usual-job.js';

const text = { type: 'string', minLength: 1 } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const countOrNull = { type: ['integer', 'null'], minimum: 0 } as const;
const hoursOrNull = { type: ['number', 'null'] } as const;

const PORTAL_JOB_SCHEMA = {
  type: 'object',
  required: ['jobslurmid', 'accountid', 'amount'],
  properties: {
    jobslurmid: text,
    accountid: text,
    userid: textOrNull,
    amount: { type: 'string', pattern: '^[0-9]{1,9}[.][0-9]{2}$' },
    jobstatus: textOrNull,
    partition: textOrNull,
    qos: textOrNull,
    submitdate: textOrNull,
    startdate: textOrNull,
    enddate: textOrNull,
    nodes: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    num_cpus: countOrNull,
    num_req_nodes: countOrNull,
    num_alloc_nodes: countOrNull,
    raw_time: hoursOrNull,
    cpu_time: hoursOrNull,
  },
};

/** Compiled when the first job is read: most that import the SDK never read one. */
let validator: ValidateFunction<PortalJob> | null = null;

/** The record in the text of one job of `GET /jobs/`; what is wrong with it comes back as a Fault. */
export function readPortalJobText(json: string): SinkRecord | Fault {
  const usual = readUsualJob(json);
  if (usual !== null) return toRecord(usual);
  const value = parseJson(json);
  if (value !== undefined) return readPortalJob(value);
  return { field: null, value: json, message: 'it is no JSON.', remedy: 'Export the records again; the file is cut off or damaged.' };
}

/** The record in a parsed job of `GET /jobs/`: its own `amount` text, dates cut to whole seconds. What is wrong with it comes back as a Fault. */
export function readPortalJob(value: unknown): SinkRecord | Fault {
  const isPortalJob = (validator ??= compileSchema<PortalJob>(PORTAL_JOB_SCHEMA));
  if (isPortalJob(value)) return toRecord({ ...value, nodes: value.nodes?.map((node) => node.name) ?? [] });
  const [error] = isPortalJob.errors ?? [];
  const field = error?.instancePath.split('/')[1] ?? missingField(error?.params);
  return {
    field,
    value: field === null || typeof value !== 'object' || value === null ? value : Reflect.get(value, field),
    message: `it is no job of the portal: ${error?.message ?? 'it does not fit'}.`,
    remedy: 'Use what GET /jobs/ of the portal returned, unchanged.',
  };
}

/** Whether a job or an allocation could not be read. */
export function isPortalFault(value: object): value is Fault {
  return 'remedy' in value;
}

function toRecord(job: JobWithNodeNames): SinkRecord | Fault {
  const submittedAt = toInstant(job.submitdate);
  const startedAt = toInstant(job.startdate);
  const endedAt = toInstant(job.enddate);
  if (submittedAt === undefined) return noInstant('submitdate', job.submitdate);
  if (startedAt === undefined) return noInstant('startdate', job.startdate);
  if (endedAt === undefined) return noInstant('enddate', job.enddate);
  return {
    jobId: job.jobslurmid,
    account: job.accountid,
    userId: job.userid ?? null,
    amount: job.amount,
    state: job.jobstatus ?? null,
    partition: job.partition ?? null,
    qos: job.qos ?? null,
    submittedAt,
    startedAt,
    endedAt,
    nodes: job.nodes,
    cpuCount: job.num_cpus ?? null,
    requestedNodeCount: job.num_req_nodes ?? null,
    allocatedNodeCount: job.num_alloc_nodes ?? null,
    rawHours: job.raw_time ?? null,
    cpuHours: job.cpu_time ?? null,
  };
}

/** Undefined where a text names no instant. */
function toInstant(date: string | null | undefined): number | null | undefined {
  if (date === null || date === undefined) return null;
  const instant = parseInstant(date);
  return instant === null || instant < 0 ? undefined : instant;
}

function noInstant(field: string, value: unknown): Fault {
  return {
    field,
    value,
    message: 'it is no time with a zone, such as 2026-06-02T19:00:00Z.',
    remedy: 'Use what GET /jobs/ of the portal returned, unchanged.',
  };
}

function missingField(params: unknown): string | null {
  return typeof params === 'object' && params !== null && 'missingProperty' in params ? String(params.missingProperty) : null;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
