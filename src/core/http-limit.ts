import { setMaxListeners } from 'node:events';

/** How many requests run at once. */
export interface InFlightLimit {
  /** Waits for a free place; the returned function gives it back and says how it went. */
  enter(signal: AbortSignal): Promise<(outcome: { readonly ms: number; readonly isOverload: boolean }) => void>;
  readonly current: number;
}

const FIRST = 4;
/** An answer that takes this many times the usual says that the server queues. */
const SLOWING = 2.5;
/** Below this, a slow answer is noise. */
const NOISE_MS = 50;

/**
 * Between 1 and `max`: one more after a round of good answers, half of it when the server is overloaded or its answers slow down. Requests that
 * were under way when it was halved say nothing new: one slow moment, which may be this process's own, halves it once.
 */
export function createInFlightLimit(max: number): InFlightLimit {
  let limit = Math.min(FIRST, max);
  let running = 0;
  let goodAnswers = 0;
  let usualMs: number | null = null;
  let halvings = 0;
  const waiting: (() => void)[] = [];

  function leave(outcome: { readonly ms: number; readonly isOverload: boolean }, halvingsAtStart: number): void {
    running -= 1;
    adapt(outcome, halvingsAtStart);
    while (running < limit && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
    }
  }

  function adapt({ ms, isOverload }: { readonly ms: number; readonly isOverload: boolean }, halvingsAtStart: number): void {
    const isSlow = usualMs !== null && ms > NOISE_MS && ms > SLOWING * usualMs;
    if (!isOverload) usualMs = usualMs === null ? ms : usualMs + (ms - usualMs) / 16;
    if (halvingsAtStart < halvings) return;
    if (isOverload || isSlow) {
      halvings += 1;
      goodAnswers = 0;
      limit = Math.max(1, Math.floor(limit / 2));
    } else if (++goodAnswers >= limit) {
      limit = Math.min(max, limit + 1);
      goodAnswers = 0;
    }
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (running < limit) running += 1;
      else await place(waiting, signal);
      const halvingsAtStart = halvings;
      return (outcome) => leave(outcome, halvingsAtStart);
    },
    get current() {
      return limit;
    },
  };
}

function place(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal.removeEventListener('abort', give);
      resolve();
    };
    const give = (): void => {
      waiting.splice(waiting.indexOf(go), 1);
      reject(signal.reason as Error);
    };
    waiting.push(go);
    // As many may wait as there is work, all with the run's own signal: no leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', give, { once: true });
  });
}
