/** The hands of the seeder: submits jobs, does things to them, waits for them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { daemon, slurm, sql } from './cluster.js';
import type { Cluster } from './cluster.js';

export class JobMaker {
  private queue: { readonly at: number; readonly states: ReadonlyMap<string, string> } = { at: 0, states: new Map() };

  constructor(
    private readonly cluster: Cluster,
    private readonly deadlineAt: number,
  ) {}

  /** Answers the id that sbatch printed: the array's or the het leader's where there are several. */
  submit(script: string, args: readonly string[] = []): string {
    const common = ['--parsable', '--chdir=/tmp', '--output=/dev/null', '--account=fc_alpha'];
    return slurm(this.cluster, ['sbatch', ...common, ...args], { input: `#!/bin/bash\n${script}\n` }).trim();
  }

  /** An allocation without a batch script or a step: the only kind that can give its nodes to another. */
  allocate(args: readonly string[]): string {
    const name = `allocation-${randomUUID()}`;
    slurm(this.cluster, ['salloc', '--no-shell', '--account=fc_alpha', '-N1', `--job-name=${name}`, ...args]);
    return slurm(this.cluster, ['squeue', '--noheader', `--name=${name}`, '--format=%A']).trim();
  }

  async running(script: string, args: readonly string[] = []): Promise<string> {
    const id = this.submit(script, args);
    await this.until(id, 'RUNNING');
    return id;
  }

  cancel(id: string, as?: string): void {
    slurm(this.cluster, ['scancel', id], as === undefined ? {} : { as });
  }

  control(...args: readonly string[]): void {
    slurm(this.cluster, ['scontrol', ...args]);
  }

  daemon(verb: 'start' | 'kill', name: string): void {
    daemon(this.cluster, verb, name);
  }

  async seconds(count: number): Promise<void> {
    await sleep(count * 1000);
  }

  /** Waits until a job, or a task of the array, is in that state. */
  async until(id: string, state: string): Promise<void> {
    await this.poll(`job ${id} is ${state}`, () => this.states().get(id) === state);
  }

  /** Waits until slurmdbd has stored a row of a job. */
  async recorded(id: string): Promise<void> {
    await this.poll(
      `job ${id} is in the database`,
      () => sql(this.cluster, `select 1 from savio_job_table where id_job = ${id}`).length > 0,
    );
  }

  /**
   * Makes a task that has ended look as some throttled tasks do on a live cluster: COMPLETED, with an eligible time of INFINITE. The last cause
   * of that could not be brought about at will, so the row is written by hand.
   */
  async forgetEligible(arrayId: string, task: number): Promise<void> {
    const row = `from savio_job_table where id_array_job = ${arrayId} and id_array_task = ${task} and time_end > 0`;
    await this.poll(`task ${arrayId}_${task} has ended`, () => sql(this.cluster, `select 1 ${row}`).length > 0);
    sql(this.cluster, `update ${row.replace('from ', '').replace('where', 'set time_eligible = 4294967295 where')}`);
  }

  /** Waits until slurmctld has ended a job. */
  async gone(id: string): Promise<void> {
    await this.poll(`job ${id} has ended`, () => !['RUNNING', 'COMPLETING'].includes(this.states().get(id) ?? ''));
  }

  /** Asks again and again until the seeder's time is up. */
  async poll(what: string, condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (Date.now() > this.deadlineAt) throw new Error(`gave up waiting until ${what}`);
      await sleep(300);
    }
  }

  // All waiting kinds share one squeue per tick.
  private states(): ReadonlyMap<string, string> {
    if (Date.now() - this.queue.at < 250) return this.queue.states;
    const lines = slurm(this.cluster, ['squeue', '--noheader', '--all', '--states=all', '--format=%F|%T']).trim().split('\n').sort();
    // Of an array's tasks the one that sorts last speaks: RUNNING after PENDING.
    this.queue = { at: Date.now(), states: new Map(lines.map((line) => line.split('|') as [string, string])) };
    return this.queue.states;
  }
}
