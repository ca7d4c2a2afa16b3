import {
  BASE_DIRECTORY,
  checkInputs,
  CONFIG,
  defineSink,
  inject,
  injectable,
  listInputs,
  LOGGER,
  OUTPUT,
  SITE,
  type Change,
  type CheckResult,
  type JobSink,
  type Logger,
  type OutputLine,
  type PutOutcome,
  type RecordTotals,
  type SinkAccount,
  type SinkOptions,
  type SinkRecord,
  type SiteZone,
  type Window,
} from '../../../builtin-sdk.js';
import { COMMAND_OUTPUT, FileLog, outputLog, type LineLog } from './change-log.js';
import { LOG_CONFIG_SCHEMA, type LogConfig } from './config.js';
import { changeToJson, describeChange } from './describe-change.js';
import { readAllocations } from './read-allocations.js';
import { Snapshot } from './snapshot.js';
import { sumRecords } from './sum-records.js';

const NO_SNAPSHOT = 'There is no snapshot of a portal: every job counts as new, and there are no records to update.';
const GIVE_RECORDS = 'Name a file with what GET /jobs/ of the portal returned as "records".';

/** Writes down what would be sent, and sends nothing. With snapshots of a portal's records and allocations it is a whole dry portal. */
@injectable()
export class LogSink implements JobSink {
  readonly dry = true;
  /** A capability only with a file of allocations: without one nobody knows the portal's accounts. */
  readonly accounts?: (options: SinkOptions) => Promise<readonly SinkAccount[]>;
  readonly #log: LineLog;
  #snapshot: Promise<Snapshot> | null = null;

  constructor(
    @inject(CONFIG) private readonly config: LogConfig,
    @inject(SITE) private readonly site: SiteZone,
    @inject(BASE_DIRECTORY) private readonly baseDirectory: string,
    @inject(LOGGER) private readonly logger: Logger,
    @inject(OUTPUT) output: OutputLine,
  ) {
    const { allocations } = config;
    if (allocations !== undefined) this.accounts = ({ signal }) => this.#accounts(allocations, signal);
    this.#log = config.file === COMMAND_OUTPUT ? outputLog(output) : new FileLog(config.file, baseDirectory);
  }

  async *openRecords(
    options: SinkOptions & { readonly statuses: readonly string[]; readonly window: Window },
  ): AsyncGenerator<readonly SinkRecord[], void, undefined> {
    const snapshot = await this.#records(options);
    yield* snapshot.open(options.statuses, options.window, options.signal);
  }

  async *recordsOfAccount(
    account: string,
    options: SinkOptions & { readonly window: Window },
  ): AsyncGenerator<readonly SinkRecord[], void, undefined> {
    const snapshot = await this.#records(options);
    yield* snapshot.recordsOf(account, options.window, options.signal);
  }

  async record(jobId: string, options: SinkOptions): Promise<SinkRecord | null> {
    const snapshot = await this.#records(options);
    return snapshot.record(jobId, options.signal);
  }

  totals(account: string, options: SinkOptions & { readonly window: Window }): Promise<RecordTotals> {
    return sumRecords(this.recordsOfAccount(account, options));
  }

  async put(change: Change, { signal }: SinkOptions): Promise<PutOutcome> {
    signal.throwIfAborted();
    await this.#log.write(this.config.format === 'text' ? describeChange(change) : changeToJson(change));
    return { status: 'logged' };
  }

  async check({ signal }: SinkOptions): Promise<readonly CheckResult[]> {
    const { records, allocations = [] } = this.config;
    const found = await checkInputs(allocations, this.baseDirectory, signal);
    if (records === undefined) return [...found, { name: 'records', ok: true, message: NO_SNAPSHOT, remedy: GIVE_RECORDS }];
    return [...(await checkInputs(records, this.baseDirectory, signal)), ...found];
  }

  async close(): Promise<void> {
    const snapshot = await this.#snapshot?.catch(() => null);
    await Promise.all([snapshot?.close(), this.#log.close()]);
  }

  #records({ signal }: SinkOptions): Promise<Snapshot> {
    signal.throwIfAborted();
    return (this.#snapshot ??= this.#load(signal));
  }

  async #load(signal: AbortSignal): Promise<Snapshot> {
    const { records = [], spoolBytes } = this.config;
    if (this.config.records === undefined) this.logger.warn(NO_SNAPSHOT, { remedy: GIVE_RECORDS });
    return Snapshot.load(await listInputs(records, this.baseDirectory), spoolBytes, signal);
  }

  async #accounts(paths: string | readonly string[], signal: AbortSignal): Promise<readonly SinkAccount[]> {
    const { periodicPrefixes, computeResource } = this.config;
    const files = await listInputs(paths, this.baseDirectory);
    return readAllocations(files, { timeZone: this.site.timeZone, periodicPrefixes, computeResource, signal });
  }
}

export default defineSink({
  apiVersion: 1,
  kind: 'sink',
  name: 'log',
  description: 'Writes down what would be sent to a portal, for people or as NDJSON.',
  configSchema: LOG_CONFIG_SCHEMA,
  useClass: LogSink,
});
