import { resolve } from 'node:path';
import { badInput, type Logger } from '../../../builtin-sdk.js';
import { childOutput } from './child-output.js';
import type { SacctConfig } from './config.js';
import { ProcessSlots } from './process-slots.js';

export type Program = 'sacct' | 'sacctmgr' | 'squeue' | 'sinfo';

/** slurmctld answers at once or is in trouble. */
const CONTROLLER_SECONDS = 60;

/** Enough for the accounts of any site, and for any queue. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Runs sacct, sacctmgr, squeue and sinfo, never more of them at once than configured, and ends them all when it is closed. */
export class SlurmCommands {
  readonly #slots: ProcessSlots;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(
    private readonly config: SacctConfig,
    private readonly logger: Logger,
    baseDirectory: string,
  ) {
    this.#slots = new ProcessSlots(config.maxProcesses);
    this.#environment = environmentOf(config, baseDirectory);
  }

  /** Whole only if it ends without an error. */
  async *output(program: Program, args: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const ending = new AbortController();
    const end = ({ target }: Event): void => {
      if (target instanceof AbortSignal) ending.abort(target.reason);
    };
    for (const one of [signal, this.#closing.signal]) {
      if (one.aborted) ending.abort(one.reason);
      else one.addEventListener('abort', end);
    }
    try {
      const release = await this.#slots.take(ending.signal);
      try {
        yield* this.#run(program, args, ending.signal);
      } finally {
        release();
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.#closing.signal.removeEventListener('abort', end);
    }
  }

  async lines(program: Program, args: readonly string[], signal: AbortSignal): Promise<string[]> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.output(program, args, signal)) {
      bytes += chunk.length;
      if (bytes > MAX_TEXT_BYTES) throw tooMuch(program);
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    return text.split('\n').filter((line) => line !== '');
  }

  /** Whether there is a sacctmgr to ask. */
  get hasSacctmgr(): boolean {
    return this.config.sacctmgr.length > 0;
  }

  /** Ends what runs, also where nobody reads it any more. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('the source is closed'));
    await Promise.all(this.#running);
  }

  #run(program: Program, args: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const { timeoutSeconds } = this.config;
    const command = [...this.config[program === 'sacct' ? 'command' : program], ...args];
    this.logger.debug(`${program} is started`, { command: command.join(' ').slice(0, 1000) });
    return childOutput({
      command,
      environment: this.#environment,
      timeoutSeconds: program === 'squeue' || program === 'sinfo' ? Math.min(CONTROLLER_SECONDS, timeoutSeconds) : timeoutSeconds,
      signal,
      onComplaint: (complaint) => this.logger.warn(`${program} ended well and complained: ${complaint}`),
      onStart: (ended) => {
        this.#running.add(ended);
        void ended.then(() => this.#running.delete(ended));
      },
    });
  }
}

function tooMuch(program: Program): Error {
  const fault = { field: null, value: undefined, message: `it prints more than ${MAX_TEXT_BYTES} bytes.` };
  const remedy = `Check "${program === 'sacct' ? 'command' : program}" of the instance: this is no answer of Slurm.`;
  return badInput({ file: program, position: null, unit: 'line' }, { ...fault, remedy });
}

/** Nothing of the caller's that changes what Slurm's tools print or whom they ask as: not SLURM_JWT, not SACCT_FORMAT (contract slurm.md 2.6). */
function environmentOf({ slurmConf }: SacctConfig, baseDirectory: string): Record<string, string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME, SLURM_CONF } = process.env;
  const conf = slurmConf === undefined ? SLURM_CONF : resolve(baseDirectory, slurmConf);
  return {
    PATH,
    ...(HOME === undefined ? {} : { HOME }),
    ...(conf === undefined ? {} : { SLURM_CONF: conf }),
    SLURM_TIME_FORMAT: '%s',
    LC_ALL: 'C',
    TZ: 'UTC',
  };
}
