import { findAccounting } from './accounting.js';
import { answer } from './answer.js';
import { moveUsage } from './charging.js';
import { DEPLOYMENTS } from './deployment.js';
import type { Directory } from './directory.js';
import { viewJob } from './job.js';
import type { JobView, PortalJob } from './job.js';
import { JobStore } from './job-store.js';
import { readSeed } from './read-seed.js';
import { Refusal, serverError } from './reply.js';
import type { Reply } from './reply.js';
import type { PortalRequest } from './request.js';
import type { Site } from './routes.js';
import type { Seed } from './seed.js';
import { createJob, putJob } from './write-job.js';

/** The portal without its wire: its tables, and the answer to each request. */
export class Portal {
  readonly directory: Directory;
  readonly #site: Site;
  readonly #hosts: readonly string[];

  constructor(seed: Seed, options: { readonly nowMs: () => number; readonly hosts: readonly string[] }) {
    this.directory = readSeed(seed);
    this.#hosts = options.hosts;
    this.#site = {
      directory: this.directory,
      jobs: new JobStore(),
      deployment: DEPLOYMENTS[seed.deployment ?? 'mybrc'],
      nowMs: options.nowMs,
      createdAt: new Date(options.nowMs()).toISOString().replace(/\.(\d+)Z$/u, '.$1000Z'),
    };
    for (const job of seed.posted ?? []) this.post(job);
    for (const job of seed.jobs ?? []) this.put(job);
  }

  /** Every stored job, in the order in which they came. */
  jobs(): JobView[] {
    return this.#site.jobs.all().map(viewJob);
  }

  job(id: string): JobView | null {
    const job = this.#site.jobs.get(id);
    return job === undefined ? null : viewJob(job);
  }

  /** A whole PUT by staff, past the wire: usage follows as for any other. Throws when the portal would refuse it. */
  put(body: Readonly<Record<string, unknown>>): JobView {
    return viewJob(this.#store(body, () => putJob(String(body.jobslurmid), body, this.#site)));
  }

  /** A POST by staff, past the wire: an estimate is charged without an end. Throws when the portal would refuse it. */
  post(body: Readonly<Record<string, unknown>>): JobView {
    return viewJob(this.#store(body, () => createJob(body, this.#site)));
  }

  /** As if nobody had ever told the portal of this job, which was charged: the record is gone, and its amount from the usage. */
  forget(id: string): void {
    const job = this.#site.jobs.get(id);
    if (job === undefined) throw new Error(`job ${id} is not stored`);
    const accounting = findAccounting(job.account, job.user, this.#site.deployment);
    if (typeof accounting === 'string') throw new Error(accounting);
    moveUsage(accounting, -job.amount);
    this.#site.jobs.remove(job);
  }

  /** Hundredths of SU that an account has used of its allocation. */
  accountUsage(account: string): bigint {
    return this.directory.allocation(account).usage;
  }

  /** Hundredths of SU that a user has used of an account's allocation. */
  userUsage(account: string, username: string): bigint {
    return this.directory.allocation(account).shares.get(username)?.usage ?? 0n;
  }

  /** Starts on a request and returns how to finish it: what it sees is from now, what it writes happens then. */
  begin(request: PortalRequest): () => Reply {
    if (request.method !== 'PUT') {
      const reply = request.method === 'POST' ? null : answer(request, this.#site, this.#hosts);
      return () => reply ?? answer(request, this.#site, this.#hosts);
    }
    const id = /^\/(?:api|mybrc-rest)\/jobs\/([^/.]+)\/$/u.exec(request.path)?.[1];
    const before = id === undefined ? undefined : this.#site.jobs.get(id);
    return () => {
      // Two PUTs of one new job at once: the second finds the row taken when it inserts, and the portal breaks down.
      const overtaken = id !== undefined && before === undefined && this.#site.jobs.get(id) !== undefined;
      return overtaken ? serverError() : answer(request, this.#site, this.#hosts);
    };
  }

  #store(body: Readonly<Record<string, unknown>>, write: () => PortalJob): PortalJob {
    try {
      return write();
    } catch (error) {
      if (error instanceof Refusal) throw new Error(`job ${String(body.jobslurmid)}: ${JSON.stringify(error.json)}`, { cause: error });
      throw error;
    }
  }
}
