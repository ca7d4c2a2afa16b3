import type { Row } from '../core/job.js';
import type { Window } from '../core/window.js';
import type { Expectations } from './trial.js';

/** What a source may offer beside the methods that every source has. */
export type SourceCapability = 'accounts' | 'aliveIds' | 'partitions';

/** What the source under test is known to hold. */
export interface KnownSource {
  /**
   * Every row of its jobs: ended, and if it can have such, still running, finished without an end, with an array task or heterogeneous component,
   * and ended in each of `AUTUMN_HOURS`.
   */
  readonly rows: readonly Row[];
  /** A window that holds the ends of some rows, not necessarily of all. */
  readonly window: Window;
}

/** What the suite holds a source to. */
export interface SourceExpectations extends Expectations {
  readonly known: KnownSource;
  /** The optional methods that it has. */
  readonly capabilities: readonly SourceCapability[];
}
