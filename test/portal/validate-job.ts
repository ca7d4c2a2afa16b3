import { findAccounting } from './accounting.js';
import type { Accounting } from './accounting.js';
import type { Deployment } from './deployment.js';
import type { Account, Directory, User } from './directory.js';
import { Invalid, NOT_NULL, REQUIRED, amount, float, integer, invalid, orNull, text, time } from './field.js';
import type { Reader } from './field.js';
import type { JobStore } from './job-store.js';
import type { PortalJob } from './job.js';
import { quoteMicros } from './micros.js';
import type { Micros } from './micros.js';
import { nodeList } from './node-list.js';
import { pythonStr, pythonType } from './python-text.js';
import { Refusal } from './reply.js';

/** The fields that a body has, read. What it leaves out is missing here too. */
export interface JobFields {
  readonly jobslurmid: string;
  readonly user: User;
  readonly account: Account;
  readonly submitdate?: Micros | null;
  readonly startdate?: Micros | null;
  readonly enddate?: Micros | null;
  readonly amount?: bigint;
  readonly jobstatus?: string | null;
  readonly partition?: string | null;
  readonly qos?: string | null;
  readonly nodes?: readonly string[];
  readonly num_cpus?: number | null;
  readonly num_req_nodes?: number | null;
  readonly num_alloc_nodes?: number | null;
  readonly raw_time?: number | null;
  readonly cpu_time?: number | null;
}

export interface Tables {
  readonly directory: Directory;
  readonly jobs: JobStore;
  readonly deployment: Deployment;
}

const shortText = orNull(text({ longest: 50, blank: true }));
const jobId = text({ longest: 150, blank: false });

/** A body checked field by field, then as a whole; throws the 400 that the portal answers. `stored` is the job of the path, if any. */
export function validateJob(body: unknown, stored: PortalJob | undefined, tables: Tables): { fields: JobFields; accounting: Accounting } {
  if (body === null) throw new Refusal(400, { non_field_errors: ['No data provided'] });
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new Refusal(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(body)}.`] });
  }
  const fields = readFields(body, readers(stored, tables));
  assertOrder(fields);
  const accounting = findAccounting(fields.account, fields.user, tables.deployment);
  if (typeof accounting === 'string') throw wholeBody(accounting);
  return { fields, accounting };
}

type Readers = { readonly [Field in keyof JobFields]-?: { readonly name: string; readonly read: Reader<JobFields[Field]> } };

function readers(stored: PortalJob | undefined, tables: Tables): Readers {
  return {
    jobslurmid: { name: 'jobslurmid', read: (value) => freeId(jobId(value), stored, tables.jobs) },
    submitdate: { name: 'submitdate', read: orNull(time) },
    startdate: { name: 'startdate', read: orNull(time) },
    enddate: { name: 'enddate', read: orNull(time) },
    user: { name: 'userid', read: (value) => userOf(value, stored, tables.directory) },
    account: { name: 'accountid', read: (value) => accountOf(value, stored, tables.directory) },
    amount: { name: 'amount', read: amount },
    jobstatus: { name: 'jobstatus', read: shortText },
    partition: { name: 'partition', read: shortText },
    qos: { name: 'qos', read: shortText },
    nodes: { name: 'nodes', read: nodeList },
    num_cpus: { name: 'num_cpus', read: orNull(integer) },
    num_req_nodes: { name: 'num_req_nodes', read: orNull(integer) },
    num_alloc_nodes: { name: 'num_alloc_nodes', read: orNull(integer) },
    raw_time: { name: 'raw_time', read: orNull(float) },
    cpu_time: { name: 'cpu_time', read: orNull(float) },
  };
}

const REQUIRED_FIELDS: ReadonlySet<string> = new Set(['jobslurmid', 'userid', 'accountid']);

function readFields(body: object, table: Readers): JobFields {
  const sent = new Map<string, unknown>(Object.entries(body));
  const fields: Record<string, unknown> = {};
  const problems: Record<string, unknown> = {};
  for (const [field, { name, read }] of Object.entries(table)) {
    try {
      if (sent.has(name)) fields[field] = read(sent.get(name));
      else if (REQUIRED_FIELDS.has(name)) throw invalid(REQUIRED);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      problems[name] = error.messages;
    }
  }
  if (!isComplete(fields)) throw new Refusal(400, problems);
  if (Object.keys(problems).length > 0) throw new Refusal(400, problems);
  return fields;
}

/** Each value was read by the reader of its own field, so only the required ones can be wanting. */
function isComplete(fields: object): fields is JobFields {
  return 'jobslurmid' in fields && 'user' in fields && 'account' in fields;
}

function freeId(id: string, stored: PortalJob | undefined, jobs: JobStore): string {
  const holder = jobs.get(id);
  if (holder !== undefined && holder !== stored) throw invalid('job with this jobslurmid already exists.');
  return id;
}

function userOf(value: unknown, stored: PortalJob | undefined, directory: Directory): User {
  if (value === null) throw invalid(NOT_NULL);
  const uid = pythonStr(value);
  const user = directory.usersByUid.get(uid);
  if (user === undefined) throw invalid(`UserProfile for cluster_uid ${uid} does not exist.`);
  if (stored !== undefined && stored.user !== user) {
    throw invalid(`Specified user ${user.username} does not match already associated user ${stored.user.username}.`);
  }
  return user;
}

function accountOf(value: unknown, stored: PortalJob | undefined, directory: Directory): Account {
  if (value === null || value === '') throw invalid(NOT_NULL);
  const name = pythonStr(value);
  const account = directory.accountsByName.get(name);
  if (account === undefined) throw invalid(`Object with name=${name} does not exist.`);
  if (stored !== undefined && stored.account !== account) {
    throw invalid(`Specified account ${name} does not match already associated account ${stored.account.name}.`);
  }
  return account;
}

/** Only the dates of the body itself are compared, never the stored ones. */
function assertOrder({ submitdate, startdate, enddate }: JobFields): void {
  assertNotBefore('start', startdate, 'submit', submitdate);
  assertNotBefore('end', enddate, 'start', startdate);
  assertNotBefore('end', enddate, 'submit', submitdate);
}

function assertNotBefore(
  laterName: string,
  later: Micros | null | undefined,
  earlierName: string,
  earlier: Micros | null | undefined,
): void {
  if (later == null || earlier == null || later >= earlier) return;
  throw wholeBody(`Job ${laterName} date ${quoteMicros(later)} occurs before Job ${earlierName} date ${quoteMicros(earlier)}.`);
}

function wholeBody(message: string): Refusal {
  return new Refusal(400, { non_field_errors: [message] });
}
