import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EXIT, type ExitCode } from '../exit-codes.js';

/** Why a run ended without a result, as its log tells. */
export interface RunFailure {
  readonly message: string;
  readonly exitCode: ExitCode;
  readonly interrupted: boolean;
}

/** It is the last thing that a run writes. */
const TAIL_BYTES = 1 << 16;

/** Null: the log tells of no failure. */
export function readFailure(logPath: string): RunFailure | null {
  const lines = tailOf(logPath).trimEnd().split('\n').reverse();
  for (const line of lines) {
    const error = failureIn(line);
    if (error !== null) return interpret(error);
  }
  return null;
}

function failureIn(line: string): string | null {
  try {
    const { message, error } = JSON.parse(line) as { readonly message?: unknown; readonly error?: unknown };
    return message === 'the run failed' && typeof error === 'string' ? error : null;
  } catch {
    return null;
  }
}

/** An error in the log is what `inspect` shows of it. */
function interpret(error: string): RunFailure {
  const message = (error.split('\n')[0] ?? '').replace(/^\w*Error: /, '');
  const interrupted = error.includes("code: 'INTERRUPTED'");
  if (interrupted) return { message, interrupted, exitCode: message.includes('SIGTERM') ? EXIT.terminated : EXIT.interrupted };
  const code = Number(/\bexitCode: (\d+)/.exec(error)?.[1] ?? EXIT.unexpected);
  return { message, interrupted, exitCode: Object.values(EXIT).find((known) => known === code) ?? EXIT.unexpected };
}

function tailOf(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
