import { Command, Flags, Help, ux } from '@oclif/core';
import { isJournal, journalLine } from '../core/journald.js';
import { shownText } from './_characters.js';
import { failureOf, isQuietExit, type Failure } from './_failure.js';
import { listenForInterruption, type Interruption } from './_interruption.js';

/** What every command does alike: errors as message, remedy and exit code, `--json`, interruption, broken pipes. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    debug: Flags.boolean({
      description: 'Log everything to standard error; show where an unexpected failure happened.',
      helpGroup: 'GLOBAL',
    }),
  };

  readonly #interruption: Interruption = listenForInterruption();

  /** Aborted by Ctrl-C and SIGTERM; its reason is the error that says so. */
  protected get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  protected override async init(): Promise<void> {
    await super.init();
    // Of standard output oclif sees to it. A reader that has gone (`| head`) must not stop what is being written elsewhere.
    process.stderr.on('error', ignoreBrokenPipe);
  }

  /** Does not rethrow: oclif would print the error again, with its own exit code, and with --json all of its configuration. */
  protected override async catch(error: Error): Promise<void> {
    const failure = this.#failureOf(error);
    process.exitCode = failure.exitCode;
    if (isQuietExit(error)) return;
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    else await this.#printFailure(failure);
  }

  override log(message = '', ...args: unknown[]): void {
    super.log(shownText(message), ...args);
  }

  override logToStderr(message = '', ...args: unknown[]): void {
    super.logToStderr(shownText(message), ...args);
  }

  /** Without oclif's colours: they cost seconds on a large summary, and programs read this. */
  override logJson(json: unknown): void {
    ux.stdout(JSON.stringify(json, null, 2));
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    process.exitCode = this.#interruption.exitCode() ?? process.exitCode;
    this.#interruption.stop();
    await super.finally(error);
  }

  protected override toErrorJson(error: unknown): { readonly error: Pick<Failure, 'code' | 'message' | 'remedy' | 'context'> } {
    const { code, message, remedy, context } = this.#failureOf(error);
    return { error: { code, message, remedy, context } };
  }

  /** Whatever fails while an interruption is under way fails because of it. */
  #failureOf(error: unknown): Failure {
    return failureOf(this.signal.aborted ? this.signal.reason : error);
  }

  async #printFailure(failure: Failure): Promise<void> {
    const tell = (line: string): void => this.logToStderr(isJournal(process.env, process.stderr.fd) ? journalLine('error', line) : line);
    tell(`Error: ${failure.message}`);
    if (failure.stack !== null && this.argv.includes('--debug')) tell(failure.stack);
    if (failure.isUsage) await this.#printUsage();
    else tell(failure.remedy);
  }

  async #printUsage(): Promise<void> {
    const help = new Help(this.config, { sections: ['usage'], sendToStderr: true });
    await help.showHelp((this.id ?? '').split(':'));
  }
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
