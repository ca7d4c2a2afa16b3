import type { Instant, Row } from '../../src/core/job.js';

/**
 * What the record of a job must say by money.md, worked out from Slurm's rows a second time and by other means than the core, so that the
 * end-to-end tests compare two independent readings of the rules.
 */
export interface DueRecord {
  readonly jobId: string;
  readonly account: string;
  readonly userId: string;
  /** Hundredths of SU, half-up (money 7). */
  readonly cents: bigint;
  /** An exact tie that the plugin may have written a cent low (money 9). */
  readonly mayBeLow: boolean;
  readonly state: string;
  /** Of any row of the job (money 2). */
  readonly submits: readonly Instant[];
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly cpuCount: number;
}

/** SU per CPU hour by partition: decimal texts with at most six places. */
export type Prices = Readonly<Record<string, string>>;

export type Fate =
  | { readonly kind: 'due'; readonly record: DueRecord }
  /** No row ever had nodes: no record, or one at 0.00 (money 10). */
  | { readonly kind: 'never-ran' }
  /** Slurm is not done with it: its record is left alone (money 1). */
  | { readonly kind: 'alive' };

/** The fate of every job id in these rows, none of which is used by two jobs. */
export function fatesOf(rows: readonly Row[], prices: Prices): Map<string, Fate> {
  const byId = new Map<string, Map<Instant, Row>>();
  for (const row of rows) {
    if (row.state === 'REVOKED') continue;
    const bySubmit = byId.get(row.jobId) ?? new Map<Instant, Row>();
    byId.set(row.jobId, bySubmit.set(row.submittedAt, row));
  }
  return new Map(
    [...byId].map(([jobId, bySubmit]) => [
      jobId,
      fateOf(
        [...bySubmit.values()].sort((a, b) => a.submittedAt - b.submittedAt),
        prices,
      ),
    ]),
  );
}

const GOES_ON = ['REQUEUED', 'RESIZING'];
const NOT_ENDED = ['PENDING', 'RUNNING', 'SUSPENDED', ...GOES_ON];

function fateOf(rows: readonly Row[], prices: Prices): Fate {
  const last = rows[rows.length - 1]!;
  for (const [index, row] of rows.slice(0, -1).entries()) {
    if (!GOES_ON.includes(row.state) && !isPutBack(row, rows[index + 1]!)) throw new Error(`two jobs have the id ${row.jobId}`);
  }
  if (NOT_ENDED.includes(last.state) || last.endedAt === null) return { kind: 'alive' };
  const endOfRun = rows.findLastIndex((row) => row.allocatedNodeCount > 0 && row.endedAt !== null);
  if (endOfRun === -1) return { kind: 'never-ran' };
  let startOfRun = endOfRun;
  while (rows[startOfRun - 1]?.state === 'RESIZING') startOfRun -= 1;
  return { kind: 'due', record: recordOf(rows, rows[startOfRun]!, rows[endOfRun]!, prices) };
}

/** A preempted job, or one whose node died, goes on when its next row came within the hour. */
function isPutBack(row: Row, next: Row): boolean {
  return ['PREEMPTED', 'NODE_FAIL'].includes(row.state) && next.submittedAt - row.endedAt! <= 3600;
}

function recordOf(rows: readonly Row[], first: Row, last: Row, prices: Prices): DueRecord {
  const endedAt = last.endedAt!;
  const startedAt = Math.min(first.startedAt ?? endedAt, endedAt);
  const { cents, isTie } = price(prices[last.partition] ?? '0', last.cpuCount, endedAt - startedAt);
  return {
    jobId: last.jobId,
    account: last.account,
    userId: String(last.uid),
    cents,
    mayBeLow: isTie && (endedAt - startedAt) % 9 !== 0,
    state: rows[rows.length - 1]!.state,
    submits: rows.map((row) => row.submittedAt),
    startedAt,
    endedAt,
    cpuCount: last.cpuCount,
  };
}

/** Price × CPUs × seconds ÷ 3600, as a fraction of whole numbers. */
function price(perHour: string, cpuCount: number, seconds: number): { cents: bigint; isTie: boolean } {
  const [whole = '0', decimals = ''] = perHour.split('.');
  const millionths = BigInt(whole + decimals.padEnd(6, '0'));
  const numerator = millionths * BigInt(cpuCount) * BigInt(seconds) * 100n;
  const denominator = 3600n * 1_000_000n;
  const [floor, rest] = [numerator / denominator, numerator % denominator];
  return { cents: rest * 2n >= denominator ? floor + 1n : floor, isTie: rest * 2n === denominator };
}
