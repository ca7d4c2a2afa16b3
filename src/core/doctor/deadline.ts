/** Something that was not done in time. */
export class Overdue extends Error {}

/**
 * Does something that ends when its time is over, also where it does not listen to its signal.
 * @throws Overdue; the reason of `signal`; what the work throws
 */
export async function withDeadline<T>(seconds: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(new Overdue(`no answer within ${seconds} s`)), seconds * 1000);
  const together = AbortSignal.any([signal, overdue.signal]);
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = (): void => reject(together.reason as Error);
    together.addEventListener('abort', stop);
  });
  try {
    together.throwIfAborted();
    return await Promise.race([work(together), aborted]);
  } finally {
    clearTimeout(timer);
    together.removeEventListener('abort', stop);
  }
}
