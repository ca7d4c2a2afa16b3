import pLimit, { type LimitFunction } from 'p-limit';

/** So many processes at once; the others wait in order. */
export class ProcessSlots {
  readonly #limit: LimitFunction;

  constructor(count: number) {
    this.#limit = pLimit(count);
  }

  /** Waits for a slot; the function it gives hands it back. Rejects with the signal's reason when that comes first. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    return new Promise((granted, refused) => {
      const refuse = (): void => {
        refused(signal.reason as Error);
      };
      signal.addEventListener('abort', refuse, { once: true });
      void this.#limit(
        () =>
          new Promise<void>((release) => {
            signal.removeEventListener('abort', refuse);
            if (signal.aborted) release();
            granted(release);
          }),
      );
    });
  }
}
