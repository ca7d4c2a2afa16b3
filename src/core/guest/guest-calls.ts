import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { BrcSyncError } from '../errors.js';
import { HttpError } from '../http-error.js';
import { intrinsicsFault } from './intrinsics.js';

/** Whom to name when a plugin does what it may not. */
export interface GuestName {
  readonly kind: 'source' | 'sink';
  /** The instance. */
  readonly name: string;
  readonly plugin: string;
}

const TELL_AUTHOR = 'This is a fault of the plugin: run its conformance suite (brc-sync/testkit) and report it to its author.';

/** Something that breaks the contract. `what` goes on from "Sink csv (plugin ./csv.js)". */
export function guestFault({ kind, name, plugin }: GuestName, what: string, cause?: unknown): BrcSyncError {
  const whose = kind === 'source' ? 'Source' : 'Sink';
  return new BrcSyncError('PLUGIN_CONTRACT', {
    message: `${whose} ${name} (plugin ${plugin}) ${what}`,
    remedy: TELL_AUTHOR,
    context: { instance: name, plugin },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** One answer, with the plugin's name on whatever is wrong with it. `fault` says what is, as the rest of a sentence; null: nothing. */
export async function guestAnswer<T>(
  guest: GuestName,
  method: string,
  signal: AbortSignal,
  call: () => Promise<T>,
  fault: (answer: unknown) => string | null,
): Promise<T> {
  const answer = await answerOf(guest, method, signal, call);
  const wrong = fault(answer);
  if (wrong !== null) throw guestFault(guest, `answers ${method}() with ${shown(answer)}: ${wrong}.`);
  return answer;
}

async function answerOf<T>(guest: GuestName, method: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw named(guest, method, signal, error);
  }
}

/** Batches, with the plugin's name on whatever goes wrong on the way. What is in them is looked at where they are used. */
export async function* guestBatches<T>(
  guest: GuestName,
  method: string,
  signal: AbortSignal,
  call: () => AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly T[], void, undefined> {
  const batches = beginning(guest, method, signal, call)[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await answerOf(guest, method, signal, () => batches.next());
      if (next.done === true) {
        ended = true;
        assertIntrinsics(guest);
        return;
      }
      if (!Array.isArray(next.value)) throw guestFault(guest, `hands over ${shown(next.value)} in ${method}(): a batch is an array.`);
      yield next.value;
    }
  } finally {
    if (!ended) await batches.return?.();
  }
}

function beginning<T>(guest: GuestName, method: string, signal: AbortSignal, call: () => AsyncIterable<T>): AsyncIterable<T> {
  let batches: unknown;
  try {
    batches = call();
  } catch (error) {
    throw named(guest, method, signal, error);
  }
  if (typeof batches === 'object' && batches !== null && Symbol.asyncIterator in batches) return batches as AsyncIterable<T>;
  throw guestFault(guest, `answers ${method}() with ${shown(batches)}: it gives batches, for example as an async generator.`);
}

/** What is meant for people, and what an interruption brings about, stays as it is; the rest gets the plugin's name. */
function named(guest: GuestName, method: string, signal: AbortSignal, error: unknown): unknown {
  if (error instanceof BrcSyncError || signal.aborted) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
  const hint = error instanceof HttpError ? ', and does not say what that means for an administrator' : '';
  return guestFault(guest, `failed in ${method}()${hint}: ${words}`, error);
}

/** @throws BrcSyncError `PLUGIN_CONTRACT` for a call that is not done in time; it is told to stop, and left alone */
export async function withinDeadline<T>(
  guest: GuestName,
  method: string,
  { signal, ms }: { readonly signal: AbortSignal; readonly ms: number },
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const timeout = pause(ms, null, { signal: done.signal }).then(
    () => {
      late.abort();
      throw guestFault(guest, `gives no answer to ${method}() within ${ms / 1000} s.`);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([call(AbortSignal.any([signal, late.signal])), timeout]);
  } finally {
    done.abort();
  }
}

/** @throws BrcSyncError `PLUGIN_CONTRACT` once the language itself has been changed, by this plugin or one that is used beside it */
export function assertIntrinsics(guest: GuestName): void {
  const fault = intrinsicsFault();
  if (fault !== null) throw guestFault(guest, `or a plugin that is used beside it ${fault}.`);
}

/** Short, for a message; a secret hides itself. */
export function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 3, maxStringLength: 80 });
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
