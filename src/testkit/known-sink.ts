import type { AccountUsage, SinkAccount } from '../core/job-sink.js';
import type { SinkRecord } from '../core/record.js';
import type { Window } from '../core/window.js';
import type { Expectations } from './trial.js';

/** What a sink may offer beside the methods that every sink has. */
export type SinkCapability = 'accounts' | 'recordsOfAccount' | 'record' | 'totals' | 'usage' | 'userIds';

/** What the sink under test is known to hold. */
export interface KnownSink {
  /** Every record; the suites write the first one again, and change its amount and change it back. Let some start in each of `AUTUMN_HOURS`. */
  readonly records: readonly SinkRecord[];
  /** A window that holds the starts of some records. */
  readonly window: Window;
  /** States of some of the records. */
  readonly statuses: readonly string[];
  /** A record that the sink does not hold and would take: the suites create it, after everything else. */
  readonly spare?: SinkRecord;
  readonly accounts?: readonly SinkAccount[];
  readonly userIds?: ReadonlyMap<string, string>;
  /** Usage by account, with the users that are asked for. */
  readonly usage?: ReadonlyMap<string, AccountUsage>;
}

/** What the suite holds a sink to. */
export interface SinkExpectations extends Expectations {
  readonly known: KnownSink;
  /** The optional methods that it has. */
  readonly capabilities: readonly SinkCapability[];
}
