import { resolve } from 'node:path';
import {
  BASE_DIRECTORY,
  checkPortal,
  CLOCK,
  CONFIG,
  contentOf,
  defineSink,
  HTTP,
  inject,
  injectable,
  LOGGER,
  PortalClient,
  PortalToken,
  putJob,
  SECRETS,
  type Change,
  type CheckResult,
  type Clock,
  type HttpClient,
  type HttpClients,
  type JobSink,
  type Logger,
  type PutOutcome,
  type SecretResolver,
  type SinkOptions,
  type SinkRecord,
  type Window,
} from '../../../builtin-sdk.js';
import { MYBRC_CONFIG_SCHEMA, type MybrcConfig } from './config.js';
import { readList } from './read-list.js';

/**
 * The old database of MyBRC: it lists jobs by state and takes whole records, and that is all. It knows no projects, no allocations and no single
 * job, so core neither walks accounts nor creates nor takes back.
 */
@injectable()
export class MybrcSink implements JobSink {
  readonly target: string;
  readonly periodStart = '01-01';
  readonly #http: HttpClient;
  readonly #client: PortalClient;

  constructor(
    @inject(CONFIG) config: MybrcConfig,
    @inject(HTTP) createClient: HttpClients,
    @inject(SECRETS) secrets: SecretResolver,
    @inject(BASE_DIRECTORY) baseDirectory: string,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) logger: Logger,
  ) {
    const { caFile, allowInsecure, maxInFlight, timeoutSeconds, overallTimeoutSeconds } = config;
    const baseUrl = config.baseUrl.endsWith('/') ? config.baseUrl : `${config.baseUrl}/`;
    this.#http = createClient({
      baseUrl,
      allowInsecure,
      maxInFlight,
      requestTimeoutMs: timeoutSeconds * 1000,
      overallTimeoutMs: overallTimeoutSeconds * 1000,
      ...(caFile !== undefined && { caFile: resolve(baseDirectory, caFile) }),
    });
    this.target = new URL(baseUrl).href;
    this.#client = new PortalClient(this.#http, new PortalToken(config.token, secrets), logger);
  }

  async *openRecords({
    statuses,
    window,
    signal,
  }: SinkOptions & { readonly statuses: readonly string[]; readonly window: Window }): AsyncGenerator<readonly SinkRecord[]> {
    if (window.to <= window.from) return;
    for (const status of new Set(statuses)) {
      signal.throwIfAborted();
      const records = await readList(this.#client, { status, window }, signal);
      if (records.length > 0) yield records;
    }
  }

  put(change: Change, { signal }: SinkOptions): Promise<PutOutcome> {
    return putJob(this.#client, change, signal);
  }

  check({ signal }: SinkOptions): Promise<readonly CheckResult[]> {
    return checkPortal({
      target: this.target,
      now: () => this.clock.now(),
      ask: async () => {
        const query = new URLSearchParams({ jobstatus: 'RUNNING', start_time: '0', end_time: '1' });
        const reply = await this.#client.get('jobs/', query, signal);
        contentOf(reply);
        return reply.response.serverTime;
      },
      more: () => Promise.resolve([]),
      signal,
    });
  }

  close(): Promise<void> {
    this.#http.close();
    return Promise.resolve();
  }
}

export default defineSink({
  apiVersion: 1,
  kind: 'sink',
  name: 'mybrc',
  description: 'Updates the records of the old MyBRC database. Deprecated.',
  deprecation:
    'The sink mybrc is deprecated: it writes to the old MyBRC database. The sink of the portal is coldfront; see docs/MIGRATING.md.',
  configSchema: MYBRC_CONFIG_SCHEMA,
  targetConfig: { url: 'baseUrl', token: 'token' },
  useClass: MybrcSink,
});
