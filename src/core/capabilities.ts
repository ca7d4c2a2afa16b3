import type { JobSink } from './job-sink.js';
import type { JobSource } from './job-source.js';

/** The optional methods of the contracts: a plugin that cannot do a thing has no such method. */
const OPTIONAL = ['accounts', 'aliveIds', 'partitions', 'recordsOfAccount', 'record', 'totals', 'usage', 'userIds'];

export function capabilitiesOf(instance: JobSource | JobSink): string[] {
  return OPTIONAL.filter((method) => typeof (instance as unknown as Readonly<Record<string, unknown>>)[method] === 'function');
}
