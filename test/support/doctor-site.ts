import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Check } from '../../src/core/doctor/check.js';
import { FakeSlurm } from '../plugins/sources/sacct/fake-slurm.js';
import { readRecordedSeed } from '../portal/fixtures.js';
import { startPortal, type RunningPortal } from '../portal/start-portal.js';
import { brcSync, freshBrcSync } from './cli.js';

/** Of plugins.json: what a test changes. */
export interface SiteFile {
  site: Record<string, unknown>;
  instances: { name: string; plugin: string; cluster?: string; config: Record<string, unknown> }[];
}

export interface Diagnosed {
  readonly code: number;
  readonly checks: readonly Check[];
}

/** A site where all is well: a portal, a Slurm of shell scripts, prices, a token; and ways to break it. */
export class DoctorSite {
  readonly environment: Record<string, string>;

  private constructor(
    readonly folder: string,
    readonly portal: RunningPortal,
    readonly slurm: FakeSlurm,
  ) {
    this.environment = {
      BRC_SYNC_PLUGINS: this.path('plugins.json'),
      BRC_SYNC_STATE_DIR: this.path('state'),
      BRC_SYNC_LOCK_DIR: this.path('locks'),
    };
  }

  static async open(t: Test): Promise<DoctorSite> {
    const portal = await startPortal({ seed: readRecordedSeed() });
    t.teardown(() => portal.close());
    const folder = t.testdir({ locks: {}, state: {}, 'prices.toml': '[PartitionPrice]\nsavio3 = 1.00\n' });
    const slurm = new FakeSlurm(join(folder, 'slurm'), {
      sacct: 'header; test ! -e rows || cat rows',
      sacctmgr: 'case "$*" in *AdminLevel*) test ! -e level || cat level;; *cluster*) echo savio;; *configuration*) settings;; esac',
    });
    const site = new DoctorSite(folder, portal, slurm);
    execFileSync('chmod', ['700', site.path('state')]);
    site.write('portal.token', site.keyOf('staff'), 0o600);
    const commands = { command: [site.program('sacct')], sacctmgr: [site.program('sacctmgr')], sinfo: [site.program('sinfo')], squeue: [] };
    const file: SiteFile = {
      site: { prices: 'prices.toml' },
      instances: [
        { name: 'slurm', plugin: 'sacct', config: { ...commands, user: 'guest' } },
        {
          name: 'mybrc',
          plugin: 'coldfront',
          config: { baseUrl: portal.baseUrl, token: { file: 'portal.token' }, overallTimeoutSeconds: 1 },
        },
      ],
    };
    site.write('plugins.json', JSON.stringify(file), 0o600);
    return site;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string, mode = 0o644): void {
    writeFileSync(this.path(name), text, { mode });
  }

  program(name: string): string {
    return join(this.slurm.directory, name);
  }

  /** A token of the recorded seed, by its name. */
  keyOf(name: string): string {
    return readRecordedSeed().tokens[name]?.key ?? name;
  }

  /** Changes plugins.json. */
  edit(change: (file: SiteFile) => void): void {
    const file = JSON.parse(readFileSync(this.path('plugins.json'), 'utf8')) as SiteFile;
    change(file);
    this.write('plugins.json', JSON.stringify(file));
  }

  source(change: (config: Record<string, unknown>) => void): void {
    this.edit(({ instances }) => change(instances[0]!.config));
  }

  sink(change: (config: Record<string, unknown>) => void): void {
    this.edit(({ instances }) => change(instances[1]!.config));
  }

  async doctor(...flags: string[]): Promise<Diagnosed> {
    const { code, stdout } = await brcSync(['doctor', '--json', ...flags], '.', this.environment);
    return { code, checks: (JSON.parse(stdout) as { checks: Check[] }).checks };
  }

  /** In a process of its own, whose end tells that nothing keeps it. */
  async freshDoctor(...flags: string[]): Promise<Diagnosed> {
    const { code, stdout } = await freshBrcSync(['doctor', '--json', ...flags], '.', this.environment);
    return { code, checks: (JSON.parse(stdout) as { checks: Check[] }).checks };
  }
}
