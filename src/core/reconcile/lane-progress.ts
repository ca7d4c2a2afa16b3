import { begun } from '../begun.js';
import type { Change } from '../change.js';
import type { ChangeLane, ChangeLanes } from '../change-lanes.js';
import type { Journal } from '../journal.js';
import type { SinkAccount } from '../job-sink.js';
import { usageFacts, type UsageLedger } from './usage-ledger.js';

/** A change whose turn comes. */
export interface Step {
  readonly change: Change;
  /** Where it stands in the plan. */
  readonly place: number;
  /** The number of its intent where that is in the journal already, or on its way there; else null. */
  readonly intent: Promise<number> | null;
}

export interface LaneOptions {
  readonly journal: Journal;
  /** The sink's accounts by name; null where nobody knows their dates. */
  readonly allocations: ReadonlyMap<string, SinkAccount> | null;
}

/** How far the changes of one account are. */
export class LaneProgress {
  /** Undefined: not read yet. Null: nothing to watch. */
  ledger: UsageLedger | null | undefined;
  readonly #lanes: ChangeLanes;
  readonly #lane: ChangeLane;
  readonly #options: LaneOptions;
  #next = 0;
  /** The next change, its intent written while the one before was under way: so the disk does not set the pace. */
  #ahead: Step | null = null;

  constructor(lanes: ChangeLanes, lane: ChangeLane, options: LaneOptions) {
    this.#lanes = lanes;
    this.#lane = lane;
    this.#options = options;
  }

  get isAtEnd(): boolean {
    return this.#next * 2 >= this.#lane.places.length;
  }

  /** The next change, which is then behind. */
  async take(): Promise<Step> {
    const step = this.#ahead ?? (await this.#read());
    this.#ahead = null;
    this.#next += 1;
    return step;
  }

  /** All changes that are still ahead. */
  async rest(): Promise<Change[]> {
    const rest: Change[] = [];
    for (let index = this.#next; index * 2 < this.#lane.places.length; index += 1) rest.push(await this.#lanes.read(this.#lane, index));
    return rest;
  }

  /** Writes the intent of a change, unless that was done ahead. */
  announce({ change, place, intent }: Step): Promise<number> {
    return intent ?? this.#options.journal.intent(change, { place, ...usageFacts(change, this.#options.allocations) });
  }

  /** Announces the change after the present one, where nothing but the end of the run can keep it from being sent. */
  async announceNext(present: Change, done: ReadonlySet<number>): Promise<void> {
    if (this.isAtEnd) return;
    const step = await this.#read();
    if (done.has(step.place) || !this.#fits(step.change, present)) return;
    // Where nobody takes the step, the journal tells of a failure when it is closed.
    this.#ahead = { ...step, intent: begun(this.announce(step)) };
  }

  /** Says in the journal that a change announced is not sent after all: the one given, or the one ahead. */
  async withdraw(step: Step | null = this.#ahead): Promise<void> {
    if (step?.intent != null) this.#options.journal.withdraw(await step.intent);
  }

  async #read(): Promise<Step> {
    return { change: await this.#lanes.read(this.#lane, this.#next), place: this.#lanes.placeOf(this.#lane, this.#next), intent: null };
  }

  /** Whether a change will fit into the usage that is left, whatever becomes of the one before it. */
  #fits(change: Change, before: Change): boolean {
    const { ledger } = this;
    if (!change.suDifference.startsWith('-') || ledger === null) return true;
    return ledger !== undefined && ledger.clampOf(change) === null && ledger.clampOf(change, before) === null;
  }
}
