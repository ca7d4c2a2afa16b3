import type { PortalJob } from './job.js';
import type { Micros } from './micros.js';

/** What a list of jobs is asked for. */
export interface JobFilter {
  readonly account: string | null;
  readonly username: string | null;
  readonly jobstatus: string | null;
  readonly partition: string | null;
  /** Hundredths of SU, both ends included. */
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
  /** Of the start, both ends included; a job without a start is in no list. */
  readonly from: Micros;
  readonly to: Micros;
}

/** A whole filtered list in order of start, and the sums over it. */
export interface JobList {
  readonly jobs: readonly PortalJob[];
  readonly totalAmount: bigint;
  readonly totalCpuTime: number;
}

/** Jobs of one account or status; put in order only when a list is asked for. */
class Shelf {
  readonly #jobs = new Set<PortalJob>();
  #inOrder: StartedJob[] | null = null;

  add(job: PortalJob): void {
    this.#jobs.add(job);
    this.#inOrder = null;
  }

  remove(job: PortalJob): void {
    this.#jobs.delete(job);
    this.#inOrder = null;
  }

  inOrder(): readonly StartedJob[] {
    this.#inOrder ??= [...this.#jobs].filter(hasStarted).sort((a, b) => a.startdate - b.startdate);
    return this.#inOrder;
  }
}

type StartedJob = PortalJob & { startdate: Micros };

function hasStarted(job: PortalJob): job is StartedJob {
  return job.startdate !== null;
}

const REMEMBERED_LISTS = 64;

/** The table of jobs. Pages of one unchanged list are cheap: the list is worked out once and kept until the next write. */
export class JobStore {
  readonly #byId = new Map<string, PortalJob>();
  readonly #all = new Shelf();
  readonly #byAccount = new Map<string, Shelf>();
  readonly #byStatus = new Map<string, Shelf>();
  readonly #nodeNumbers = new Map<string, number>();
  readonly #lists = new Map<string, JobList>();

  get(id: string): PortalJob | undefined {
    return this.#byId.get(id);
  }

  all(): PortalJob[] {
    return [...this.#byId.values()];
  }

  add(job: PortalJob): void {
    this.#byId.set(job.jobslurmid, job);
    for (const shelf of this.#shelvesOf(job)) shelf.add(job);
    this.#lists.clear();
  }

  remove(job: PortalJob): void {
    this.#byId.delete(job.jobslurmid);
    for (const shelf of this.#shelvesOf(job)) shelf.remove(job);
    this.#lists.clear();
  }

  change(job: PortalJob, fields: Partial<PortalJob>): void {
    const moves =
      (fields.startdate !== undefined && fields.startdate !== job.startdate) ||
      (fields.jobstatus !== undefined && fields.jobstatus !== job.jobstatus);
    if (moves) for (const shelf of this.#shelvesOf(job)) shelf.remove(job);
    Object.assign(job, fields);
    if (moves) for (const shelf of this.#shelvesOf(job)) shelf.add(job);
    this.#lists.clear();
  }

  /** Stored and added names, once each, in the order in which the portal first met them. */
  mergeNodes(stored: readonly string[], added: readonly string[]): readonly string[] {
    for (const name of added) {
      if (!this.#nodeNumbers.has(name)) this.#nodeNumbers.set(name, this.#nodeNumbers.size);
    }
    return [...new Set([...stored, ...added])].sort((a, b) => this.#nodeNumbers.get(a)! - this.#nodeNumbers.get(b)!);
  }

  list(filter: JobFilter): JobList {
    const key = Object.values(filter).join('\n');
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = this.#select(filter);
      if (this.#lists.size >= REMEMBERED_LISTS) this.#lists.clear();
      this.#lists.set(key, list);
    }
    return list;
  }

  #select(filter: JobFilter): JobList {
    const shelf = this.#narrowest(filter)?.inOrder() ?? [];
    const jobs: PortalJob[] = [];
    let totalAmount = 0n;
    let totalCpuTime = 0;
    for (let index = firstFrom(shelf, filter.from); index < shelf.length; index += 1) {
      const job = shelf[index]!;
      if (job.startdate > filter.to) break;
      if (!matches(job, filter)) continue;
      jobs.push(job);
      totalAmount += job.amount;
      totalCpuTime += job.cpu_time ?? 0;
    }
    return { jobs, totalAmount, totalCpuTime };
  }

  #narrowest(filter: JobFilter): Shelf | undefined {
    if (filter.account !== null) return this.#byAccount.get(filter.account);
    if (filter.jobstatus !== null) return this.#byStatus.get(filter.jobstatus);
    return this.#all;
  }

  #shelvesOf(job: PortalJob): Shelf[] {
    return [
      this.#all,
      shelfOf(this.#byAccount, job.account.name),
      ...(job.jobstatus === null ? [] : [shelfOf(this.#byStatus, job.jobstatus)]),
    ];
  }
}

function shelfOf(shelves: Map<string, Shelf>, key: string): Shelf {
  let shelf = shelves.get(key);
  if (shelf === undefined) {
    shelf = new Shelf();
    shelves.set(key, shelf);
  }
  return shelf;
}

function matches(job: PortalJob, filter: JobFilter): boolean {
  return (
    (filter.jobstatus === null || job.jobstatus === filter.jobstatus) &&
    (filter.username === null || job.user.username === filter.username) &&
    (filter.partition === null || job.partition === filter.partition) &&
    job.amount >= filter.minAmount &&
    job.amount <= filter.maxAmount
  );
}

/** Index of the first job that starts at or after `from`. */
function firstFrom(jobs: readonly StartedJob[], from: Micros): number {
  let low = 0;
  let high = jobs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (jobs[middle]!.startdate < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
