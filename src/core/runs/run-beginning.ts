import { closeSync, openSync, readSync } from 'node:fs';
import type { Logger } from '../plugin-environment.js';

/** What a run was asked to do: the first line of its log, so that it is known of one that failed, too. */
export interface RunBeginning {
  /** `run full`, as `runs list` shows it. */
  readonly command: string;
  readonly source: string;
  readonly sink: string;
}

const MESSAGE = 'the run begins';
/** More than that line takes. */
const HEAD_BYTES = 1 << 14;

export function logBeginning(logger: Logger, beginning: RunBeginning & { readonly version: string }): void {
  logger.info(MESSAGE, { ...beginning });
}

/** Null: the run failed before it could say so. */
export function readBeginning(logPath: string): RunBeginning | null {
  for (const line of headOf(logPath).split('\n')) {
    const { message, command, source, sink } = fieldsOf(line);
    if (message !== MESSAGE || typeof command !== 'string' || typeof source !== 'string' || typeof sink !== 'string') continue;
    return { command, source, sink };
  }
  return null;
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function headOf(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}
