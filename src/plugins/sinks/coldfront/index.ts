import { resolve } from 'node:path';
import {
  addressOf,
  BASE_DIRECTORY,
  CLOCK,
  CONFIG,
  contentOf,
  defineSink,
  deviates,
  formatAmount,
  HTTP,
  inject,
  injectable,
  isPortalFault,
  LOGGER,
  PortalClient,
  PortalToken,
  putJob,
  readPortalJob,
  saysAbsent,
  SECRETS,
  SITE,
  type AccountUsage,
  type Change,
  type CheckResult,
  type Clock,
  type HttpClient,
  type HttpClients,
  type JobSink,
  type Logger,
  type PutOutcome,
  type RecordTotals,
  type SecretResolver,
  type SinkAccount,
  type SinkOptions,
  type SinkRecord,
  type SiteZone,
  type Window,
} from '../../../builtin-sdk.js';
import { readAccounts, type AllocationSettings } from './allocations.js';
import { checkColdfront } from './checks.js';
import { COLDFRONT_CONFIG_SCHEMA, type ColdfrontConfig } from './config.js';
import { jobsQuery, readJobPage } from './job-page.js';
import { JobPages } from './job-pages.js';
import { readAccount, readJobs } from './read-jobs.js';
import { UsageReader } from './usage.js';
import { UserIds } from './user-ids.js';

/** A MyBRC or MyLRC portal through its REST API (contract portal-coldfront.md). */
@injectable()
export class ColdfrontSink implements JobSink {
  readonly target: string;
  readonly #http: HttpClient;
  readonly #client: PortalClient;
  readonly #pages: JobPages;
  readonly #userIds: UserIds;
  readonly #usage: UsageReader;
  readonly #settings: AllocationSettings;

  constructor(
    @inject(CONFIG) config: ColdfrontConfig,
    @inject(HTTP) createClient: HttpClients,
    @inject(SECRETS) secrets: SecretResolver,
    @inject(SITE) site: SiteZone,
    @inject(BASE_DIRECTORY) baseDirectory: string,
    @inject(CLOCK) private readonly clock: Clock,
    @inject(LOGGER) logger: Logger,
  ) {
    const { caFile, allowInsecure, maxInFlight, timeoutSeconds, overallTimeoutSeconds, computeResources, periodicPrefixes } = config;
    const baseUrl = withSlash(config.baseUrl);
    this.#http = createClient({
      baseUrl,
      allowInsecure,
      maxInFlight,
      requestTimeoutMs: timeoutSeconds * 1000,
      overallTimeoutMs: overallTimeoutSeconds * 1000,
      ...(caFile !== undefined && { caFile: resolve(baseDirectory, caFile) }),
    });
    this.target = new URL(baseUrl).href;
    this.#settings = { timeZone: site.timeZone, computeResources, periodicPrefixes };
    this.#client = new PortalClient(this.#http, new PortalToken(config.token, secrets), logger);
    this.#pages = new JobPages(this.#client);
    this.#userIds = new UserIds(this.#client);
    this.#usage = new UsageReader(this.#client, this.#userIds, this.#settings);
  }

  /** The portal never lists records without a start: of these only `record` tells. */
  openRecords({
    statuses,
    window,
    signal,
  }: SinkOptions & { readonly statuses: readonly string[]; readonly window: Window }): AsyncIterable<readonly SinkRecord[]> {
    const filters = [...new Set(statuses)].map((jobstatus) => ({ jobstatus }));
    return readJobs(this.#pages, filters, window, signal);
  }

  recordsOfAccount(account: string, { window, signal }: SinkOptions & { readonly window: Window }): AsyncIterable<readonly SinkRecord[]> {
    return readAccount(this.#pages, account, window, signal);
  }

  async record(jobId: string, { signal }: SinkOptions): Promise<SinkRecord | null> {
    signal.throwIfAborted();
    const path = addressOf(jobId);
    if (path === null) return null;
    const reply = await this.#client.get(path, null, signal);
    if (saysAbsent(reply, /^No Job matches/)) return null;
    const record = readPortalJob(contentOf(reply));
    if (isPortalFault(record)) throw deviates(path, record.field === null ? '' : `/${record.field}`, record.message);
    return record;
  }

  async totals(account: string, { window, signal }: SinkOptions & { readonly window: Window }): Promise<RecordTotals> {
    signal.throwIfAborted();
    if (window.to <= window.from) return { count: 0, amount: '0.00', cpuHours: 0 };
    // Any page tells the sums, and the last is the shortest: the portal takes its time by the jobs that it lists.
    const reply = await this.#client.get('jobs/', jobsQuery({ account }, window, 'last'), signal);
    const { count, cents, cpuHours } = readJobPage(contentOf(reply));
    return { count, amount: formatAmount(cents), cpuHours };
  }

  accounts({ signal }: SinkOptions): Promise<readonly SinkAccount[]> {
    return readAccounts(this.#client, this.#settings, signal);
  }

  usage(account: string, { userIds, signal }: SinkOptions & { readonly userIds: readonly string[] }): Promise<AccountUsage> {
    return this.#usage.usage(account, userIds, signal);
  }

  userIds(names: readonly string[], { signal }: SinkOptions): Promise<ReadonlyMap<string, string>> {
    return this.#userIds.of(names, signal);
  }

  put(change: Change, { signal }: SinkOptions): Promise<PutOutcome> {
    return putJob(this.#client, change, signal);
  }

  check({ signal }: SinkOptions): Promise<readonly CheckResult[]> {
    return checkColdfront({ client: this.#client, target: this.target, clock: this.clock, signal });
  }

  close(): Promise<void> {
    this.#http.close();
    return Promise.resolve();
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

export default defineSink({
  apiVersion: 1,
  kind: 'sink',
  name: 'coldfront',
  description: 'Reads and writes the records of a MyBRC or MyLRC portal through its REST API.',
  configSchema: COLDFRONT_CONFIG_SCHEMA,
  targetConfig: { url: 'baseUrl', token: 'token' },
  useClass: ColdfrontSink,
});
