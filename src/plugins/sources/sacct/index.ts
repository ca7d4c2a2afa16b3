import {
  BASE_DIRECTORY,
  CLOCK,
  CONFIG,
  defineSource,
  inject,
  injectable,
  LOGGER,
  type CheckResult,
  type Clock,
  type JobSource,
  type Logger,
  type ReadOptions,
  type Row,
  type Window,
} from '../../../builtin-sdk.js';
import { checkSacct } from './checks.js';
import { SACCT_CONFIG_SCHEMA, type SacctConfig } from './config.js';
import { Controller } from './controller.js';
import { Controls } from './controls.js';
import { readPartitions } from './partitions.js';
import { SacctReader } from './sacct-reader.js';
import { SlurmCommands } from './slurm-commands.js';

/** Jobs as sacct tells them. Whatever sacct leaves out without a word is looked for by other questions (contract slurm.md 2). */
@injectable()
export class SacctSource implements JobSource {
  readonly cluster?: string;
  readonly #commands: SlurmCommands;
  readonly #reader: SacctReader;
  readonly #controller: Controller;

  constructor(
    @inject(CONFIG) private readonly config: SacctConfig,
    @inject(LOGGER) logger: Logger,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(BASE_DIRECTORY) baseDirectory: string,
  ) {
    const [cluster, ...others] = config.clusters ?? [];
    if (cluster !== undefined && cluster !== 'all' && others.length === 0) this.cluster = cluster;
    this.#commands = new SlurmCommands(config, logger, baseDirectory);
    const controls = new Controls(config, this.#commands, clock, logger);
    this.#reader = new SacctReader(config, this.#commands, controls, clock);
    this.#controller = new Controller(config, this.#commands, controls, logger);
  }

  jobsById(ids: readonly string[], options: ReadOptions): AsyncGenerator<readonly Row[], void, undefined> {
    return this.#reader.jobsById(ids, options);
  }

  jobs(
    options: ReadOptions & { readonly accounts: readonly string[]; readonly window: Window },
  ): AsyncGenerator<readonly Row[], void, undefined> {
    return this.#reader.jobs(options);
  }

  accounts(options: ReadOptions & { readonly window: Window }): Promise<readonly string[]> {
    return this.#reader.accounts(options);
  }

  aliveIds(
    ids: readonly string[],
    { cluster, signal }: { readonly cluster: string | null; readonly signal: AbortSignal },
  ): Promise<ReadonlySet<string> | null> {
    return this.#controller.aliveIds(ids, cluster, signal);
  }

  partitions({ signal }: { readonly signal: AbortSignal }): Promise<readonly string[] | null> {
    return readPartitions(this.config, this.#commands, signal);
  }

  check({ signal }: { readonly signal: AbortSignal }): Promise<readonly CheckResult[]> {
    return checkSacct(this.config, this.#commands, this.clock, signal);
  }

  close(): Promise<void> {
    return this.#commands.close();
  }
}

export default defineSource({
  apiVersion: 1,
  kind: 'source',
  name: 'sacct',
  description: 'Reads jobs from a living Slurm with its command sacct.',
  configSchema: SACCT_CONFIG_SCHEMA,
  useClass: SacctSource,
});
