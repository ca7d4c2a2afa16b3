import { BrcSyncError, type ErrorContext } from '../core/errors.js';
import { EXIT } from '../core/exit-codes.js';

/** What a failed command tells: its exit code, and the words for people and for `--json`. */
export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly context: ErrorContext;
  /** Oclif refused the command line: the usage helps. */
  readonly isUsage: boolean;
  /** Only of an error nobody foresaw. */
  readonly stack: string | null;
}

export function failureOf(error: unknown): Failure {
  if (error instanceof BrcSyncError) return { ...foreseen(error), isUsage: false, stack: null };
  const message = error instanceof Error ? error.message : String(error);
  const oclifExit = oclifExitOf(error);
  if (oclifExit !== undefined) {
    return { exitCode: oclifExit, code: 'USAGE', message, remedy: 'Run the command with --help.', context: {}, isUsage: true, stack: null };
  }
  return {
    exitCode: EXIT.unexpected,
    code: 'UNEXPECTED',
    message: message || 'an error without a message',
    remedy: 'This should not happen: run it again with --debug, which shows where, and report it.',
    context: {},
    isUsage: false,
    stack: error instanceof Error ? (error.stack ?? null) : null,
  };
}

/** `this.exit(n)` ends a command by an error that is none. */
export function isQuietExit(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIT';
}

function foreseen(error: BrcSyncError): Pick<Failure, 'exitCode' | 'code' | 'message' | 'remedy' | 'context'> {
  return { exitCode: error.exitCode, code: error.code, message: error.message, remedy: error.remedy, context: error.context };
}

function oclifExitOf(error: unknown): number | undefined {
  const oclif = typeof error === 'object' && error !== null && 'oclif' in error ? error.oclif : undefined;
  if (typeof oclif !== 'object' || oclif === null || !('exit' in oclif)) return undefined;
  return typeof oclif.exit === 'number' ? oclif.exit : EXIT.usage;
}
