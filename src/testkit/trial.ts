import type { Logger } from '../core/plugin-environment.js';

/**
 * Trouble that a test can put between a plugin and what it reads or writes:
 *
 * - `busy`: every question is refused once with "too many" (429), then answered;
 * - `torn`: every answer comes once cut in half;
 * - `reset`: every question meets a broken connection once;
 * - `duplicate`: lists hold one of their members twice;
 * - `unreachable`: nobody answers at all;
 * - `denied`: the credentials are not accepted;
 * - `hang`: nothing is ever answered;
 * - `lost-answer`: what is written takes effect, and its answer never arrives.
 */
export type Fault = 'busy' | 'torn' | 'reset' | 'duplicate' | 'unreachable' | 'denied' | 'hang' | 'lost-answer';

/** Trouble that passes: a plugin that asks again gets everything. */
export const PASSING_FAULTS = ['busy', 'torn', 'reset', 'duplicate'] as const satisfies readonly Fault[];

/** What a suite wants of the instance that it asks for. */
export interface Trial {
  /** The trouble it is to meet from now on; null: none. */
  readonly fault: Fault | null;
  /** To be given to the instance: the suite looks for secrets in what it logs. */
  readonly logger: Logger;
}

/** Of both suites. */
export interface Expectations {
  /** Troubles that `create` can make; cases of others are left out. */
  readonly faults?: readonly Fault[];
  /** Secrets that the instances hold, as texts that must appear nowhere. */
  readonly secrets?: readonly string[];
  /** How often what the plugin reads has been asked so far, by whomever: requests, processes, lines. */
  readonly reads?: () => number;
}

/** Makes a new instance over the same data each time. */
export type Create<T> = (trial: Trial) => T | Promise<T>;

interface Closable {
  close?(): Promise<void>;
}

const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Runs with a new instance, which is closed afterwards whatever happened. */
export async function withInstance<T extends Closable, R>(
  create: Create<T>,
  use: (instance: T) => Promise<R>,
  fault: Fault | null = null,
  logger: Logger = SILENT,
): Promise<R> {
  const instance = await create({ fault, logger });
  try {
    return await use(instance);
  } finally {
    await instance.close?.();
  }
}

function nothing(): void {
  return undefined;
}
