import type { Change } from '../change.js';
import { FINDING_REMEDIES } from '../finding.js';
import type { PutOutcome } from '../job-sink.js';
import { formatAmount, parseAmount, type Cents } from '../service-units.js';
import type { Clamp } from './usage-ledger.js';

/** Why a run ended before its plan did. */
export interface Stop {
  readonly why: 'unauthorised' | 'unreachable' | 'interrupted';
  readonly message: string;
  readonly remedy: string;
}

/** Changes that did not take effect for one reason. */
export interface Problem {
  readonly outcome: 'rejected' | 'unsettled' | 'not-as-sent' | 'unauthorised' | 'would-clamp' | 'moved';
  /** What they have in common: the sink's message without names, ids and times. */
  readonly cause: string;
  readonly remedy: string;
  readonly count: number;
  /** Sum of the changes' SU differences, with sign. */
  readonly suDifference: string;
  readonly first: readonly { readonly jobId: string; readonly account: string; readonly message: string }[];
}

/** What became of a plan's changes. */
export interface Applied {
  /** Changes that took effect: applied or logged. */
  readonly changes: number;
  /** Of the plan's changes in all; more than `changes` under --limit. */
  readonly planned: number;
  readonly applied: number;
  readonly logged: number;
  readonly rejected: number;
  /** Of these, the ones that no earlier run was told (money 23). */
  readonly newlyRejected: number;
  /** Nobody knows whether they took effect: the next run sees. */
  readonly unsettled: number;
  readonly notAsSent: number;
  readonly wouldClamp: number;
  /** The record was changed after the plan was made: left alone. */
  readonly moved: number;
  /** Found as planned: an earlier run had written it. */
  readonly already: number;
  /** Not tried: beyond --limit, or the run ended early. */
  readonly left: number;
  /** Sum of what took effect, with sign. */
  readonly suNet: string;
  readonly problems: readonly Problem[];
  readonly stopped: Stop | null;
}

/** Jobs named of each problem; the journal has them all. */
const NAMED = 5;

const REMEDIES = {
  moved: 'Nothing, or make a new plan: it sees the record as it is now.',
  unsettled: 'Run again: what was done is compared anew.',
  'not-as-sent':
    'Look at the record in the portal: something between brc-sync and its database changes what is sent, or somebody writes the same records.',
  'would-clamp': FINDING_REMEDIES['would-clamp'],
} as const;

interface MutableProblem {
  readonly outcome: Problem['outcome'];
  readonly cause: string;
  readonly remedy: string;
  count: number;
  su: Cents;
  readonly first: { jobId: string; account: string; message: string }[];
}

/** Whether the sink refused the same change for the same cause in an earlier run. */
export type IsKnownRefusal = (change: Change, cause: string) => boolean;

/** Counts outcomes while a plan is applied. */
export class ApplyTally {
  readonly #isKnownRefusal: IsKnownRefusal;
  readonly #counts: Record<PutOutcome['status'] | 'would-clamp' | 'moved' | 'already', number> = {
    applied: 0,
    logged: 0,
    rejected: 0,
    unsettled: 0,
    unauthorised: 0,
    'not-as-sent': 0,
    'would-clamp': 0,
    moved: 0,
    already: 0,
  };
  readonly #problems = new Map<string, MutableProblem>();
  #newlyRejected = 0;
  #net: Cents = 0n;

  constructor(isKnownRefusal: IsKnownRefusal = () => false) {
    this.#isKnownRefusal = isKnownRefusal;
  }

  /** Changes that have been tried. */
  get done(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  add(change: Change, outcome: PutOutcome): void {
    this.#counts[outcome.status] += 1;
    switch (outcome.status) {
      case 'applied':
      case 'logged':
        this.#net += parseAmount(change.suDifference);
        return;
      case 'rejected': {
        if (!this.#isKnownRefusal(change, outcome.cause)) this.#newlyRejected += 1;
        this.#problem(change, { outcome: 'rejected', ...outcome });
        return;
      }
      case 'unauthorised': {
        this.#problem(change, { outcome: 'unauthorised', cause: outcome.message, ...outcome });
        return;
      }
      case 'unsettled': {
        this.#problem(change, {
          outcome: 'unsettled',
          cause: 'no settled answer',
          message: outcome.message,
          remedy: REMEDIES.unsettled,
        });
        return;
      }
      case 'not-as-sent': {
        this.#problem(change, {
          outcome: 'not-as-sent',
          cause: `stored otherwise: ${outcome.fields.join(', ')}`,
          message: outcome.message,
          remedy: REMEDIES['not-as-sent'],
        });
        return;
      }
    }
  }

  clamped(change: Change, clamp: Clamp): void {
    this.#counts['would-clamp'] += 1;
    this.#problem(change, {
      outcome: 'would-clamp',
      cause: 'more than is left of the usage',
      message: clamp.message,
      remedy: REMEDIES['would-clamp'],
    });
  }

  /** An earlier run had written it. */
  already(): void {
    this.#counts.already += 1;
  }

  moved(change: Change, message: string): void {
    this.#counts.moved += 1;
    this.#problem(change, { outcome: 'moved', cause: 'the record was changed after the plan was made', message, remedy: REMEDIES.moved });
  }

  /** @param planned changes of the plan in all */
  result(planned: number, stopped: Stop | null): Applied {
    const counts = this.#counts;
    return {
      changes: counts.applied + counts.logged,
      planned,
      applied: counts.applied,
      logged: counts.logged,
      rejected: counts.rejected,
      newlyRejected: this.#newlyRejected,
      unsettled: counts.unsettled,
      notAsSent: counts['not-as-sent'],
      wouldClamp: counts['would-clamp'],
      moved: counts.moved,
      already: counts.already,
      left: planned - this.done + counts.unauthorised,
      suNet: formatAmount(this.#net),
      problems: [...this.#problems.values()]
        .sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1))
        .map(({ su, ...problem }) => ({ ...problem, suDifference: formatAmount(su) })),
      stopped,
    };
  }

  #problem(change: Change, about: Pick<Problem, 'outcome' | 'cause' | 'remedy'> & { readonly message: string }): void {
    const { outcome, cause, remedy, message } = about;
    const key = `${outcome} ${cause}`;
    let problem = this.#problems.get(key);
    if (problem === undefined) this.#problems.set(key, (problem = { outcome, cause, remedy, count: 0, su: 0n, first: [] }));
    problem.count += 1;
    problem.su += parseAmount(change.suDifference);
    if (problem.first.length < NAMED) problem.first.push({ jobId: change.jobId, account: change.account, message });
  }
}
