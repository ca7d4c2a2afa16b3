import { resolve } from 'node:path';
import {
  BASE_DIRECTORY,
  CLOCK,
  CONFIG,
  defineSource,
  HTTP,
  inject,
  injectable,
  LOGGER,
  SECRETS,
  type CheckResult,
  type Clock,
  type HttpClient,
  type HttpClients,
  type JobSource,
  type Logger,
  type ReadOptions,
  type Row,
  type SecretResolver,
  type Window,
} from '../../../builtin-sdk.js';
import { readAccountNames } from './account-names.js';
import { checkSlurmrestd } from './checks.js';
import { pinnedVersion } from './api-version.js';
import { SLURMRESTD_CONFIG_SCHEMA, type SlurmrestdConfig } from './config.js';
import { Control } from './control.js';
import { Controller } from './controller.js';
import { IdsReader } from './ids-reader.js';
import { askableId, chunksOf } from './job-ids.js';
import { JobQuestions } from './job-questions.js';
import { RestClient } from './rest-client.js';
import { readPartitions } from './partitions.js';
import { readRights } from './rights.js';
import { Permission } from './permission.js';
import { openSession } from './session.js';
import { SlurmToken } from './token.js';
import { WindowReader } from './window-reader.js';

/** Keeps addresses short. */
const ACCOUNTS_AT_ONCE = 100;

/** Jobs as slurmrestd tells them, over TCP or a Unix socket. What it leaves out without a word is asked for in other ways (contract slurm.md 1). */
@injectable()
export class SlurmrestdSource implements JobSource {
  readonly cluster?: string;
  readonly #http: HttpClient;
  readonly #client: RestClient;
  readonly #control: Control;
  readonly #controller: Controller;
  readonly #permission: Permission;
  #opened: Promise<JobQuestions> | null = null;

  constructor(
    @inject(CONFIG) private readonly config: SlurmrestdConfig,
    @inject(HTTP) createClient: HttpClients,
    @inject(SECRETS) secrets: SecretResolver,
    @inject(LOGGER) private readonly logger: Logger,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(BASE_DIRECTORY) baseDirectory: string,
  ) {
    const { url, user, token, timeoutSeconds, allowInsecure, caFile, version } = config;
    if (version !== undefined) pinnedVersion(version);
    const [cluster, ...others] = config.clusters ?? [];
    if (cluster !== undefined && others.length === 0) this.cluster = cluster;
    const isSocket = url.startsWith('unix:');
    this.#http = createClient({
      baseUrl: isSocket ? 'http://localhost/' : withSlash(url),
      ...(isSocket && { socketPath: url.slice('unix:'.length) }),
      ...(caFile !== undefined && { caFile: resolve(baseDirectory, caFile) }),
      allowInsecure,
      requestTimeoutMs: timeoutSeconds * 1000,
      overallTimeoutMs: timeoutSeconds * 1000,
      // 500 is a question it does not like, and 502 may be a token it does not like.
      retryStatuses: [429, 503, 504],
      maxReplyBytes: Infinity,
    });
    this.#client = new RestClient(this.#http, new SlurmToken(token, secrets, clock), { user, logger });
    this.#control = new Control(config, clock);
    this.#permission = new Permission(config, this.#client, clock);
    this.#controller = new Controller(this.#client, logger);
  }

  async *jobsById(ids: readonly string[], options: ReadOptions): AsyncGenerator<readonly Row[], void, undefined> {
    options.signal.throwIfAborted();
    if (ids.length === 0) return;
    const questions = await this.#open(options.signal);
    await this.#permission.assertSeesEverybody(questions, options);
    yield* this.#control.confirmed(new IdsReader(this.config, questions).rows(ids, options), questions, options);
  }

  async *jobs({
    accounts,
    window,
    ...options
  }: ReadOptions & { readonly accounts: readonly string[]; readonly window: Window }): AsyncGenerator<readonly Row[], void, undefined> {
    options.signal.throwIfAborted();
    const questions = await this.#open(options.signal);
    await this.#permission.assertSeesEverybody(questions, options);
    const reader = new WindowReader(this.config, questions, new IdsReader(this.config, questions), this.clock);
    for (const names of chunksOf(accounts, ACCOUNTS_AT_ONCE)) {
      yield* this.#control.confirmed(reader.rows(names, window, options), questions, options);
    }
  }

  /** Those that Slurm knows, of which not all need have jobs in the window. */
  async accounts({ signal }: ReadOptions & { readonly window: Window }): Promise<readonly string[]> {
    signal.throwIfAborted();
    const { session } = await this.#open(signal);
    const { isOperator } = await readRights(this.#client, session.version, await this.#client.user(signal), signal);
    if (!isOperator)
      this.logger.warn('the user of the token is no Operator: PrivateData=accounts of slurmdbd would hide accounts without a word');
    return readAccountNames(this.#client, session, signal);
  }

  async aliveIds(
    ids: readonly string[],
    options: { readonly cluster: string | null; readonly signal: AbortSignal },
  ): Promise<ReadonlySet<string> | null> {
    options.signal.throwIfAborted();
    const { session } = await this.#open(options.signal);
    return this.#controller.aliveIds(
      ids.filter((id) => askableId(id) === id),
      session,
      options,
    );
  }

  async partitions({ signal }: { readonly signal: AbortSignal }): Promise<readonly string[] | null> {
    const { session } = await this.#open(signal);
    return readPartitions(this.#client, session, signal);
  }

  check({ signal }: { readonly signal: AbortSignal }): Promise<readonly CheckResult[]> {
    const { config, clock } = this;
    const [client, permission] = [this.#client, this.#permission];
    return checkSlurmrestd({ config, clock, client, permission, open: () => this.#open(signal), signal });
  }

  close(): Promise<void> {
    this.#http.close();
    return Promise.resolve();
  }

  async #open(signal: AbortSignal): Promise<JobQuestions> {
    this.#opened ??= openSession(this.config, this.#client, signal).then((session) => new JobQuestions(this.config, this.#client, session));
    const opened = this.#opened;
    try {
      return await opened;
    } catch (error) {
      if (this.#opened === opened) this.#opened = null;
      throw error;
    }
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

export default defineSource({
  apiVersion: 1,
  kind: 'source',
  name: 'slurmrestd',
  description: "Reads jobs from a living Slurm through slurmrestd, the REST API of Slurm's accounting.",
  configSchema: SLURMRESTD_CONFIG_SCHEMA,
  useClass: SlurmrestdSource,
});
