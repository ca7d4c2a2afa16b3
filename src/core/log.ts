import { closeSync, fchmodSync, openSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { journalLine } from './journald.js';
import type { LogFields, Logger } from './plugin-environment.js';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** The log of a run: `child` gives an instance's own, which carries its name. */
export interface RunLogger extends Logger {
  child(instance: string): Logger;
  /** Into the file only: the command itself tells people what failed. */
  failed(error: unknown): void;
  /** Closes the file. */
  close(): void;
}

export interface LoggerOptions {
  /** JSON lines go here, one an event; 0600, appended to. */
  readonly file?: string;
  /** Takes a line for people: warnings and errors, everything with `debug`. */
  readonly stderr?: (line: string) => void;
  readonly debug?: boolean;
  /** Those lines go into the journal of systemd: each in one line with its level, and what a run has to tell, too. */
  readonly journal?: boolean;
}

/** A secret prints as `[secret]` in both forms. */
export function createLogger(options: LoggerOptions): RunLogger {
  const descriptor = options.file === undefined ? undefined : openLogFile(options.file);
  const lines = descriptor === undefined ? undefined : createLineWriter(descriptor, tellOfLog);
  const file = lines && pino(FILE_FORMAT, lines);

  function loggerOf(instance: string | undefined): Logger {
    const instanceFile = instance === undefined ? file : file?.child({ instance });
    const write = (level: Level, message: string, fields: LogFields = {}): void => {
      instanceFile?.[level](fields, message);
      if (level !== 'debug') lines?.flush();
      if (!options.debug && level === 'debug') return;
      if (options.journal) options.stderr?.(journalLine(level, entryOf(instance, message, fields)));
      else if (options.debug || level !== 'info') options.stderr?.(lineForPeople(level, instance, message, fields));
    };
    return {
      debug: (message, fields) => write('debug', message, fields),
      info: (message, fields) => write('info', message, fields),
      warn: (message, fields) => write('warn', message, fields),
      error: (message, fields) => write('error', message, fields),
    };
  }

  function tellOfLog(cause: Error): void {
    const line = `the log cannot be written any more: ${cause.message}`;
    options.stderr?.(options.journal ? journalLine('warn', line) : `warn: ${line}`);
  }

  return {
    ...loggerOf(undefined),
    child: loggerOf,
    failed: (error) => {
      file?.error({ error }, 'the run failed');
      lines?.flush();
    },
    close: () => lines?.close(),
  };
}

const FILE_FORMAT = {
  level: 'debug',
  base: null,
  messageKey: 'message',
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }), log: errorsAsText },
};

/** Writes the debug lines of a turn of the event loop at once: a fast run has thousands a second. */
function createLineWriter(descriptor: number, tell: (cause: Error) => void): { write(line: string): void; flush(): void; close(): void } {
  let isBroken = false;
  let pending = '';
  let turn: NodeJS.Immediate | null = null;
  process.once('exit', flush);

  function write(line: string): void {
    pending += line;
    turn ??= setImmediate(flush);
  }

  /** A run goes on where its log cannot, as on a full disk: that is said once. */
  function flush(): void {
    if (turn !== null) clearImmediate(turn);
    turn = null;
    const text = pending;
    pending = '';
    if (isBroken || text === '') return;
    try {
      writeFileSync(descriptor, text);
    } catch (cause) {
      isBroken = true;
      tell(cause as Error);
    }
  }

  function close(): void {
    flush();
    isBroken = true;
    process.off('exit', flush);
    closeSync(descriptor);
  }

  return { write, flush, close };
}

function openLogFile(path: string): number {
  const descriptor = openSync(path, 'a', 0o600);
  // The mode above counts for a new file only.
  fchmodSync(descriptor, 0o600);
  return descriptor;
}

/** JSON would make `{}` of an error. */
function errorsAsText(fields: Record<string, unknown>): Record<string, unknown> {
  const isError = (value: unknown): boolean => value instanceof Error;
  if (!Object.values(fields).some(isError)) return fields;
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, isError(value) ? inspect(value) : value]));
}

function lineForPeople(level: Level, instance: string | undefined, message: string, fields: LogFields): string {
  const speaker = instance === undefined ? level : `${level} [${instance}]`;
  return `${speaker}: ${sentenceOf(message, fields)}`;
}

/** The journal keeps time and level by itself. */
function entryOf(instance: string | undefined, message: string, fields: LogFields): string {
  return `${instance === undefined ? '' : `[${instance}] `}${sentenceOf(message, fields)}`;
}

function sentenceOf(message: string, fields: LogFields): string {
  const facts = Object.entries(fields).map(([key, value]) => ` ${key}=${oneLine(value)}`);
  return `${withoutControls(message)}${facts.join('')}`;
}

function oneLine(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  return inspect(value, { breakLength: Infinity, compact: true, depth: 4 });
}

/** Text from a portal or a job must not steer the terminal. */
function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, ' ');
}
