import { begun } from '../begun.js';

/**
 * Reads items in order, some of them ahead of the one being worked on, so that a slow reader and the work on what it read overlap.
 * A failed read is thrown in its turn.
 * @param depthAfter how many to read ahead, from the last result; undefined before the first
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  depthAfter: (last: R | undefined) => number,
  read: (item: T) => Promise<R>,
): AsyncGenerator<readonly [T, R]> {
  let depth = depthAfter(undefined);
  const pending: (readonly [T, Promise<R>])[] = [];
  const waiting = items[Symbol.iterator]();
  const fill = (): void => {
    while (pending.length <= depth) {
      const next = waiting.next();
      if (next.done === true) return;
      pending.push([next.value, begun(read(next.value))]);
    }
  };
  fill();
  while (pending.length > 0) {
    const [item, reading] = pending.shift() as readonly [T, Promise<R>];
    const result = await reading;
    depth = depthAfter(result);
    fill();
    yield [item, result];
  }
}
