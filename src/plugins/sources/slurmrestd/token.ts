import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BrcSyncError, createSecret, type Clock, type Secret, type SecretResolver } from '../../../builtin-sdk.js';
import type { TokenSource } from './config.js';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 30_000;
/** A token that ends sooner than this is renewed before it is sent. */
const SPARE_SECONDS = 60;

/** Holds the token, and gets another when it has ended. */
export class SlurmToken {
  #held: Promise<Secret> | null = null;
  #latest: Secret | null = null;

  constructor(
    private readonly source: TokenSource,
    private readonly secrets: SecretResolver,
    private readonly clock: Clock,
  ) {}

  /** The token to send now. */
  async current(signal: AbortSignal): Promise<Secret> {
    const token = await this.#hold(signal);
    const { exp } = claimsOf(token);
    if (exp === null || exp - SPARE_SECONDS > this.clock.now() || !('command' in this.source)) return token;
    this.refused(token);
    return this.#hold(signal);
  }

  /** Another one is to be got, unless that has already happened. */
  refused(token: Secret): void {
    if (this.#latest !== token) return;
    this.#held = null;
    this.#latest = null;
  }

  async #hold(signal: AbortSignal): Promise<Secret> {
    this.#held ??= this.#get(signal);
    const held = this.#held;
    try {
      const token = await held;
      if (this.#held === held) this.#latest = token;
      return token;
    } catch (error) {
      if (this.#held === held) this.#held = null;
      throw error;
    }
  }

  async #get(signal: AbortSignal): Promise<Secret> {
    if (!('command' in this.source)) return withoutName(await this.secrets.resolve(this.source));
    return printedToken(this.source.command, signal);
  }
}

/** Who a token speaks for, and until when; it need not be a JWT that we can read. */
export function claimsOf(token: Secret): { readonly sun: string | null; readonly exp: number | null } {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.reveal().split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { sun, exp } = (typeof claims === 'object' && claims !== null ? claims : {}) as { sun?: unknown; exp?: unknown };
    return { sun: typeof sun === 'string' ? sun : null, exp: typeof exp === 'number' ? exp : null };
  } catch {
    return { sun: null, exp: null };
  }
}

async function printedToken(command: readonly string[], signal: AbortSignal): Promise<Secret> {
  const [program = '', ...args] = command;
  // With SLURM_JWT set Slurm's commands would use an old token to ask for a new one.
  const env = { ...process.env, SLURM_JWT: undefined };
  try {
    const { stdout } = await run(program, args, { env, signal, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 65_536, encoding: 'utf8' });
    const token = withoutName(createSecret(stdout.trim()));
    if (/^[\x21-\x7e]+$/.test(token.reveal())) return token;
  } catch (error) {
    signal.throwIfAborted();
    throw commandFailed(program, reasonOf(error));
  }
  throw commandFailed(program, 'it printed no token');
}

/** `scontrol token` prints `SLURM_JWT=…`. */
function withoutName(token: Secret): Secret {
  return createSecret(token.reveal().replace(/^SLURM_JWT=/, ''));
}

/** Only what it said on standard error: the rest may hold a token. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  if ('killed' in error && error.killed === true) return `it took longer than ${COMMAND_TIMEOUT_MS / 1000} s`;
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim().split('\n')[0] : '';
  if (said) return said.slice(0, 200);
  return 'code' in error ? `it ended with ${String(error.code)}` : 'it failed';
}

function commandFailed(program: string, reason: string): BrcSyncError {
  return new BrcSyncError('UNAUTHORISED', {
    message: `The command ${program} gave no token for slurmrestd: ${reason}.`,
    remedy: 'Run the command of "token" by hand as the user who runs brc-sync; it has to print a JWT, as `scontrol token` does.',
    context: { command: program },
  });
}
