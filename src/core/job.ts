/** Seconds since 1970-01-01T00:00:00Z, a whole number. Text form (files, plans): ISO 8601 with `Z`. */
export type Instant = number;

/** Slurm's base states, and the three flags that slurmdbd stores in their place (contract slurm.md 1.5, 2.7). */
export const JOB_STATES = [
  'PENDING',
  'RUNNING',
  'SUSPENDED',
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'TIMEOUT',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'OUT_OF_MEMORY',
  'REQUEUED',
  'RESIZING',
  'REVOKED',
] as const;
/** One of `JOB_STATES`: `CANCELLED by 1000` is `CANCELLED`. */
export type JobState = (typeof JOB_STATES)[number];

const ENDED: ReadonlySet<string> = new Set<JobState>([
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'TIMEOUT',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'OUT_OF_MEMORY',
]);

/** Whether Slurm will not touch a job in this state again, unless a later row continues it (money 1). */
export function isEndedState(state: string): boolean {
  return ENDED.has(state);
}

/**
 * What Slurm recorded of a job. A source hands over one per accounting row, exactly as Slurm tells it; core folds the rows of a
 * requeued or resized job into one (money 1). There is no exit code: REST before v0.0.40 loses it.
 */
export interface Job {
  /** Raw job id (sacct's JobIDRaw): the key in the portal. Never `A_T` or `H+N`. */
  readonly jobId: string;
  readonly cluster: string | null;
  /** Of a task of a job array: the array's id and the task's index (null while the row stands for several tasks). */
  readonly arrayJobId: string | null;
  readonly arrayTaskId: number | null;
  /** Of a component of a heterogeneous job: the leader's id and the component's offset. */
  readonly hetJobId: string | null;
  readonly hetOffset: number | null;
  readonly account: string;
  readonly user: string | null;
  /** Numeric uid; REST never tells it. */
  readonly uid: number | null;
  readonly state: JobState;
  readonly partition: string;
  readonly qos: string;
  readonly submittedAt: Instant;
  /** Null while Slurm does not know it (held, throttled array task). */
  readonly eligibleAt: Instant | null;
  /** Null when the job never started. */
  readonly startedAt: Instant | null;
  /** Null while the job has not ended. */
  readonly endedAt: Instant | null;
  readonly suspendedSeconds: number;
  /** Slurm's node list expression, null without allocated nodes. */
  readonly nodeList: string | null;
  /** Allocated CPUs of the whole job; 0 without allocated nodes, where Slurm shows the requested ones (money 10). */
  readonly cpuCount: number;
  readonly requestedNodeCount: number | null;
  readonly allocatedNodeCount: number;
}

/** One line of Slurm's accounting: a Job before folding. */
export type Row = Job;

const instant = { type: 'integer', minimum: 0 } as const;
const instantOrNull = { type: ['integer', 'null'], minimum: 0 } as const;
const idOrNull = { type: ['string', 'null'], pattern: '^[0-9]+$' } as const;
const countOrNull = { type: ['integer', 'null'], minimum: 0 } as const;
const textOrNull = { type: ['string', 'null'] } as const;

/** JSON Schema of a Job as sources hand it over. */
export const JOB_SCHEMA = {
  $id: 'https://brc-sync.invalid/schemas/job.schema.json',
  title: 'Job',
  type: 'object',
  additionalProperties: false,
  required: [
    'jobId',
    'cluster',
    'arrayJobId',
    'arrayTaskId',
    'hetJobId',
    'hetOffset',
    'account',
    'user',
    'uid',
    'state',
    'partition',
    'qos',
    'submittedAt',
    'eligibleAt',
    'startedAt',
    'endedAt',
    'suspendedSeconds',
    'nodeList',
    'cpuCount',
    'requestedNodeCount',
    'allocatedNodeCount',
  ],
  properties: {
    jobId: { type: 'string', pattern: '^[0-9]+$' },
    cluster: textOrNull,
    arrayJobId: idOrNull,
    arrayTaskId: countOrNull,
    hetJobId: idOrNull,
    hetOffset: countOrNull,
    account: { type: 'string', minLength: 1 },
    user: textOrNull,
    uid: countOrNull,
    state: { enum: JOB_STATES },
    partition: { type: 'string' },
    qos: { type: 'string' },
    submittedAt: instant,
    eligibleAt: instantOrNull,
    startedAt: instantOrNull,
    endedAt: instantOrNull,
    suspendedSeconds: { type: 'integer', minimum: 0 },
    nodeList: textOrNull,
    cpuCount: { type: 'integer', minimum: 0 },
    requestedNodeCount: countOrNull,
    allocatedNodeCount: { type: 'integer', minimum: 0 },
  },
} as const;

/** The other names under which a portal may hold this job: `A_T` of an array task, `H+N` of a heterogeneous component (money 6). */
export function aliasIds(job: Job): string[] {
  const aliases: string[] = [];
  if (job.arrayJobId !== null && job.arrayTaskId !== null) aliases.push(`${job.arrayJobId}_${job.arrayTaskId}`);
  if (job.hetJobId !== null && job.hetOffset !== null) aliases.push(`${job.hetJobId}+${job.hetOffset}`);
  return aliases;
}
