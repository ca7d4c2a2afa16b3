import type { Change } from '../change.js';
import { ChangeLanes } from '../change-lanes.js';
import { readChanges } from '../plan-file.js';
import type { Journal } from '../journal.js';
import type { JobSink, PutOutcome, SinkAccount } from '../job-sink.js';
import type { Logger } from '../plugin-environment.js';
import { ApplyTally, type Applied, type IsKnownRefusal, type Stop } from './apply-tally.js';
import { settle } from './settle.js';
import { checkRecord } from './check-record.js';
import { LaneProgress, type Step } from './lane-progress.js';
import { UsageLedger } from './usage-ledger.js';

/** Accounts that are worked on at once: the most requests that a sink may have in flight. Within an account changes go one by one. */
const ACCOUNTS_AT_ONCE = 16;
/** So many changes in a row without a settled answer say that the sink is down. */
const UNSETTLED_IN_A_ROW = 8;
/** How long requests under way may take to end when the run is interrupted, so that their outcomes are journaled. */
const INTERRUPTION_GRACE_MS = 500;

const INTERRUPTED: Stop = {
  why: 'interrupted',
  message: 'The run was interrupted.',
  remedy: 'Run it again; what was done is compared anew.',
};

export interface ApplyOptions {
  readonly sink: JobSink;
  readonly journal: Journal;
  /** At most this many changes take effect; null: all. */
  readonly limit: number | null;
  /** Look at each record before it is written, and leave one that moved since it was planned. */
  readonly checkRecords: boolean;
  /** Changes that an earlier run applied, by where they stand in the plan. */
  readonly done: ReadonlySet<number>;
  /** The sink's accounts by name; null where nobody knows their dates. */
  readonly allocations: ReadonlyMap<string, SinkAccount> | null;
  /** Missing: every refusal is new. */
  readonly isKnownRefusal?: IsKnownRefusal;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Told after each change how many are behind, of how many. */
  readonly onProgress: (done: number, planned: number) => void;
  /** Told of each change that was sent. */
  readonly onOutcome?: (change: Change, outcome: PutOutcome) => void;
}

/**
 * Hands the changes of a finished plan to the sink (money 19, 21): accounts interleave, since a portal locks an account's usage; within an account
 * the plan's order holds, increases before decreases. Each change is journaled before it is sent.
 *
 * Ends early, and says so in what it returns, when credentials are refused, the sink is down or the run is interrupted.
 * @throws BrcSyncError `STATE_FAILED` where the journal cannot be written
 */
export async function applyPlan(planPath: string, options: ApplyOptions): Promise<Applied> {
  const lanes = await ChangeLanes.open(planPath);
  try {
    return await new Application(lanes, options).run();
  } finally {
    await lanes.close();
  }
}

/** Hands the changes to a sink that only writes them down: in the plan's order, one by one, with nothing to journal. */
export async function logPlan(planPath: string, options: Pick<ApplyOptions, 'sink' | 'limit' | 'signal'>): Promise<Applied> {
  const { sink, limit, signal } = options;
  const tally = new ApplyTally();
  let planned = 0;
  for await (const change of readChanges(planPath)) {
    planned += 1;
    if (limit !== null && planned > limit) continue;
    signal.throwIfAborted();
    tally.add(change, await sink.put(change, { signal }));
  }
  return tally.result(planned, null);
}

class Application {
  readonly #lanes: ChangeLanes;
  readonly #options: ApplyOptions;
  readonly #tally: ApplyTally;
  readonly #accounts: readonly LaneProgress[];
  readonly #ready: LaneProgress[];
  readonly #puts = new AbortController();
  /** Changes that may still be tried under --limit. */
  #tickets: number;
  #unsettledInARow = 0;
  #stop: Stop | null = null;
  /** One worker met an error; the others end what they are at. */
  #failed = false;

  constructor(lanes: ChangeLanes, options: ApplyOptions) {
    this.#lanes = lanes;
    this.#options = options;
    this.#tally = new ApplyTally(options.isKnownRefusal);
    this.#accounts = lanes.lanes.map((lane) => new LaneProgress(lanes, lane, options));
    this.#ready = [...this.#accounts];
    this.#tickets = options.limit ?? Infinity;
  }

  async run(): Promise<Applied> {
    const { signal } = this.#options;
    const giveUp = (): void => void setTimeout(() => this.#puts.abort(signal.reason), INTERRUPTION_GRACE_MS).unref();
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const worked = await Promise.allSettled(Array.from({ length: ACCOUNTS_AT_ONCE }, () => this.#work()));
      const withdrawn = await Promise.allSettled(this.#accounts.map((account) => account.withdraw()));
      const failed = [...worked, ...withdrawn].find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    return this.#tally.result(this.#lanes.count, this.#stop);
  }

  async #work(): Promise<void> {
    for (;;) {
      if (this.#options.signal.aborted) this.#stop ??= INTERRUPTED;
      if (this.#failed || this.#stop !== null || this.#tickets <= 0) return;
      // Never waits for a lane: one that is not here is in the hands of another worker, which puts it back for itself.
      const account = this.#ready.shift();
      if (account === undefined) return;
      this.#tickets -= 1;
      try {
        await this.#advance(account);
      } catch (error) {
        this.#failed = true;
        throw error;
      }
      if (!account.isAtEnd) this.#ready.push(account);
    }
  }

  /** Tries the next change of an account. */
  async #advance(account: LaneProgress): Promise<void> {
    const step = await account.take();
    const took = (step.intent !== null || (await this.#isDue(step))) && (await this.#apply(step, account));
    if (!took) this.#tickets += 1;
    this.#options.onProgress(this.#tally.done, this.#lanes.count);
  }

  /** Whether a change is still to be made, and its record is as it was when it was planned. */
  async #isDue({ change, place }: Step): Promise<boolean> {
    if (this.#options.done.has(place)) {
      this.#tally.already();
      return false;
    }
    if (!this.#options.checkRecords) return true;
    const found = await checkRecord(change, this.#options.sink, this.#puts.signal);
    if (found === 'already') this.#tally.already();
    else if (found !== 'due') this.#tally.moved(change, found.moved);
    return found === 'due';
  }

  /** @returns whether it took effect */
  async #apply(step: Step, account: LaneProgress): Promise<boolean> {
    const { change } = step;
    const { sink, journal, logger } = this.#options;
    const ledger = await this.#ledgerFor(change, account);
    const clamp = ledger?.clampOf(change) ?? null;
    if (clamp !== null) {
      await account.withdraw(step);
      this.#tally.clamped(change, clamp);
      logger.warn('not sent', { jobId: change.jobId, account: change.account, why: clamp.message });
      return false;
    }
    const sequence = await account.announce(step);
    const [settled, announced] = await Promise.allSettled([settle(change, sink, this.#puts.signal), this.#announceNext(account, change)]);
    if (settled.status === 'rejected') throw settled.reason;
    const outcome = settled.value;
    journal.outcome(sequence, outcome);
    this.#options.onOutcome?.(change, outcome);
    this.#tally.add(change, outcome);
    logOutcome(logger, change, outcome);
    this.#watch(outcome);
    const took = outcome.status === 'applied' || outcome.status === 'logged';
    if (took) ledger?.record(change);
    if (announced.status === 'rejected') throw announced.reason;
    return took;
  }

  /** Not where the next change may turn out not to be due, or not to be wanted. */
  async #announceNext(account: LaneProgress, present: Change): Promise<void> {
    const { limit, checkRecords, done } = this.#options;
    if (limit === null && !checkRecords) await account.announceNext(present, done);
  }

  /** Usage is read when the first decrease of an account comes, after all increases before it have been answered. */
  async #ledgerFor(change: Change, account: LaneProgress): Promise<UsageLedger | null> {
    if (account.ledger !== undefined || !change.suDifference.startsWith('-')) return account.ledger ?? null;
    const { sink, allocations } = this.#options;
    const left = [change, ...(await account.rest())];
    account.ledger = await UsageLedger.open(change.account, left, { sink, allocations, signal: this.#puts.signal });
    return account.ledger;
  }

  /** Stops the run where no further change could fare better. */
  #watch(outcome: PutOutcome): void {
    if (outcome.status === 'unauthorised') this.#stop ??= { why: 'unauthorised', message: outcome.message, remedy: outcome.remedy };
    this.#unsettledInARow = outcome.status === 'unsettled' ? this.#unsettledInARow + 1 : 0;
    if (this.#unsettledInARow < UNSETTLED_IN_A_ROW || outcome.status !== 'unsettled') return;
    this.#stop ??= {
      why: 'unreachable',
      message: `The sink settled none of the last ${UNSETTLED_IN_A_ROW} changes: ${outcome.message}`,
      remedy: 'See whether the sink is up, then run it again: what was done is compared anew.',
    };
  }
}

function logOutcome(logger: Logger, { jobId, account, suDifference }: Change, outcome: PutOutcome): void {
  const facts = { jobId, account, suDifference };
  if (outcome.status === 'applied' || outcome.status === 'logged') logger.debug('put', { ...facts, status: outcome.status });
  else logger.info('not stored', { ...facts, ...outcome });
}
