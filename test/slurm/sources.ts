/** The two living sources, as the tests of this folder make them. */
import type { Row } from '../../src/core/job.js';
import type { SacctConfig } from '../../src/plugins/sources/sacct/config.js';
import { SacctSource } from '../../src/plugins/sources/sacct/index.js';
import type { SlurmrestdConfig } from '../../src/plugins/sources/slurmrestd/config.js';
import type { SlurmrestdSource } from '../../src/plugins/sources/slurmrestd/index.js';
import { aSlurmrestdSource, NO_LOG } from '../support/slurmrestd.js';
import type { Cluster } from './cluster.js';

export function sacctSource(cluster: Cluster, config: Partial<SacctConfig> = {}): SacctSource {
  const usual: SacctConfig = {
    command: ['sacct'],
    sacctmgr: ['sacctmgr'],
    squeue: ['squeue'],
    sinfo: ['sinfo'],
    slurmConf: 'slurm.conf',
    extraArguments: [],
    timeoutSeconds: 60,
    maxProcesses: 2,
    idsPerCall: 1000,
  };
  return new SacctSource({ ...usual, ...config }, NO_LOG, { now }, cluster.directory);
}

export function slurmrestdSource(cluster: Cluster, config: Partial<SlurmrestdConfig> = {}): SlurmrestdSource {
  // The command that prints the token finds the cluster by it.
  process.env['SLURM_CONF'] = cluster.environment['SLURM_CONF'];
  return aSlurmrestdSource({ url: cluster.restUrl, token: { command: ['scontrol', 'token', 'lifespan=600'] }, ...config });
}

/** A program as a user without rights. */
export function asNobody(...command: string[]): string[] {
  return ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', ...command];
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** The suspended time of a job that is suspended grows while we look. */
export function still(row: Row): Row {
  return row.endedAt === null ? { ...row, suspendedSeconds: 0 } : row;
}
