import { resolve } from 'node:path';
import { BrcSyncError } from '../core/errors.js';
import type { Check } from '../core/doctor/check.js';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** A person at a terminal who is asked. Ctrl-C ends it. */
export interface Interview {
  choose<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T>;
  /** @param suggestion stands there already */
  text(message: string, suggestion?: string): Promise<string>;
  /** Shown as dots. */
  secret(message: string): Promise<string>;
  confirm(message: string): Promise<boolean>;
  /** Shows that something is at work. */
  during<T>(message: string, work: Promise<T>): Promise<T>;
}

/** @throws BrcSyncError `INTERRUPTED` */
export async function interviewAtTerminal(): Promise<Interview> {
  // Only where somebody is asked: it takes its time to load.
  const { select, text, password, confirm, isCancel, spinner } = await import('@clack/prompts');
  const answered = <T>(answer: T): Exclude<T, symbol> => {
    if (isCancel(answer)) throw interrupted();
    return answer as Exclude<T, symbol>;
  };
  const notEmpty = (value: string | undefined): string | undefined =>
    value?.trim() ? undefined : 'An answer is needed; Ctrl-C ends this.';
  return {
    choose: async <T extends string>(message: string, choices: readonly Choice<T>[]) => {
      const options = choices.map(({ value, label }) => ({ value, label }));
      return answered(await select<string>({ message, options })) as T;
    },
    text: async (message, suggestion) => {
      const initial = suggestion === undefined ? {} : { initialValue: suggestion };
      return answered(await text({ message, validate: notEmpty, ...initial })).trim();
    },
    secret: async (message) => answered(await password({ message, validate: notEmpty })).trim(),
    confirm: async (message) => answered(await confirm({ message })),
    during: async (message, work) => {
      const wait = spinner();
      wait.start(message);
      try {
        return await work;
      } finally {
        wait.stop(message);
      }
    },
  };
}

function interrupted(): BrcSyncError {
  return new BrcSyncError('INTERRUPTED', {
    message: 'Interrupted; nothing was written.',
    remedy: 'Run brc-sync init again when you have the answers; each can be given by a flag, too.',
  });
}

/** What the first failure would end a run with. */
export function refusal(checks: readonly Check[]): BrcSyncError | null {
  const failed = checks.find(({ level }) => level === 'failure');
  if (failed === undefined) return null;
  return new BrcSyncError(failed.exitCode === 6 ? 'CHECK_FAILED' : 'CONFIG_INVALID', {
    message: `${failed.name}: ${failed.message}`,
    remedy: failed.remedy ?? '',
  });
}

/** A path as somebody types it. */
export function typedPath(path: string): string {
  return resolve(path.replace(/^~(?=\/)/, process.env.HOME ?? '~'));
}
