import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadOptions } from '../../../../src/core/job-source.js';
import type { Row } from '../../../../src/core/job.js';
import { SACCT_FIELDS } from '../../../../src/core/slurm/sacct-columns.js';
import type { SacctConfig } from '../../../../src/plugins/sources/sacct/config.js';
import { SacctSource } from '../../../../src/plugins/sources/sacct/index.js';
import type { Logger } from '../../../../src/core/plugin-environment.js';

/** 2026-11-20T00:00:00Z. */
export const NOW = 1_795_132_800;

export const HEADER = SACCT_FIELDS.join('@@');

/** A line of sacct about a job that ran for a minute and ended at NOW - 1000, unless told otherwise. */
export function line(fields: Partial<Record<(typeof SACCT_FIELDS)[number], string | number>> = {}): string {
  const id = String(fields.JobIDRaw ?? '7');
  const usual: Readonly<Record<string, string | number>> = {
    JobID: id,
    JobIDRaw: id,
    Cluster: 'savio',
    Submit: NOW - 2000,
    Eligible: NOW - 2000,
    Start: NOW - 1060,
    End: NOW - 1000,
    ElapsedRaw: 60,
    Suspended: '00:00:00',
    UID: 1000,
    User: 'ada',
    Account: 'fc_alpha',
    State: 'COMPLETED',
    Partition: 'savio3',
    QOS: 'normal',
    NodeList: 'n0001.savio3',
    AllocCPUS: 4,
    ReqNodes: 1,
    AllocNodes: 1,
  };
  return SACCT_FIELDS.map((name) => fields[name] ?? usual[name]).join('@@');
}

/** A sacct, a sacctmgr, a squeue and a sinfo of a test's making: shell scripts that write down how they were called. */
export class FakeSlurm {
  readonly warnings: string[] = [];

  /** Bodies of the scripts; `$*` holds the arguments, `header` prints the header, `settings` what an open slurmdbd says of itself. */
  constructor(
    readonly directory: string,
    bodies: { readonly sacct: string; readonly sacctmgr?: string; readonly squeue?: string; readonly sinfo?: string },
  ) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'header'), `${HEADER}\n`);
    writeFileSync(
      join(directory, 'settings'),
      'PrivateData = none\nSlurmDBD configuration:\nMaxQueryTimeRange = UNLIMITED\nPrivateData = none\nSlurmUser = slurm(64030)\n',
    );
    this.#script('sacct', bodies.sacct);
    this.#script('squeue', bodies.squeue ?? 'echo "slurmctld is down" >&2; exit 1');
    this.#script('sinfo', bodies.sinfo ?? 'echo savio3');
    this.#script('sacctmgr', bodies.sacctmgr ?? 'case "$*" in *cluster*) echo savio;; *configuration*) settings;; esac');
  }

  source(config: Partial<SacctConfig> = {}): SacctSource {
    const logger: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (message) => void this.warnings.push(message),
      error: () => undefined,
    };
    const usual: SacctConfig = {
      command: [join(this.directory, 'sacct')],
      sacctmgr: [join(this.directory, 'sacctmgr')],
      squeue: [join(this.directory, 'squeue')],
      sinfo: [join(this.directory, 'sinfo')],
      extraArguments: [],
      timeoutSeconds: 60,
      maxProcesses: 2,
      idsPerCall: 1000,
    };
    return new SacctSource({ ...usual, ...config }, logger, { now: () => NOW }, this.directory);
  }

  /** Arguments of each call, in the order of the calls. */
  calls(program: 'sacct' | 'sacctmgr' | 'squeue' = 'sacct'): string[] {
    return this.read(`${program}.calls`).split('\n').slice(0, -1);
  }

  read(name: string): string {
    const file = join(this.directory, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  /** Process ids that a script has written to `pids` and that still run. */
  survivors(): string[] {
    return this.read('pids')
      .split('\n')
      .filter((pid) => pid !== '' && isAlive(pid));
  }

  #script(name: string, body: string): void {
    const file = join(this.directory, name);
    const text = [
      '#!/bin/bash',
      `cd '${this.directory}'`,
      `echo "$*" >>${name}.calls`,
      `env >${name}.env`,
      'header() { cat header; }',
      'settings() { cat settings; }',
      body,
      '',
    ].join('\n');
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
}

export function reading(signal: AbortSignal = new AbortController().signal): ReadOptions {
  return { signal, onSkip: () => undefined };
}

/** All rows of account fc_alpha of the last month, unless told otherwise. */
export function readJobs(source: SacctSource, options: Partial<ReadOptions> & { accounts?: string[]; from?: number } = {}): Promise<Row[]> {
  const { accounts = ['fc_alpha'], from = NOW - 86_400 } = options;
  return collect(source.jobs({ ...reading(), ...options, accounts, window: { from, to: NOW } }));
}

export async function collect(batches: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

/** A zombie counts as gone: whoever adopted it will collect it. */
function isAlive(pid: string): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    return false;
  }
}
