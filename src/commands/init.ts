import { basename, join, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { Flags, ux } from '@oclif/core';
import { bold } from 'ansis';
import { BUILTIN } from '../builtin-plugins.js';
import { BrcSyncError } from '../core/errors.js';
import { DEPLOYMENT_NAMES } from '../core/init/deployments.js';
import { scheduleLines, type ScheduleKind } from '../core/init/schedule.js';
import type { Setup } from '../core/init/setup.js';
import { assertNothingThere, setupFiles, writeSetup, type SetupFiles } from '../core/init/write-setup.js';
import { createLogger } from '../core/log.js';
import { BaseCommand } from './_base.js';
import { holdInterview, missingFlags, type GivenAnswers, type GivenToken } from './_init-interview.js';
import { interviewAtTerminal, typedPath, type Interview } from './_interview.js';

interface Initialised {
  readonly plugins: string;
  /** The file that holds the portal's token. */
  readonly token: string;
  readonly source: string;
  readonly sink: string;
  /** Lines to install so that runs happen by themselves. */
  readonly schedule: readonly string[];
}

export default class Init extends BaseCommand {
  static override summary = 'Set up a site: asks for portal, token, Slurm and prices, tries each answer, writes plugins.json.';
  static override description =
    'Asks on a terminal only; every question can be answered by a flag. Nothing is written before all answers work, and nothing is written over. The token is never taken from the command line: it is asked for, or read from a file or from standard input. Exit code: 0 when it is set up, 2 when flags are missing or an answer is wrong, 6 when a portal or a Slurm does not answer or refuses who asks.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    {
      description: 'Without a question:',
      command:
        '<%= config.bin %> <%= command.id %> --deployment mybrc --token-file mybrc.token --slurm sacct --prices /etc/slurm/bank-config.toml',
    },
  ];
  static override flags = {
    deployment: Flags.option({ options: DEPLOYMENT_NAMES, description: 'Which portal.' })(),
    'portal-url': Flags.string({ description: 'Address of its API, if it is not the usual one.', helpValue: 'URL' }),
    'token-file': Flags.string({
      description:
        'File with the API token of a staff account; it stays where it is. "-": the token comes from standard input, and is written into a file of its own.',
      helpValue: 'FILE',
    }),
    'time-zone': Flags.string({ description: 'Time zone of the site, if it is not that of Berkeley.', helpValue: 'ZONE' }),
    'allocation-year-start': Flags.string({
      description: 'First day of its allocation year, if it is not the usual one.',
      helpValue: 'MM-DD',
    }),
    slurm: Flags.option({ options: ['sacct', 'slurmrestd', 'fixture'] as const, description: 'How jobs are read.' })(),
    'slurm-url': Flags.string({ description: 'Of slurmrestd: where it listens, also unix:/path/of/its.sock.', helpValue: 'URL' }),
    'slurm-token-file': Flags.string({
      description: 'Of slurmrestd: file with its JWT. Otherwise scontrol token makes one.',
      helpValue: 'FILE',
    }),
    jobs: Flags.string({ description: 'Of fixture: the file with jobs.', helpValue: 'FILE' }),
    prices: Flags.string({ description: 'Price list: bank-config.toml of the banking plugins.', helpValue: 'FILE' }),
    cluster: Flags.string({ description: 'The one Slurm cluster that the portal bills, if the source has several.', helpValue: 'NAME' }),
    directory: Flags.string({ description: 'Where plugins.json is written.', helpValue: 'DIR', default: '.' }),
    'dry-run': Flags.boolean({ description: 'Run `run full --dry-run` at the end; --no-dry-run: do not offer it.', allowNo: true }),
    schedule: Flags.option({ options: ['cron', 'systemd'] as const, description: 'For what the lines are that are shown at the end.' })(),
  };

  async run(): Promise<Initialised> {
    const { flags } = await this.parse(Init);
    const directory = resolve(flags.directory);
    const files = setupFiles(directory);
    const isAsked = process.stdin.isTTY && process.stdout.isTTY && !this.jsonEnabled();
    assertNothingThere(files, flags['token-file'] === '-' || (isAsked && flags['token-file'] === undefined));
    const given: Omit<GivenAnswers, 'token'> = {
      deployment: flags.deployment,
      portalUrl: flags['portal-url'],
      timeZone: flags['time-zone'],
      allocationYearStart: flags['allocation-year-start'],
      prices: flags.prices,
      slurm: flags.slurm,
      slurmUrl: flags['slurm-url'],
      slurmTokenFile: flags['slurm-token-file'],
      jobs: flags.jobs,
      cluster: flags.cluster,
    };
    if (!isAsked) assertAnswered({ ...given, token: flags['token-file'] === undefined ? undefined : { text: '' } });
    const interview = isAsked ? await interviewAtTerminal() : null;
    const logger = createLogger(flags.debug ? { stderr: (line) => ux.stderr(line), debug: true } : {});
    const options = {
      directory,
      builtins: BUILTIN,
      logger,
      clock: { now: (): number => Math.floor(Date.now() / 1000) },
      signal: this.signal,
      env: process.env,
      output: (line: string): void => ux.stderr(line),
    };
    const token = await tokenOf(flags['token-file']);
    const interviewed = await holdInterview({ ...given, token }, { interview, options, say: (line) => this.log(line) });
    const written = this.#write(interviewed.setup, interviewed.token, directory);
    const { deployment, slurm } = interviewed.setup;
    const target = { plugins: written.plugins, source: slurm.kind, sink: deployment.sink };
    await this.#tryDry(flags['dry-run'], interview, target);
    const schedule = await this.#showSchedule(flags.schedule, interview, target);
    return { ...target, token: written.token, schedule };
  }

  #write(setup: Setup, token: GivenToken, directory: string): SetupFiles {
    const isText = 'text' in token;
    const portal = setup.portal === null || !isText ? setup.portal : { ...setup.portal, token: { file: setupFiles(directory).token } };
    const files = writeSetup({ ...setup, portal }, directory, isText ? token.text : null);
    this.log(`\nWritten: ${files.plugins}${isText ? `, and the token into ${files.token}, which only you can read` : ''}.`);
    return { ...files, token: isText ? files.token : token.file };
  }

  async #tryDry(flag: boolean | undefined, interview: Interview | null, { plugins, source, sink }: Target): Promise<void> {
    const args = ['--source', source, '--sink', sink, '--dry-run', '--plugins', plugins];
    const command = `brc-sync run full ${args.join(' ')}`;
    const isWanted =
      flag ??
      (interview === null
        ? false
        : await interview.confirm('Run a dry run now? It reads a whole allocation year, and writes nothing to the portal.'));
    // Its report would stand in the JSON.
    if (!isWanted || this.jsonEnabled()) {
      this.log(`\n${bold('Next')}, a dry run, which writes nothing to the portal:\n  ${command}`);
      return;
    }
    this.log(`\n$ ${command}\n`);
    await this.config.runCommand('run:full', args);
  }

  async #showSchedule(
    kind: ScheduleKind | undefined,
    interview: Interview | null,
    { plugins, source, sink }: Target,
  ): Promise<readonly string[]> {
    const question = 'How shall it run by itself?';
    const choices = [
      { value: 'cron', label: 'cron' },
      { value: 'systemd', label: 'timers of systemd, which the Debian package brings' },
    ] as const;
    const wanted = kind ?? (interview === null ? 'cron' : await interview.choose<ScheduleKind>(question, choices));
    const { about, lines } = scheduleLines(wanted, {
      plugins,
      sink,
      source,
      program: this.#program(),
      node: process.execPath,
    });
    this.log(
      `\n${about}\n\n${lines.map((line) => `  ${line}`).join('\n')}\n\nWhen something seems wrong: brc-sync doctor\nIn the morning:             brc-sync status\nTo show what a run did:     brc-sync report --html page.html`,
    );
    return lines;
  }

  /** As it was started, or as it can be. */
  #program(): string {
    const started = process.argv[1] ?? '';
    return basename(started) === this.config.bin ? started : `${process.execPath} ${join(this.config.root, 'bin', 'run.js')}`;
  }
}

interface Target {
  readonly plugins: string;
  readonly source: string;
  readonly sink: string;
}

function assertAnswered(given: GivenAnswers): void {
  const missing = missingFlags(given);
  if (missing.length === 0) return;
  throw new BrcSyncError('USAGE', {
    message: `There is no terminal to ask at, and these flags are missing: ${missing.join(', ')}.`,
    remedy: 'Give them, or run brc-sync init at a terminal; brc-sync init --help says what each means.',
    context: { missing },
  });
}

async function tokenOf(flag: string | undefined): Promise<GivenToken | undefined> {
  if (flag === undefined) return undefined;
  if (flag !== '-') return { file: typedPath(flag) };
  const token = (await readAll(process.stdin)).trim();
  if (token !== '') return { text: token };
  throw new BrcSyncError('USAGE', { message: 'Standard input holds no token.', remedy: 'Pipe it in: … | brc-sync init --token-file -' });
}
