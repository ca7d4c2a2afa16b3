import { Flags, ux } from '@oclif/core';
import { BUILTIN } from '../builtin-plugins.js';
import { diagnose, type Diagnosis } from '../core/doctor.js';
import { freeBytesOf } from '../core/doctor/check-state.js';
import { lockDirectory } from '../core/lock.js';
import { createLogger } from '../core/log.js';
import { findStateDirectory } from '../core/state-directory.js';
import { BaseCommand } from './_base.js';
import { renderDiagnosis } from './_doctor-report.js';
import { pluginsFilePlaces, pluginsFlag } from './_plugins-file.js';
import { stateDirectoryFlag } from './_state-directory.js';
import { terminalWidth } from './_table.js';

/** Time for output to leave; then what a plugin left running is cut off. */
const GRACE_MS = 1000;

export default class Doctor extends BaseCommand {
  static override summary = 'Say what is wrong before it hurts: configuration, token, portal, Slurm, prices, users, files of runs.';
  static override description =
    'Looks at everything that a run needs, and changes nothing. One line a check: ok; a warning, with which runs still work; a failure, with which they would not. Exit code: 0 without failures, 2 when something is to be mended here, 6 when all that fails is that a portal or a Slurm does not answer or refuses who asks.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'One source and one sink, for a program:',
      command: '<%= config.bin %> <%= command.id %> --source slurm --sink coldfront --json',
    },
  ];
  static override flags = {
    source: Flags.string({ description: 'Look at this source; without --source and --sink at every instance.', helpValue: 'NAME' }),
    sink: Flags.string({ description: 'Look at this sink.', helpValue: 'NAME' }),
    timeout: Flags.integer({
      description: 'How long an instance may take for an answer.',
      helpValue: 'SECONDS',
      default: 30,
      min: 1,
      max: 3600,
    }),
    plugins: pluginsFlag,
    'state-dir': stateDirectoryFlag,
  };

  async run(): Promise<Omit<Diagnosis, 'hangs'>> {
    const { flags } = await this.parse(Doctor);
    const stateDirectory = findStateDirectory(flags['state-dir'], process.env);
    const named = [flags.source, flags.sink].filter((name) => name !== undefined);
    const { checks, exitCode, hangs } = await diagnose({
      places: pluginsFilePlaces(flags.plugins, this.config.root),
      builtins: BUILTIN,
      instances: named.length === 0 ? null : named,
      // What an instance warns of while it is asked, its checks say.
      logger: createLogger(flags.debug ? { stderr: (line) => ux.stderr(line), debug: true } : {}),
      clock: { now: () => Math.floor(Date.now() / 1000) },
      signal: this.signal,
      env: process.env,
      output: (line) => ux.stderr(line),
      replacing: { command: null, workingDirectory: process.cwd() },
      stateDirectory,
      lockDirectory: lockDirectory(process.env, stateDirectory),
      deadlineSeconds: flags.timeout,
      nodeVersion: process.versions.node,
      freeBytes: freeBytesOf,
    });
    this.log(renderDiagnosis({ checks, exitCode, hangs }, terminalWidth()));
    process.exitCode = exitCode;
    if (hangs) setTimeout(() => process.exit(), GRACE_MS).unref();
    return { checks, exitCode };
  }
}
