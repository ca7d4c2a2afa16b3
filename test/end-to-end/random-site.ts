import type { Instant, Row } from '../../src/core/job.js';
import { sequence } from '../portal/random.js';
import type { Prices } from './due-record.js';

/** July 6, 2026, 08:00 UTC: inside every allocation of `siteSeed`. */
const MONDAY: Instant = Date.UTC(2026, 6, 6, 8) / 1000;
/** When everything that was to end has long ended. */
export const AFTERWARDS: Instant = MONDAY + 30 * 86_400;

/** 0.75 and 0.5 make ties of half a cent; a name with capitals would cost nothing in the plugin, so there is none. */
export const PRICES: Prices = { savio: '0.75', savio_htc: '1.00', savio_gpu: '3.666667', savio_free: '0' };

export interface RandomSiteOptions {
  readonly jobs: number;
  readonly accounts: number;
}

/** Rows of a site, the same for the same seed: jobs of every kind, one after the other, ids from 1001. */
export function randomSite(seed: number, { jobs, accounts }: RandomSiteOptions): Row[] {
  const random = sequence(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const rows: Row[] = [];
  let id = 1000;
  while (id < 1000 + jobs) {
    id += 1;
    const account = below(accounts);
    const first = aRow({
      jobId: String(id),
      account: `${['fc', 'co', 'ac'][account % 3]!}_lab${account}`,
      user: `user${account}_${below(3)}`,
      partition: Object.keys(PRICES)[below(4)]!,
      // Few different starts: the portal's lists have no order within one.
      submittedAt: MONDAY + 600 * below(200),
      cpuCount: [1, 1, 4, 20, 56][below(5)]!,
    });
    const row = { ...first, uid: 10_000 + account * 10 + Number(first.user!.slice(-1)) };
    const made = KINDS[below(KINDS.length)]!(row, below);
    rows.push(...made);
    id = Math.max(id, ...made.map(({ jobId }) => Number(jobId)));
  }
  return rows;
}

type Below = (limit: number) => number;
type Kind = (row: Row, below: Below) => Row[];

const seconds = (below: Below): number => [30, 90, 600, 3600, 86_399][below(5)]! + below(30);

const plain: Kind = (row, below) => [ran(row, 5, seconds(below), (['COMPLETED', 'FAILED', 'TIMEOUT', 'OUT_OF_MEMORY'] as const)[below(4)])];

/** Often plain, as jobs are; each of the others about once in thirty. */
const KINDS: readonly Kind[] = [
  ...Array<Kind>(10).fill(plain),
  (row, below) => {
    const leader = Number(row.jobId) + 3;
    return [0, 1, 2, 3].map((task) => {
      const jobId = String(task === 3 ? leader : Number(row.jobId) + task);
      return ran({ ...row, jobId, arrayJobId: String(leader), arrayTaskId: task }, 5 + task, seconds(below));
    });
  },
  (row, below) => [ran(row, 5, seconds(below), 'REQUEUED'), ran(after(row, 1), 120, seconds(below))].map(chained),
  (row, below) => [ran(row, 5, seconds(below), 'PREEMPTED'), ran(after(row, 1), 120, seconds(below))].map(chained),
  (row, below) => [ran(row, 5, seconds(below), 'NODE_FAIL'), ran(after(row, 1), 120, seconds(below), 'FAILED')].map(chained),
  (row, below) => {
    const shrunk = ran({ ...row, cpuCount: row.cpuCount * 2 }, 5, 40 + below(60), 'RESIZING');
    const end = shrunk.endedAt! + seconds(below);
    return [
      shrunk,
      { ...shrunk, submittedAt: shrunk.endedAt!, eligibleAt: shrunk.endedAt, state: 'COMPLETED', cpuCount: row.cpuCount, endedAt: end },
    ];
  },
  (row) => [cancelledPending(row)],
  (row, below) => [ran(row, 5, seconds(below), 'REQUEUED'), cancelledPending(after(row, 1))].map(chained),
  (row, below) => [{ ...ran(row, 5, seconds(below)), suspendedSeconds: 20 }],
  (row, below) => [{ ...ran(row, 5, seconds(below)), state: 'CANCELLED' }],
  (row) => [{ ...ran(row, 5, 0), state: 'RUNNING', endedAt: null }],
];

function ran(row: Row, waited: number, length: number, state: Row['state'] = 'COMPLETED'): Row {
  const startedAt = row.submittedAt + waited;
  return { ...row, state, startedAt, endedAt: startedAt + length };
}

/** The next row of a chain; `chained` then moves it behind the one before. */
function after(row: Row, secondsLater: number): Row {
  return { ...row, submittedAt: row.submittedAt + secondsLater };
}

function chained(row: Row, index: number, rows: readonly Row[]): Row {
  const shift = index === 0 ? 0 : rows[0]!.endedAt! - rows[0]!.submittedAt;
  const later = (instant: Instant | null): Instant | null => (instant === null ? null : instant + shift);
  return {
    ...row,
    submittedAt: row.submittedAt + shift,
    eligibleAt: later(row.eligibleAt),
    startedAt: later(row.startedAt),
    endedAt: later(row.endedAt),
  };
}

function cancelledPending(row: Row): Row {
  const endedAt = row.submittedAt + 300;
  return { ...row, state: 'CANCELLED', startedAt: null, endedAt, nodeList: null, cpuCount: 0, allocatedNodeCount: 0 };
}

function aRow(fields: Partial<Row> & Pick<Row, 'submittedAt'>): Row {
  return {
    jobId: '',
    cluster: 'savio',
    arrayJobId: null,
    arrayTaskId: null,
    hetJobId: null,
    hetOffset: null,
    account: '',
    user: null,
    uid: null,
    state: 'COMPLETED',
    partition: '',
    qos: 'savio_normal',
    eligibleAt: fields.submittedAt,
    startedAt: null,
    endedAt: null,
    suspendedSeconds: 0,
    nodeList: 'n0[010,031].savio1',
    cpuCount: 1,
    requestedNodeCount: 2,
    allocatedNodeCount: 2,
    ...fields,
  };
}
