/** What was found at one piece of work, and what is still to do there. */
export interface Found<T, W> {
  readonly items: readonly T[];
  readonly rest: readonly W[];
}

/** Pieces that are worked on at once. The HTTP client decides how many requests that are. */
const AT_ONCE = 8;

/** Works off what there is to do, several at once, and gives what is found in any order. While its reader is busy nothing new is begun. */
export async function* workOff<T, W>(
  todo: readonly W[],
  work: (piece: W, signal: AbortSignal) => Promise<Found<T, W>>,
  signal: AbortSignal,
): AsyncGenerator<readonly T[], void, undefined> {
  signal.throwIfAborted();
  const leaving = new AbortController();
  const either = AbortSignal.any([signal, leaving.signal]);
  const waiting = [...todo];
  const running = new Map<number, Promise<{ readonly number: number; readonly found: Found<T, W> }>>();
  let number = 0;
  try {
    for (;;) {
      for (const piece of waiting.splice(0, AT_ONCE - running.size)) {
        const own = (number += 1);
        running.set(
          own,
          work(piece, either).then((found) => ({ number: own, found })),
        );
      }
      if (running.size === 0) return;
      const done = await Promise.race(running.values());
      running.delete(done.number);
      waiting.push(...done.found.rest);
      if (done.found.items.length > 0) yield done.found.items;
    }
  } finally {
    leaving.abort();
    await Promise.allSettled(running.values());
  }
}
