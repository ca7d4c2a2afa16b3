import { isEndedState, type Instant, type Job, type Row } from './job.js';

/** A PREEMPTED or NODE_FAIL row is continued by a row submitted at most this long after its end (money 1). */
const CONTINUATION_SECONDS = 3600;

/** One or more rows of Slurm that are one job, and what of them is charged (money 1). */
export interface FoldedJob {
  /** The job as it is charged: a resize chain from its first submit and start to its last end, a requeue chain as its last run with nodes. */
  readonly job: Job;
  /** All its rows, in order of submit. */
  readonly rows: readonly Row[];
  /** Whether Slurm is done with it: its newest row has ended, and no row is to follow. */
  readonly ended: boolean;
  /** Whether any row ever had allocated nodes; AllocCPUS alone would show what was requested (money 10). */
  readonly ran: boolean;
  readonly requeued: boolean;
  readonly resized: boolean;
}

/**
 * Folds rows with one raw id into jobs, oldest first. Rows may be of several clusters, accounts and users, in any order, and repeated:
 * of rows alike in cluster, account, user and submit the last one given counts.
 */
export function foldRows(rows: readonly Row[]): FoldedJob[] {
  if (rows.length === 1) {
    const only = rows[0] as Row;
    return only.state === 'REVOKED' ? [] : [foldChain([settleTimes(only)])];
  }
  const jobs: FoldedJob[] = [];
  const owners = [...groupByOwner(rows)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, owned] of owners) {
    const ordered = [...owned.values()].sort((a, b) => a.submittedAt - b.submittedAt);
    for (const chain of splitChains(ordered)) jobs.push(foldChain(chain));
  }
  return jobs.sort((a, b) => newestRow(a).submittedAt - newestRow(b).submittedAt);
}

export function newestRow(folded: FoldedJob): Row {
  return folded.rows[folded.rows.length - 1] as Row;
}

function groupByOwner(rows: readonly Row[]): Map<string, Map<Instant, Row>> {
  const groups = new Map<string, Map<Instant, Row>>();
  for (const row of rows) {
    if (row.state === 'REVOKED') continue;
    const owner = JSON.stringify([row.cluster, row.account, row.user ?? row.uid]);
    let bySubmit = groups.get(owner);
    if (bySubmit === undefined) groups.set(owner, (bySubmit = new Map<Instant, Row>()));
    bySubmit.set(row.submittedAt, settleTimes(row));
  }
  return groups;
}

/** An end before the start is a zero length: both are End (money 1). */
function settleTimes(row: Row): Row {
  const reversed = row.startedAt !== null && row.endedAt !== null && row.endedAt < row.startedAt;
  return reversed ? { ...row, startedAt: row.endedAt } : row;
}

function splitChains(ordered: readonly Row[]): Row[][] {
  const chains: Row[][] = [];
  let previous: Row | null = null;
  for (const row of ordered) {
    if (previous !== null && continues(previous, row)) chains[chains.length - 1]?.push(row);
    else chains.push([row]);
    previous = row;
  }
  return chains;
}

function continues(row: Row, next: Row): boolean {
  if (row.state === 'REQUEUED' || row.state === 'RESIZING') return true;
  if (row.state !== 'PREEMPTED' && row.state !== 'NODE_FAIL') return false;
  return row.endedAt !== null && next.submittedAt <= row.endedAt + CONTINUATION_SECONDS;
}

function foldChain(chain: readonly Row[]): FoldedJob {
  const newest = chain[chain.length - 1] as Row;
  const ended = isEndedState(newest.state) && newest.endedAt !== null;
  if (chain.length === 1) {
    return { job: newest, rows: chain, ended, ran: hadNodes(newest), requeued: false, resized: false };
  }
  const runs = splitRuns(chain);
  const charged = ended ? runs.filter((run) => run.some(hadNodes) && lastOf(run).endedAt !== null).pop() : undefined;
  return {
    job: charged === undefined ? newest : { ...mergeRun(charged), state: newest.state },
    rows: chain,
    ended,
    ran: chain.some(hadNodes),
    requeued: runs.length > 1,
    resized: runs.some((run) => run.length > 1),
  };
}

/** A chain's runs: a resize continues a run, everything else begins a new one. */
export function splitRuns(chain: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  let resizing = false;
  for (const row of chain) {
    if (resizing) runs[runs.length - 1]?.push(row);
    else runs.push([row]);
    resizing = row.state === 'RESIZING';
  }
  return runs;
}

/** A run from its first submit and start to its last end, with its last CPUs and nodes. */
function mergeRun(run: readonly Row[]): Job {
  const first = run[0] as Row;
  const last = run.filter(hadNodes).pop() ?? lastOf(run);
  const suspendedSeconds = run.reduce((sum, row) => sum + row.suspendedSeconds, 0);
  return { ...last, submittedAt: first.submittedAt, startedAt: first.startedAt, endedAt: lastOf(run).endedAt, suspendedSeconds };
}

function hadNodes(row: Row): boolean {
  return row.allocatedNodeCount > 0;
}

function lastOf(run: readonly Row[]): Row {
  return run[run.length - 1] as Row;
}
