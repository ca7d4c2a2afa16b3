import pLimit from 'p-limit';
import { BrcSyncError, type Logger } from '../../../builtin-sdk.js';
import { JobUnknown } from './failures.js';
import { readRights } from './rights.js';
import type { RestClient } from './rest-client.js';
import type { Session } from './session.js';

const REQUESTS_AT_ONCE = 4;

/**
 * Asks slurmctld which jobs it knows, one by one: the list of all would be as large as the queue. Where it once gave no sure answer it is not asked
 * again.
 */
export class Controller {
  #gaveUp = false;
  #isOperator: boolean | null = null;

  constructor(
    private readonly client: RestClient,
    private readonly logger: Logger,
  ) {}

  /** Which of these ids slurmctld knows; null where that is not certain. */
  async aliveIds(
    ids: readonly string[],
    session: Session,
    { cluster, signal }: { readonly cluster: string | null; readonly signal: AbortSignal },
  ): Promise<ReadonlySet<string> | null> {
    if (this.#gaveUp) return null;
    try {
      if (!(await this.#mayAsk(session, signal))) return this.#giveUp('slurmctld might hide jobs from this user, who is no Operator');
      const found = await this.#find(ids, session, signal);
      return isOfCluster(found, session, cluster) ? new Set(found.keys()) : null;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BrcSyncError)) throw error;
      return this.#giveUp(error.message);
    }
  }

  async #mayAsk({ version }: Session, signal: AbortSignal): Promise<boolean> {
    this.#isOperator ??= (await readRights(this.client, version, await this.client.user(signal), signal)).isOperator;
    return this.#isOperator;
  }

  /** By id: what slurmctld calls its cluster, if it says. */
  async #find(ids: readonly string[], { version }: Session, signal: AbortSignal): Promise<Map<string, string | null>> {
    const failed = new AbortController();
    const together = AbortSignal.any([signal, failed.signal]);
    const limit = pLimit(REQUESTS_AT_ONCE);
    const found = new Map<string, string | null>();
    const look = async (id: string): Promise<void> => {
      try {
        const { content } = await this.client.get({ path: `slurm/${version}/job/${id}`, signal: together });
        found.set(id, clusterOf(content['jobs']));
      } catch (error) {
        if (!(error instanceof JobUnknown)) throw error;
      }
    };
    const looked = ids.map((id) => limit(() => look(id)));
    try {
      await Promise.all(looked);
      return found;
    } catch (error) {
      failed.abort();
      limit.clearQueue();
      throw error;
    }
  }

  #giveUp(why: string): null {
    this.#gaveUp = true;
    this.logger.warn(`which jobs slurmctld still knows is not told, so runaways show by their age only: ${why}`);
    return null;
  }
}

/** Ids repeat across clusters: where there are several, only a job that says so shows which one this slurmctld is of. */
function isOfCluster(found: ReadonlyMap<string, string | null>, { clusters }: Session, cluster: string | null): boolean {
  const only = clusters.length === 1 ? clusters[0] : undefined;
  if (only !== undefined) return cluster === null || cluster === only;
  return cluster !== null && [...found.values()].includes(cluster);
}

function clusterOf(jobs: unknown): string | null {
  const first: unknown = Array.isArray(jobs) ? jobs[0] : undefined;
  const cluster = typeof first === 'object' && first !== null && 'cluster' in first ? first.cluster : null;
  return typeof cluster === 'string' && cluster !== '' ? cluster : null;
}
