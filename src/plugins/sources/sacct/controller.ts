import { BrcSyncError, type Logger } from '../../../builtin-sdk.js';
import { canSeeQueue } from './checks.js';
import type { SacctConfig } from './config.js';
import type { Controls } from './controls.js';
import type { SlurmCommands } from './slurm-commands.js';

/** What may stand behind -M, also past the shell of a wrapper. */
const CLUSTER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** Asks slurmctld which jobs it knows, by squeue. Where it once gave no sure answer it is not asked again. */
export class Controller {
  readonly #known = new Map<string, ReadonlySet<string>>();
  #gaveUp = false;

  constructor(
    private readonly config: SacctConfig,
    private readonly commands: SlurmCommands,
    private readonly controls: Controls,
    private readonly logger: Logger,
  ) {}

  /** Which of these ids slurmctld knows, now or when it was last asked; null where that is not certain. */
  async aliveIds(ids: readonly string[], cluster: string | null, signal: AbortSignal): Promise<ReadonlySet<string> | null> {
    if (this.#gaveUp || cluster === null || !CLUSTER.test(cluster)) return null;
    if (this.config.squeue.length === 0) return this.#giveUp('no squeue is configured');
    const held = this.#known.get(cluster);
    if (held !== undefined && ids.every((id) => held.has(id))) return new Set(ids);
    const settings = await this.controls.assertWholeAnswers(signal);
    if (settings === null || !canSeeQueue(this.config, settings)) {
      return this.#giveUp('slurmctld might hide jobs from this user (PrivateData=jobs in slurm.conf), who is no Operator');
    }
    try {
      // Finished jobs, too: they are known for some minutes. Named, so that no other cluster's queue is taken for this one's.
      const lines = await this.commands.lines('squeue', ['-M', cluster, '-h', '-a', '-t', 'all', '-o', '%A'], signal);
      const odd = lines.find((line) => !/^(?:\d+|CLUSTER: .*)$/.test(line));
      if (odd !== undefined) return this.#giveUp(`squeue answers ${JSON.stringify(odd.slice(0, 80))}`);
      const known = new Set(lines);
      this.#known.set(cluster, known);
      return new Set(ids.filter((id) => known.has(id)));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BrcSyncError)) throw error;
      return this.#giveUp(error.message);
    }
  }

  #giveUp(why: string): null {
    this.#gaveUp = true;
    this.logger.warn(`which jobs slurmctld still knows is not told, so runaways show by their age only: ${why}`);
    return null;
  }
}
