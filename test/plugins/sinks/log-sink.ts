import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { firstInstantOfDate } from '../../../src/core/period.js';
import type { Logger } from '../../../src/core/plugin-environment.js';
import type { SinkAccount } from '../../../src/core/job-sink.js';
import type { SinkRecord } from '../../../src/core/record.js';
import type { LogConfig } from '../../../src/plugins/sinks/log/config.js';
import { LogSink } from '../../../src/plugins/sinks/log/index.js';
import { readPortalJob } from '../../../src/core/portal/portal-record.js';

export interface PortalJob {
  readonly jobslurmid: string;
  readonly accountid: string;
  readonly amount: string;
  readonly [field: string]: unknown;
}

export const FIXTURES = resolve('test/fixtures/portal');
const site = { timeZone: 'America/Los_Angeles', allocationYearStart: '06-01' };
export const ALL = { from: 0, to: 4_000_000_000 };
export const signal = new AbortController().signal;
export const jobs = JSON.parse(await readFile(`${FIXTURES}/lists-jobs.json`, 'utf8')) as PortalJob[];
export const known = jobs.map((job) => readPortalJob(job)) as SinkRecord[];
export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export function create(config: Partial<LogConfig>, directory = FIXTURES, lines: string[] = [], logger = silent): LogSink {
  const defaults = { file: '-', format: 'text', periodicPrefixes: ['fc', 'ic', 'pc'], computeResource: ' Compute$' } as const;
  return new LogSink({ ...defaults, ...config }, site, directory, logger, (line) => void lines.push(line));
}

export async function readAll(config: Partial<LogConfig>, directory?: string): Promise<SinkRecord[]> {
  const sink = create(config, directory);
  try {
    const records: SinkRecord[] = [];
    for await (const batch of sink.recordsOfAccount('fc_alpha', { signal, window: ALL })) records.push(...batch);
    return sorted(records);
  } finally {
    await sink.close();
  }
}

export function sorted(records: readonly SinkRecord[]): SinkRecord[] {
  return [...records].sort((one, other) => (one.jobId < other.jobId ? -1 : 1));
}

export function page(results: readonly PortalJob[], all: readonly PortalJob[], first: boolean): string {
  const total = all.reduce((sum, job) => sum + Number(job.amount), 0);
  return JSON.stringify({ count: all.length, next: null, previous: first ? null : 'x', results, total_amount: total, total_cpu_time: 0 });
}

export const started = sorted(known.filter((record) => record.startedAt !== null));
export const accounts: readonly SinkAccount[] = [
  {
    name: 'fc_alpha',
    allocationStart: firstInstantOfDate('2026-06-01', site.timeZone),
    allocationEnd: firstInstantOfDate('2027-06-01', site.timeZone),
  },
  { name: 'co_beta', allocationStart: firstInstantOfDate('2024-02-01', site.timeZone), allocationEnd: null, closed: true },
];
export const ALLOCATIONS = [
  {
    id: 1,
    project: 'fc_alpha',
    resources: [{ name: 'Savio Compute' }],
    status: 'Active',
    start_date: '2026-06-01',
    end_date: '2027-05-31',
  },
  {
    id: 2,
    project: 'co_beta',
    resources: [{ name: 'Savio Compute' }],
    status: 'Expired',
    start_date: '2024-02-01T00:00:00Z',
    end_date: '2026-02-01',
  },
];
