import { BrcSyncError, type Clock, type ReadOptions } from '../../../builtin-sdk.js';
import type { SlurmrestdConfig } from './config.js';
import { ReplyTooLarge } from './failures.js';
import type { JobQuestions } from './job-questions.js';
import { readRights } from './rights.js';
import { endedQuestions } from './questions.js';
import type { RestClient } from './rest-client.js';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** Ages between which a job of somebody else is looked for, the newest first: on a living cluster jobs end every minute. */
const AGES = [MINUTE, HOUR, DAY, 7 * DAY, 31 * DAY, 366 * DAY];

/** How it is known that other people's jobs are shown, or why it is not. */
export type Sight = 'as an Operator' | 'a job of somebody else is shown' | 'coordinator' | 'nobody else';

/** Decides whether answers may lack other people's jobs: PrivateData=jobs of slurmdbd takes them out without a word (contract slurm.md 2.8). */
export class Permission {
  #sees: Promise<boolean> | null = null;

  constructor(
    private readonly config: SlurmrestdConfig,
    private readonly client: RestClient,
    private readonly clock: Clock,
  ) {}

  /** @throws BrcSyncError UNAUTHORISED unless it is certain that everybody's jobs are shown. Asks once. */
  async assertSeesEverybody(questions: JobQuestions, { signal }: ReadOptions): Promise<void> {
    this.#sees ??= this.#assert(questions, signal);
    try {
      await this.#sees;
    } catch (error) {
      this.#sees = null;
      throw error;
    }
  }

  async #assert(questions: JobQuestions, signal: AbortSignal): Promise<true> {
    const sight = await this.sight(questions, signal);
    if (seesEverybody(sight)) return true;
    const user = await this.client.user(signal);
    throw new BrcSyncError('UNAUTHORISED', {
      message: `slurmrestd may hide jobs: ${describeSight(sight, user)}.`,
      remedy: remedyFor(user),
    });
  }

  async sight(questions: JobQuestions, signal: AbortSignal): Promise<Sight> {
    const user = await this.client.user(signal);
    const { isOperator, isCoordinator } = await readRights(this.client, questions.session.version, user, signal);
    if (isOperator) return 'as an Operator';
    // Who coordinates an account sees its jobs, and no others.
    if (isCoordinator) return 'coordinator';
    return (await this.#findsOthers(questions, user, signal)) ? 'a job of somebody else is shown' : 'nobody else';
  }

  async #findsOthers(questions: JobQuestions, user: string, signal: AbortSignal): Promise<boolean> {
    const now = this.clock.now();
    const scope = { accounts: null, clusters: this.config.clusters ?? [] };
    for (const [index, age] of AGES.entries()) {
      const window = { from: now - age, to: now - (AGES[index - 1] ?? 0) };
      try {
        const { rows } = await questions.ask(endedQuestions(questions.session.dialect, scope, window), { signal, onSkip: () => undefined });
        if (rows.some((row) => row.user !== null && row.user !== user)) return true;
      } catch (error) {
        // They may all be this user's own.
        if (!(error instanceof ReplyTooLarge)) throw error;
        return false;
      }
    }
    return false;
  }
}

export function seesEverybody(sight: Sight): boolean {
  return sight === 'as an Operator' || sight === 'a job of somebody else is shown';
}

export function describeSight(sight: Sight, user: string): string {
  if (seesEverybody(sight)) return `${user} sees other people's jobs (${sight})`;
  const why = sight === 'coordinator' ? 'a coordinator might see the jobs of some accounts only' : 'no job of anybody else is to be seen';
  return `${user} is no Operator, and ${why}; PrivateData=jobs of slurmdbd hides jobs without a word`;
}

export function remedyFor(user: string): string {
  return `Give the user of the token the right to see all: sacctmgr modify user ${user} set adminlevel=operator.`;
}
